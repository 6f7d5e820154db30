"""The directory: filtered, sorted, paged without counting or skipping."""

import unicodedata
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms.pages import facets
from cms.pages.portraits import with_portraits
from cms.pages.shapes import Context, Link
from cms.pages.tallies import tally, whole
from registry.honours.queries import ORDERS, Filters, cards, cards_query, filtered
from registry.paging import CAP, CappedCount, capped_count, keyset_page
from search.labels import label_of, names
from search.lists import Pager, total_label, with_cursor

SIZE = 24
LONGEST = 80
FIRST_ORDER = "year"


def read_filters(request: HttpRequest) -> Filters:
    """Read the filters from an address; control signs and overlong values count as nothing."""
    return Filters(**{name: _word(request.GET.get(name, "")) for name in vars(Filters())})


def browse_context(request: HttpRequest, page: Any) -> Context:
    """Return what `browse.html` names."""
    filters = read_filters(request)
    sort = request.GET.get("sort", "")
    sort = sort if sort in ORDERS else FIRST_ORDER
    files = filtered(filters)
    found = keyset_page(cards_query(files), ORDERS[sort], cursor=request.GET.get("cursor", "")[:2000], size=SIZE)
    kept = {} if sort == FIRST_ORDER else {"sort": sort}
    whole_list = facets.link(filters, **kept)
    everything = whole()
    counted = tally(filters, everything)
    number = capped_count(files) if counted is None or filters.chosen() else _capped(counted.total)
    return {
        "heading": page.title,
        "intro": page.intro,
        "cards": with_portraits(cards(found.rows)),
        "facets": facets.groups(filters, counted, everything, sort=kept.get("sort", "")),
        "chips": chips(filters, kept.get("sort", "")),
        "sort": sort_links(filters, sort),
        "pager": Pager(
            previous_url=with_cursor(whole_list, found.previous),
            next_url=with_cursor(whole_list, found.next),
            first_url=whole_list if found.previous else "",
            range_label="",
            total_label=total_label(number.number, number.capped),
        ),
        "clear_url": facets.link(Filters(), **kept),
        "breadcrumbs": [(_("Home"), "/"), (page.title, "")],
    }


def chips(filters: Filters, sort: str) -> list[Link]:
    """Return every chosen filter with the address that leaves it out."""
    known = names() if filters.chosen() else {}
    return [
        (label_of(fact, value, known), facets.link(replace(filters, **{fact: ""}), sort=sort))
        for fact, value in filters.chosen().items()
    ]


def sort_links(filters: Filters, chosen: str) -> list[tuple[str, str, bool]]:
    """Return the orders with their addresses."""
    words = {"year": _("Latest honour"), "pinyin": _("Pinyin"), "stroke": _("Strokes")}
    return [
        (words[order], facets.link(filters, sort="" if order == FIRST_ORDER else order), order == chosen)
        for order in ORDERS
    ]


def _capped(total: int) -> CappedCount:
    return CappedCount(min(total, CAP), total > CAP)


def _word(value: str) -> str:
    plain = "".join(sign for sign in value if unicodedata.category(sign)[0] != "C").strip()
    return plain if len(plain) <= LONGEST else ""
