"""Field types shared by the rooms."""

import calendar
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def validate_partial_date(value: str) -> None:
    """Accept `1965`, `1965-03` and `1965-03-08`, if such a day exists; raise `ValidationError` otherwise."""
    match = PARTIAL.match(value)
    year, month, day = (int(part) if part else None for part in match.groups()) if match else (None, None, None)
    good = year is not None and 1800 <= year <= 2200 and (month is None or 1 <= month <= 12)
    if good and year and month and day is not None:
        good = 1 <= day <= calendar.monthrange(year, month)[1]
    if not good:
        raise ValidationError(_("Write a date as 1965, 1965-03 or 1965-03-08."))


class PartialDateField(models.CharField):  # type: ignore[type-arg]
    """A date of which perhaps only the year, or the year and month, are known. Sorts as text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_partial_date]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave the fixed length out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, list(args), kwargs


def partial_date_label(value: str) -> str:
    """Write a partial date for readers: `1965年3月8日` in Chinese, `8 March 1965`-like parts in English by the catalogue."""
    match = PARTIAL.match(value or "")
    if not match:
        return value or ""
    year, month, day = match.groups()
    parts = {"year": int(year), "month": int(month or 0), "day": int(day or 0)}
    if day:
        return _("%(year)d-%(month)d-%(day)d") % parts
    if month:
        return _("%(year)d-%(month)d") % parts
    return _("%(year)d") % parts
