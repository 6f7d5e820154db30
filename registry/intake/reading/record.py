"""The cells of one source row by what they mean, and the remark on a doubtful date."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.cells import mask, quote
from registry.intake.reading.dates import Found
from registry.intake.reading.model import ReadRow
from registry.text.normalise import clean_name

FURTHER = ("address", "bank_card", "illness", "income")
PRIVATE = frozenset({"identity_number", "phone", "private", *FURTHER})
"""Columns whose cells are kept out of `ReadRow.cells` and of everything quoted."""
_EMPTY = re.compile(r"(?:无|/|\\|-+|—+|暂无|未载|不详|空|nan|none|null|n/a)?", re.IGNORECASE)


@lru_cache(maxsize=8_192)
def is_nothing(text: str) -> bool:
    """Say whether a cell only says that nothing is there: 无, —, /."""
    return len(text) < 6 and _EMPTY.fullmatch(text) is not None


@dataclass
class Cells:
    """The cells of one source row by column key; `labels` says under which heading each stood."""

    values: dict[str, list[str]]
    labels: dict[str, str]

    def text(self, key: str, joint: str = "、") -> str:
        """Return the cells of one key joined, each once; empty when they only say that there is nothing."""
        given = self.values.get(key)
        if not given:
            return ""
        if len(given) == 1:
            value = tidy(given[0])
            return "" if is_nothing(value) else value
        kept = [value for value in dict.fromkeys(map(tidy, given)) if not is_nothing(value)]
        return joint.join(kept)

    def first(self, key: str) -> str:
        """Return the first cell of a key that is not blank, as it stands (a number stays `NumberText`)."""
        return next((value for value in self.values.get(key, []) if value.strip()), "")

    def has(self, key: str) -> bool:
        """Say whether the table has such a column, filled in this row or not."""
        return key in self.values


@lru_cache(maxsize=8_192)
def tidy(text: str) -> str:
    """Return a text cell in one line, without blanks between Chinese characters."""
    return clean_name(re.sub(r"\s*[\r\n]+\s*", "", text)) if text else ""


def gather(values: list[str], group: dict[int, str], labels: dict[int, str]) -> Cells:
    """Sort one source row by column key."""
    found: dict[str, list[str]] = {}
    named: dict[str, str] = {}
    for place in sorted(group):
        key = group[place]
        found.setdefault(key, []).append(values[place] if place < len(values) else "")
        named.setdefault(key, labels.get(place, ""))
    return Cells(found, named)


def raw_cells(values: list[str], group: dict[int, str], labels: dict[int, str]) -> dict[str, str]:
    """Return the cells as they stand by key, unknown ones by heading; without private numbers."""
    raw: dict[str, str] = {}
    for place, value in enumerate(values):
        key = group.get(place, "")
        key = (key if ":" not in key else "") or (labels.get(place) and f"?{labels[place]}") or ""
        if key and key not in PRIVATE and value.strip():
            raw[key] = f"{raw[key]}\n{mask(value)}" if key in raw else mask(str(value))
    return raw


def say_doubt(row: ReadRow, key: str, found: Found, text: str) -> None:
    """Say on the row what is doubtful about a date, and ask where an answer helps."""
    if found.doubt == "order":
        row.asks.append("date_order")
        row.say(
            "warning", key, _("“%(value)s” may be day and month or month and day."), "date_order", value=quote(text)
        )
    elif found.doubt == "month":
        row.say(
            "warning",
            key,
            _("“%(value)s” may be January or October; only the year was taken."),
            "month_doubtful",
            value=quote(text),
        )
    elif found.doubt == "serial":
        row.say(
            "info",
            key,
            _("“%(value)s” is a day number of the spreadsheet and was read as a date."),
            "serial_date",
            value=quote(text),
        )
    elif found.doubt == "short" and found.date:
        row.say(
            "warning",
            key,
            _(
                "“%(value)s” gives the year with two digits; it was read as %(year)d. Write four digits if that is wrong."
            ),
            "short_year",
            value=quote(text),
            year=found.date.year,
        )
    elif found.doubt in ("impossible", "unread"):
        row.say("warning", key, _("The date “%(value)s” was not understood."), "date_unread", value=quote(text))
    if found.inferred and found.date:
        row.say("info", key, _("The list marks “%(value)s” as inferred."), "date_inferred", value=quote(text))
