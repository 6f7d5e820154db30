"""The search page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registry.honours.queries import Filters
from search import forms, labels, results, service
from search.documents import SORTS

SIZE = 24


@dataclass(frozen=True)
class Pager:
    """Where one is in a long list; an empty address means there is none."""

    previous_url: str
    next_url: str
    first_url: str
    range_label: str
    total_label: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for words and filters; with neither, a hint where to begin."""
    asked = forms.read(request.GET)
    if not asked.text and not asked.filters.chosen():
        return render(request, "search.html", _nothing_asked())
    try:
        found = _find(asked, asked.cursor)
    except service.InvalidCursor:
        found = _find(asked, "")
    kept = asked.sort if asked.sort != SORTS[0] else ""
    shown = results.shown(found.query, found.hits)
    here = labels.link(asked.text, asked.filters, sort=kept)
    chips = labels.chips(asked.text, asked.filters, kept)
    context = {
        "q": asked.text,
        "results": shown,
        "total_label": total_label(found.total, found.total_capped),
        "engine_notice": _("The search server is being looked after; the database answers meanwhile.")
        if found.degraded
        else "",
        "suggestions": results.alike(asked.text) if not found.hits and not chips else [],
        "facets": labels.groups(asked.text, asked.filters, found.facets, kept),
        "chips": chips,
        "sort": _sorts(asked),
        "pager": Pager(
            previous_url=_with_cursor(here, found.previous),
            next_url=_with_cursor(here, found.next),
            first_url=here if found.previous else "",
            range_label="",
            total_label=total_label(found.total, found.total_capped),
        ),
        "clear_url": labels.link(asked.text, Filters(), sort=kept) if chips else "/honourees/",
        "examples": [],
    }
    return render(request, "search.html", context)


def _find(asked: forms.Asked, cursor: str) -> service.Found:
    return service.find(asked.text, asked.filters, sort=asked.sort, cursor=cursor, size=SIZE, facets=True)


def _nothing_asked() -> dict[str, object]:
    return {
        "q": "",
        "results": [],
        "total_label": _("Type a name, a unit or an honour, or look through the whole register."),
        "engine_notice": "",
        "suggestions": [],
        "facets": [],
        "chips": [],
        "sort": [],
        "pager": Pager("", "", "", "", ""),
        "clear_url": "/honourees/",
        "examples": [],
    }


def total_label(number: int, capped: bool) -> str:
    """Write how many there are; above the cap nobody counts."""
    if capped:
        return _("more than %(number)s") % {"number": number}
    return ngettext("%(number)s entry", "%(number)s entries", number) % {"number": number}


def _sorts(asked: forms.Asked) -> list[tuple[str, str, bool]]:
    words = {
        "relevance": _("Best match"),
        "year": _("Latest honour"),
        "pinyin": _("Pinyin"),
        "stroke": _("Strokes"),
    }
    return [
        (words[sort], labels.link(asked.text, asked.filters, sort=sort if sort != SORTS[0] else ""), sort == asked.sort)
        for sort in SORTS
    ]


def _with_cursor(address: str, cursor: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'cursor': cursor})}" if cursor else ""
