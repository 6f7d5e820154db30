"""Turning the pages of a console list: by keyset, so that a deep page costs what the first costs, with the count stopped at a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.paging import CappedCount, capped_count, keyset_page

CAP = 10_000
# Under a filter every row must be looked at to be counted, so the count stops sooner.
CAP_FILTERED = 1_000
LONGEST = 2000


@dataclass(frozen=True)
class ListPage:
    """One page of a list. `start`: the number of its first row in the list, 0 when it isn't known; cursors are empty at the ends."""

    rows: list[Any]
    count: CappedCount
    start: int
    previous: str
    next: str

    @property
    def place(self) -> str:
        """From which row to which; empty where it isn't known, or all is shown."""
        if not self.start or not (self.previous or self.next):
            return ""
        numbers = {"first": _digits(self.start), "last": _digits(self.start + len(self.rows) - 1)}
        return _("%(first)s to %(last)s") % numbers

    @property
    def total(self) -> str:
        """How many rows there are; above the cap nobody counts."""
        return rows_label(self.count)


def list_page(
    rows: QuerySet[Any], order: Sequence[str], *, cursor: str = "", size: int = 50, cap: int = CAP
) -> ListPage:
    """Return the page that a cursor of this function names: the number of its first row, a dot, and the keyset's own cursor.

    Without a number the page opens too, and doesn't say where it stands. A cursor that can't be read opens the first page.
    """
    number, _dot, key = cursor[:LONGEST].partition(".")
    found = keyset_page(rows, order, cursor=key, size=size)
    start = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    # A list that shrank or grew meanwhile: a page with others before it can't begin at 1.
    start = 1 if found.is_first else start if start > 1 else 0
    whole = found.is_first and not found.next
    return ListPage(
        rows=found.rows,
        count=CappedCount(len(found.rows), False) if whole else capped_count(rows, cap),
        start=start,
        previous=f"{max(start - size, 0)}.{found.previous}" if found.previous else "",
        next=f"{start + len(found.rows) if start else 0}.{found.next}" if found.next else "",
    )


def rows_label(count: CappedCount) -> str:
    """Write how many rows there are."""
    number = _digits(count.number)
    if count.capped:
        return _("more than %(number)s rows") % {"number": number}
    return ngettext("%(number)s row", "%(number)s rows", count.number) % {"number": number}


def short_label(count: CappedCount) -> str:
    """Write a number that stopped at its cap with a plus sign."""
    return _digits(count.number) + ("+" if count.capped else "")


def _digits(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=number >= 10_000)
