"""What the lists of search and of the directory share: filters with counts, the pager, how many there are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class FacetValue:
    """One value of a filter, how many have it (empty: not counted), and the address with it chosen (or taken away)."""

    value: str
    label: str
    count: int | str
    url: str
    selected: bool = False


@dataclass(frozen=True)
class FacetGroup:
    """All values of one filter."""

    key: str
    label: str
    values: list[FacetValue]


@dataclass(frozen=True)
class Pager:
    """Where one is in a long list; an empty address means there is none."""

    previous_url: str
    next_url: str
    first_url: str
    range_label: str
    total_label: str


def with_cursor(address: str, cursor: str) -> str:
    """Return the address of the page that the cursor names; empty without one."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'cursor': cursor})}" if cursor else ""


def total_label(number: int, capped: bool) -> str:
    """Write how many there are; above the cap nobody counts."""
    if capped:
        return _("more than %(number)s") % {"number": number}
    return ngettext("%(number)s entry", "%(number)s entries", number) % {"number": number}
