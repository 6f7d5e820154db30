"""The map of all public addresses: the pages, and every public file in sections by its key, so that no section counts or skips."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from cms.pages.models import ProfilePage
from registry.honours.queries import public_honourees

SECTION = 10_000
MOST_PAGES = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
Entry = tuple[str, datetime | None]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of sections."""
    last = public_honourees().order_by("-pk").values_list("pk", flat=True).first() or 0
    paths = ["/sitemaps/pages.xml", *(f"/sitemaps/honourees-{number}.xml" for number in range(last // SECTION + 1))]
    return _answer("sitemapindex", "sitemap", ((request.build_absolute_uri(path), None) for path in paths))


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Pages of the tree; profiles stand in the sections of their files."""
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    found = site.root_page.get_descendants(inclusive=True).live().public().not_type(ProfilePage).order_by("path")
    entries = ((_absolute(request, page), page.last_published_at) for page in found[:MOST_PAGES])
    return _answer("urlset", "url", entries)


@require_safe
def honourees(request: HttpRequest, section: int) -> HttpResponse:
    """Public files whose key lies in the section."""
    found = public_honourees().filter(pk__gte=section * SECTION, pk__lt=(section + 1) * SECTION).order_by("pk")
    rows = found.values_list("slug", "updated_at")
    return _answer("urlset", "url", ((request.build_absolute_uri(f"/honourees/{slug}/"), at) for slug, at in rows))


def _absolute(request: HttpRequest, page: Page) -> str:
    return request.build_absolute_uri(page.get_url(request) or "/")


def _answer(outer: str, inner: str, entries: Iterable[Entry]) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{outer} xmlns="{NAMESPACE}">']
    for address, at in entries:
        when = f"<lastmod>{at.date().isoformat()}</lastmod>" if at else ""
        lines.append(f"<{inner}><loc>{escape(address)}</loc>{when}</{inner}>")
    lines.append(f"</{outer}>")
    return HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")
