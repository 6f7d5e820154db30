"""What the public templates are handed, from the registry's public queries and the published stories."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.pages import facets
from cms.pages.portraits import picture_view, portraits_of, with_portraits
from cms.pages.shapes import Context, StoryCard
from cms.pages.tallies import whole
from registry.honours.queries import (
    BESIDE,
    HonoureeCard,
    PublicProfile,
    beside,
    cards,
    cards_query,
    profile_of,
    public_honourees,
)
from registry.paging import keyset_page
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.text.pinyin import full, initials
from search.lists import Pager

STORIES = 6
STORIES_A_PAGE = 12
EXAMPLE_LENGTH = 4


def home_context() -> Context:
    """Return what `home.html` names besides the page's own words."""
    counted = whole()
    return {
        "examples": examples(),
        "today": person_of_the_day(),
        **{f"counts_by_{fact}": facets.ways_in(counted, fact) for fact in ("year", "level", "region", "kind")},
        "latest_stories": latest_stories(),
        "notices": [],
    }


def examples() -> list[tuple[str, str]]:
    """Return three searches that find somebody: by name, by full pinyin, by initials."""
    people = public_honourees().filter(kind=Kind.INDIVIDUAL)
    chosen = _short(people.filter(profile_page__live=True).order_by("-honour_count", "pk"))
    if len(chosen) < 3:
        chosen += [name for name in _short(people.order_by("-latest_year", "-pk")) if name not in chosen]
    ways: tuple[Callable[[str], str], ...] = (str, full, initials)
    return [(word, word) for word in (make(name) for make, name in zip(ways, chosen[:3], strict=False)) if word]


def _short(people: Any) -> list[str]:
    names = people.values_list("name", flat=True)[:30]
    return [name for name in names if len(name) <= EXAMPLE_LENGTH and not name.isascii()][:3]


def person_of_the_day() -> HonoureeCard | None:
    """Return the same person all day: one with a published story if there is any, else anybody public; none is drawn at random."""
    day = timezone.localdate().toordinal()
    people = cards_query().filter(kind=Kind.INDIVIDUAL)
    told = people.filter(profile_page__live=True).select_related("region", "profile_page").order_by("pk")
    number = told.count()
    file = told[day % number] if number else _somebody(people, day)
    if file is None:
        return None
    [today] = cards([file])
    if number:
        today = replace(today, summary=file.profile_page.summary, is_published_story=True)
    return with_portraits([today])[0]


def _somebody(people: Any, day: int) -> Honouree | None:
    last = people.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return None
    # A large odd step walks through the numbers without neighbours on following days.
    found: Honouree | None = people.filter(pk__gte=day * 7919 % last + 1).order_by("pk").first()
    return found


def story_query() -> Any:
    """Published articles, and published profiles of files the public may see, newest first."""
    from cms.pages.models import ArticlePage, ProfilePage

    told = Q(pk__in=ProfilePage.objects.filter(honouree__is_public=True).values("pk"))
    return Page.objects.live().public().filter(told | Q(pk__in=ArticlePage.objects.values("pk")))


def latest_stories(number: int = STORIES) -> list[StoryCard]:
    """Return the newest stories."""
    return story_cards(list(story_query().order_by("-first_published_at", "-pk")[:number]))


def story_cards(pages: Sequence[Any]) -> list[StoryCard]:
    """Make cards of articles and profiles, in a fixed number of queries."""
    from cms.pages.models import ArticlePage, ProfilePage

    keys = [page.pk for page in pages]
    articles = {page.pk: page for page in ArticlePage.objects.filter(pk__in=keys).select_related("picture")}
    profiles = {page.pk: page for page in ProfilePage.objects.filter(pk__in=keys).select_related("honouree")}
    portraits = portraits_of([page.honouree_id for page in profiles.values()])
    found = []
    for key in keys:
        if article := articles.get(key):
            image = article.picture and picture_view(article.picture, "fill-640x400", "")
            found.append(StoryCard(article.title, article.get_url() or "", article.summary, article.date, image))
        elif profile := profiles.get(key):
            picture = portraits.get(profile.honouree_id)
            told = profile.first_published_at
            found.append(
                StoryCard(
                    title=_story_title(profile),
                    url=profile.honouree.get_absolute_url(),
                    summary=profile.summary,
                    date=timezone.localdate(told) if told else None,
                    image=picture and picture_view(picture, "fill-640x400", ""),
                )
            )
    return found


