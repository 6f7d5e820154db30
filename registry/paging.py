"""Keyset paging: the 10,000th page costs what the first costs, because no row is skipped by counting."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

CAP = 1000


@dataclass(frozen=True)
class KeysetPage:
    """One page. `next` and `previous` are opaque cursors, empty at the ends."""

    rows: list[Any]
    next: str
    previous: str


@dataclass(frozen=True)
class CappedCount:
    """A count that stops at a cap, so that it costs the same at a million rows."""

    number: int
    capped: bool


def encode(values: Sequence[Any], *, back: bool = False) -> str:
    """Make a cursor of the last (or first) row's ordering values."""
    text = json.dumps([1 if back else 0, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> tuple[bool, list[Any]] | None:
    """Read a cursor of `length` values; None when it isn't one (an old or made-up address starts at the first page)."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None
    good = isinstance(found, list) and len(found) == length + 1 and all(isinstance(value, str | int) for value in found)
    if not good or any(isinstance(value, int) and abs(value) > 2**62 for value in found):
        return None
    if any(isinstance(value, str) and "\x00" in value for value in found):
        return None
    return bool(found[0]), found[1:]


def keyset_page(rows: QuerySet[Any], order: Sequence[str], *, cursor: str = "", size: int = 24) -> KeysetPage:
    """Return the page that the cursor names.

    `order` is like `order_by`'s, must end in a unique field, and its fields must not be null; all of them are walked in one comparison, so
    that an index on the same fields serves it.
    """
    position = decode(cursor, len(order)) if cursor else None
    back = bool(position and position[0])
    names = [name.lstrip("-") for name in order]
    descending = [name.startswith("-") != back for name in order]
    if position:
        try:
            rows = rows.filter(_after(rows, names, descending, position[1]))
        except (TypeError, ValueError, ValidationError):
            position, back = None, False
            descending = [name.startswith("-") for name in order]
    ordered = rows.order_by(*[f"-{name}" if down else name for name, down in zip(names, descending, strict=True)])
    found = list(ordered[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return KeysetPage([], "", "")
    first = encode([_value(found[0], name) for name in names], back=True)
    last = encode([_value(found[-1], name) for name in names])
    has_next = more if not back else True
    has_previous = more if back else position is not None
    return KeysetPage(found, last if has_next else "", first if has_previous else "")


def capped_count(rows: QuerySet[Any], cap: int = CAP) -> CappedCount:
    """Count up to the cap."""
    number = rows.order_by()[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part)
    return row


def _after(rows: QuerySet[Any], names: list[str], descending: list[bool], values: list[Any]) -> Q:
    model = rows.model
    clean = [
        model._meta.get_field(name).to_python(value) if "__" not in name and name != "pk" else value
        for name, value in zip(names, values, strict=True)
    ]
    condition = Q()
    same = Q()
    for name, down, value in zip(names, descending, clean, strict=True):
        condition |= same & Q(**{f"{name}__{'lt' if down else 'gt'}": value})
        same &= Q(**{name: value})
    first, down = names[0], descending[0]
    # The redundant bound on the leading field is what lets both databases start inside the index.
    return Q(**{f"{first}__{'lte' if down else 'gte'}": clean[0]}) & condition
