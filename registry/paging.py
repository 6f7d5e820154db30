"""Keyset paging: the 10,000th page costs what the first costs, because no row is skipped by counting.

An order is like `order_by`'s: names with or without a minus, the last one unique. Nothing (NULL) counts as the smallest value in either
direction on both databases. Where all names run the same way over one table the place is found by one row comparison,
`(a, id) > (x, y)`: an index on the same columns is entered at that very row, however many rows tie in `a`.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Q, QuerySet, Value
from django.db.models.expressions import OrderBy

CAP = 1000
NEVER = Q(pk__in=[])
UNREADABLE = (TypeError, ValueError, OverflowError, ValidationError)


@dataclass(frozen=True)
class KeysetPage:
    """One page. `next` and `previous` are opaque cursors, empty at the ends; `is_first`: it begins the list."""

    rows: list[Any]
    next: str
    previous: str

    @property
    def is_first(self) -> bool:
        """Whether nothing stands before it."""
        return not self.previous


@dataclass(frozen=True)
class CappedCount:
    """A count that stops at a cap, so that it costs the same at a million rows."""

    number: int
    capped: bool


@dataclass(frozen=True)
class _Key:
    """One name of an order: its column, whether it may be nothing, and which way it runs."""

    name: str
    column: "Field[Any, Any] | None"
    nullable: bool
    down: bool

    def by(self) -> OrderBy:
        """For `order_by`: nothing is the smallest."""
        if not self.nullable:
            return F(self.name).desc() if self.down else F(self.name).asc()
        return F(self.name).desc(nulls_last=True) if self.down else F(self.name).asc(nulls_first=True)

    def read(self, value: Any) -> Any:
        """Turn a cursor's value into the column's; raises one of `UNREADABLE`."""
        if value is None:
            if not self.nullable:
                raise ValueError(self.name)
            return None
        found = self.column.to_python(value) if self.column else value
        if found is None:
            raise ValueError(self.name)
        return found.astimezone(UTC) if isinstance(found, datetime) else found

    def same(self, value: Any) -> Q:
        """Keep the rows with this value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def after(self, value: Any) -> Q:
        """Keep the rows that stand behind those with this value."""
        if value is None:
            return NEVER if self.down else Q(**{f"{self.name}__isnull": False})
        found = Q(**{f"{self.name}__{'lt' if self.down else 'gt'}": value})
        return found | Q(**{f"{self.name}__isnull": True}) if self.nullable and self.down else found

    def onwards(self, value: Any) -> Q:
        """Keep the rows with this value or behind it: one range where that can be said as one."""
        if value is None:
            return self.same(value) if self.down else Q()
        if self.nullable and self.down:
            return self.same(value) | self.after(value)
        return Q(**{f"{self.name}__{'lte' if self.down else 'gte'}": value})


def encode(values: Sequence[Any], *, back: bool = False) -> str:
    """Make a cursor of the last (or first) row's ordering values."""
    plain = [value if value is None or isinstance(value, str | int) else _written(value) for value in values]
    text = json.dumps([1 if back else 0, *plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> tuple[bool, list[Any]] | None:
    """Read a cursor of `length` values; None when it isn't one (an old or made-up address starts at the first page)."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) != length + 1 or found[0] not in (0, 1):
        return None
    return (bool(found[0]), found[1:]) if all(_is_plain(value) for value in found[1:]) else None


def keyset_page(rows: QuerySet[Any], order: Sequence[str], *, cursor: str = "", size: int = 24) -> KeysetPage:
    """Return the page that the cursor names; with a cursor that can't be read, or behind which nothing is left, the first page.

    `order` names fields of the model or of models it points to, or annotations; the last must be unique.
    """
    keys = [_key(rows, name) for name in order]
    position = _position(cursor, keys) if cursor else None
    back = bool(position and position[0])
    walked = [_Key(key.name, key.column, key.nullable, key.down != back) for key in keys]
    kept = rows.filter(_after(walked, position[1])) if position else rows
    found = list(kept.order_by(*[key.by() for key in walked])[: size + 1])
    more = len(found) > size
    found = found[:size]
    if position and (not found or (back and not more and len(found) < size)):
        # Rows have gone, or came in before the beginning: begin there, with a full page.
        return keyset_page(rows, order, size=size)
    if back:
        found.reverse()
    if not found:
        return KeysetPage([], "", "")
    first = encode([_value(found[0], key.name) for key in keys], back=True)
    last = encode([_value(found[-1], key.name) for key in keys])
    has_next = more or back
    has_previous = more if back else position is not None
    return KeysetPage(found, last if has_next else "", first if has_previous else "")


def capped_count(rows: QuerySet[Any], cap: int = CAP) -> CappedCount:
    """Count up to the cap."""
    number = rows.order_by().values("pk")[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


def _written(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        # Neither database stores a zero byte, and half a surrogate pair can't be sent to one.
        return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    return value is None or (isinstance(value, int) and abs(value) <= 2**62)


def _key(rows: QuerySet[Any], name: str) -> _Key:
    plain, down = name.removeprefix("-"), name.startswith("-")
    if plain in rows.query.annotations:
        column = rows.query.annotations[plain].output_field
        return _Key(plain, column, column.null, down)
    model: Any = rows.model
    found: Any = None
    nullable = False
    for part in plain.split("__"):
        try:
            found = model._meta.pk if part == "pk" else model._meta.get_field(part.removesuffix("_id"))
        except FieldDoesNotExist:
            found = model._meta.get_field(part)
        nullable = nullable or found.null
        model = found.related_model or model
    return _Key(plain, None if found.is_relation else found, nullable, down)


def _position(cursor: str, keys: Sequence[_Key]) -> tuple[bool, list[Any]] | None:
    found = decode(cursor, len(keys))
    if found is None:
        return None
    try:
        return found[0], [key.read(value) for key, value in zip(keys, found[1], strict=True)]
    except UNREADABLE:
        return None


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part, None)
    return row


def _after(keys: Sequence[_Key], values: Sequence[Any]) -> Any:
    one_way = len({key.down for key in keys}) == 1
    own = not any(key.nullable or "__" in key.name for key in keys)
    if one_way and own and len(keys) > 1:
        here = _row([F(key.name) for key in keys])
        there = _row([Value(value, key.column) for key, value in zip(keys, values, strict=True)])
        sign = " < " if keys[0].down else " > "
        return Func(here, there, function="", template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())
    condition, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        condition |= same & key.after(value)
        same &= key.same(value)
    # The redundant bound on the leading key is what lets both databases start inside an index.
    return keys[0].onwards(values[0]) & condition


def _row(expressions: Sequence[Any]) -> Func:
    return Func(*expressions, function="", template="(%(expressions)s)", output_field=BooleanField())