def _story_title(profile: Any) -> str:
    name = str(profile.honouree.name)
    return _("%(name)s: %(headline)s") % {"name": name, "headline": profile.headline} if profile.headline else name


def stories_context(request: HttpRequest, page: Any) -> Context:
    """Return what `stories.html` names."""
    rows = story_query().filter(first_published_at__isnull=False)
    found = keyset_page(rows, ("-pk",), cursor=request.GET.get("cursor", "")[:200], size=STORIES_A_PAGE)
    return {
        "heading": page.title,
        "intro": page.intro,
        "stories": story_cards(found.rows),
        "pager": Pager(
            previous_url=f"{request.path}?cursor={found.previous}" if found.previous else "",
            next_url=f"{request.path}?cursor={found.next}" if found.next else "",
            first_url=request.path if found.previous else "",
            range_label="",
            total_label="",
        ),
        "breadcrumbs": [(_("Home"), "/"), (page.title, "")],
    }


def article_context(request: HttpRequest, page: Any) -> Context:
    """Return what `article.html` names."""
    return {
        "title": page.title,
        "date": page.date,
        "author": page.author,
        "summary": page.summary,
        "canonical_url": request.build_absolute_uri(page.get_url(request) or request.path),
        "breadcrumbs": [(_("Home"), "/"), (_("Stories"), "/stories/"), (page.title, "")],
    }


def profile_context(request: HttpRequest, file: Honouree, page: Any = None) -> Context:
    """Return what `profile.html` names of a file, fetched best by `public_file`, and of the page that tells its story.

    Raises `Http404` when the public may not see the file, whatever has been published about it.
    """
    if not file.is_public:
        raise Http404(_("There is no such file, or it isn't public."))
    profile = with_neighbours(profile_of(file), file)
    if page is not None:
        profile = replace(
            profile, summary=page.summary, sources=_lines(page.sources, profile.sources), is_published_story=page.live
        )
    address = request.build_absolute_uri(profile.url)
    return {
        "profile": profile,
        "page": page,
        "canonical_url": address,
        "breadcrumbs": [(_("Home"), "/"), (_("Honourees"), facets.DIRECTORY), (profile.name, "")],
        "json_ld": json_ld(profile, address),
    }


def with_neighbours(profile: PublicProfile, file: Honouree) -> PublicProfile:
    """Add some others of the same unit, year and region, and all portraits: in four queries, not nine."""
    found = beside(file)
    own, *others = with_portraits([profile, *cards(found)])
    known = list(zip(found, others, strict=True))

    def same(fact: str) -> list[HonoureeCard]:
        wanted = getattr(file, fact)
        return [other for row, other in known if wanted and getattr(row, fact) == wanted][:BESIDE]

    portrait = own.portrait
    if portrait:
        portrait = replace(portrait, alt=_("Portrait of %(name)s") % {"name": profile.name})
    return replace(
        profile,
        portrait=portrait,
        same_unit=same("unit_name"),
        same_year=same("latest_year"),
        same_region=same("region_id"),
    )


def json_ld(profile: PublicProfile, address: str) -> SafeString:
    """Return the schema.org description as a data block; browsers don't run it, so the content security policy needs no exception."""
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person" if profile.kind == Kind.INDIVIDUAL else "Organization",
        "name": profile.name,
        "url": address,
        "alternateName": [*profile.known_as, *profile.former_names],
        "award": [f"{line.title} {line.year or ''}".strip() for line in profile.honours],
        "description": profile.summary,
    }
    if profile.kind == Kind.INDIVIDUAL:
        about |= {
            "jobTitle": profile.position,
            "worksFor": {"@type": "Organization", "name": profile.unit} if profile.unit else "",
        }
    text = json.dumps({key: value for key, value in about.items() if value}, ensure_ascii=False)
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(safe))  # noqa: S308


def _lines(text: str, more: list[str]) -> list[str]:
    return list(dict.fromkeys([line.strip() for line in text.splitlines() if line.strip()] + more))
