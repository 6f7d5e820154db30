"""A fact's value as a proposal keeps it (JSON), as the model holds it, and as people read it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


def stored(value: Any) -> Any:
    """Return what JSON can hold: the key of a thing, else the value."""
    return value.pk if isinstance(value, models.Model) else value


def loaded(model: type[models.Model], name: str, value: Any) -> Any:
    """Return a stored value as the model's field takes it; raises `ValidationError` when what it names is gone."""
    field: Any = model._meta.get_field(name)
    if value is None or not field.is_relation:
        return value
    found = field.remote_field.model._base_manager.filter(pk=value).first()
    if found is None:
        raise ValidationError(
            _("What the proposal names doesn't exist any more: %(fact)s.") % {"fact": field.verbose_name}
        )
    return found


def words(model: type[models.Model], name: str, value: Any) -> str:
    """Say a value."""
    field: Any = model._meta.get_field(name)
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value))
