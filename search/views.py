"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.honours.queries import Filters
from search import forms, labels, results, service
from search.documents import SORTS
from search.lists import Pager, total_label, with_cursor

SIZE = 24


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
            previous_url=with_cursor(here, found.previous),
            next_url=with_cursor(here, found.next),
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
