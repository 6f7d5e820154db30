"""The public API, version 1: what the site shows, for other programs. Read-only, throttled by client address."""

import re
from typing import Any, Literal

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.conf import settings as ninja_settings
from ninja.params.functions import Query
from ninja.throttling import AnonRateThrottle

from registry.honours.models import Conferral
from registry.honours.queries import Filters, HonoureeCard, public_profile
from search import service
from search.engines.base import Hit
from search.results import cards_of

SUGGESTIONS = 8
SLUG = re.compile(r"[A-Za-z0-9_-]{1,90}")


class ByAddress(AnonRateThrottle):
    """Count by the client's address; a proxy's word for it counts only with `NINJA_NUM_PROXIES` set."""

    def get_ident(self, request: HttpRequest) -> str | None:
        """Return the address."""
        if ninja_settings.NUM_PROXIES is None:
            return request.META.get("REMOTE_ADDR")
        return super().get_ident(request)


class Lookups(ByAddress):
    """Lists and files."""

    scope = "api"


class Typing(ByAddress):
    """Suggestions while one types."""

    scope = "suggest"


api = NinjaAPI(
    title="Model workers",
    version="1",
    urls_namespace="api-1",
    # The documentation's pictures are data addresses; everything else keeps to the policy of the site.
    docs_decorator=csp_update({"img-src": ["data:"]}),
)


class Error(Schema):
    """What went wrong, in words."""

    detail: str


class HonourOut(Schema):
    """One honour in force."""

    title: str
    level: str
    year: int | None


class HonoureeOut(Schema):
    """A person or collective as lists show it. `url` is the path of the public profile."""

    slug: str
    url: str
    name: str
    aliases: list[str]
    kind: str
    unit: str
    position: str
    region: str
    headline: str
    headline_year: int | None
    honours: list[HonourOut]


class ListOut(Schema):
    """A page of results. `total` stops at 1000 (`total_capped`); hand `next` back as `cursor` for the following page."""

    items: list[HonoureeOut]
    total: int
    total_capped: bool
    next: str
    degraded: bool


class LineOut(Schema):
    """One honour in force with what was published about it."""

    title: str
    level: str
    year: int | None
    date: str
    conferred_by: str
    document_number: str
    certificate_number: str
    unit: str
    position: str


class ProfileOut(Schema):
    """Everything public about one file."""

    slug: str
    url: str
    name: str
    former_names: list[str]
    known_as: list[str]
    kind: str
    sex: str
    ethnicity: str
    born: str
    died: str
    native_place: str
    political_status: str
    education: str
    unit: str
    position: str
    region: str
    honours: list[LineOut]
    sources: list[str]


class SuggestionOut(Schema):
    """A name, the path of its page, and a word about it."""

    label: str
    url: str
    detail: str


Size = Query(24, ge=1, le=100)
Word = Query("", max_length=80)


@api.get(
    "/honourees",
    response={200: ListOut, 422: Error},
    throttle=[Lookups("120/m")],
    summary="Find people and collectives",
    tags=["honourees"],
)
def honourees(
    request: HttpRequest,
    q: str = Query("", max_length=400, description="Name, former name, pinyin, initials, unit, place or honour"),
    level: str = Word,
    year: str = Query("", max_length=4, pattern=r"^[0-9]*$"),
    region: str = Query("", max_length=6, pattern=r"^[0-9]*$", description="Code of GB/T 2260, all within it"),
    industry: str = Word,
    kind: Literal["", "individual", "collective"] = "",
    title: str = Query("", max_length=80, description="Code of the title"),
    sort: Literal["relevance", "year", "pinyin", "stroke"] = "relevance",
    cursor: str = Query("", max_length=2000),
    size: int = Size,
) -> Any:
    """Year, level and title hold of one and the same honour. Without `q` everybody under the filters."""
    filters = Filters(year=year, level=level, title=title, region=region, industry=industry, kind=kind)
    try:
        found = service.find(q, filters, sort=sort, cursor=cursor, size=size, honourees_only=True)
    except service.InvalidCursor:
        return api.create_response(request, {"detail": _("This cursor is not valid; begin without one.")}, status=422)
    return {
        "items": _items(found.hits),
        "total": found.total,
        "total_capped": found.total_capped,
        "next": found.next,
        "degraded": found.degraded,
    }


@api.get(
    "/honourees/{slug}",
    response={200: ProfileOut, 404: Error},
    throttle=[Lookups("120/m")],
    summary="One person or collective",
    tags=["honourees"],
)
def honouree(request: HttpRequest, slug: str) -> Any:
    """Everything public about the file at an address."""
    profile = public_profile(slug) if SLUG.fullmatch(slug) else None
    if profile is None:
        return api.create_response(request, {"detail": _("There is no such file, or it isn't public.")}, status=404)
    facts = {name: getattr(profile, name) for name in ProfileOut.model_fields if name != "honours"}
    return {**facts, "honours": [_line(line) for line in profile.honours]}


@api.get(
    "/suggest",
    response=list[SuggestionOut],
    throttle=[Typing("300/m")],
    summary="What a name may become",
    tags=["search"],
)
def suggest(request: HttpRequest, q: str = Query("", max_length=400)) -> Any:
    """At most eight names that begin like, or hold, what has been typed so far."""
    hits = service.suggest(q, SUGGESTIONS)
    known = cards_of(hits)
    return [
        {"label": hit.title, "url": hit.url, "detail": _detail(hit, known.get(hit.key))}
        for hit in hits
        if hit.key in known or not hit.key.startswith("honouree:")
    ]


def _detail(hit: Hit, card: HonoureeCard | None) -> str:
    if card is None:
        return _("Article")
    return " · ".join(part for part in (card.unit or card.region, card.headline_title) if part)


def _line(line: Any) -> dict[str, Any]:
    facts = {name: getattr(line, name) for name in LineOut.model_fields if name not in ("level", "date")}
    return {**facts, "level": line.level_label, "date": line.date_label}


def _items(hits: list[Hit]) -> list[dict[str, Any]]:
    known = cards_of(hits)
    honours: dict[int, list[dict[str, Any]]] = {card.pk: [] for card in known.values()}
    in_force = Conferral._base.filter(honouree__in=list(honours), is_revoked=False).select_related("title")
    for each in in_force.order_by("-year", "-pk"):
        honours[each.honouree_id].append({"title": each.title.name, "level": each.level, "year": each.year})
    return [_item(known[hit.key], honours) for hit in hits if hit.key in known]


def _item(card: HonoureeCard, honours: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    facts = {
        name: getattr(card, name) for name in ("slug", "url", "name", "aliases", "kind", "unit", "position", "region")
    }
    return {
        **facts,
        "headline": card.headline_title,
        "headline_year": card.headline_year,
        "honours": honours[card.pk],
    }


def nothing_here(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer an unknown address of the API in its own tongue."""
    return api.create_response(request, {"detail": _("There is nothing at this address.")}, status=404)
