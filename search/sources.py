"""Where documents come from. Honourees are read here; the rooms above register theirs. Only public facts leave."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db.models import Prefetch
from django.utils import translation

from registry.honours.models import Conferral, HonourTitle
from registry.honours.queries import HonoureeCard, public_honourees
from registry.locks import SEARCH_INDEX, one_at_a_time
from registry.organisations.regions import wider_codes
from registry.people.models import Honouree
from registry.text.pinyin import sort_key
from registry.text.strokes import stroke_key
from search.analysis import Kind, exact_keys, index_terms
from search.documents import Honour, SearchDocument

BATCH = 500
HONOUREE = "honouree"
PAGE = "page"
MAX_TEXT = 60_000
Build = Callable[[Sequence[int], int], list[SearchDocument]]
Ids = Callable[[], Iterable[int]]
Stories = Callable[[Sequence[int]], dict[int, str]]
Adorn = Callable[[list[HonoureeCard]], list[HonoureeCard]]


@dataclass(frozen=True)
class Source:
    """`ids()` gives what is public now; `build(ids, version)` the documents of those that still are, in bulk."""

    ids: Ids
    build: Build


_sources: dict[str, Source] = {}
_stories: list[Stories] = []
_adornments: list[Adorn] = []


def register(kind: str, ids: Ids, build: Build) -> None:
    """Let a room's things be found: `register("page", ids, build)`; keys are `page:ID`. Called once, in `ready`."""
    if kind not in (HONOUREE, PAGE):
        raise ValueError(f"no source of documents is called {kind}")
    _sources[kind] = Source(ids, build)


def register_stories(stories: Stories) -> None:
    """Add published texts to the files they tell of: `stories(ids)` returns `{id: text}`."""
    if stories not in _stories:
        _stories.append(stories)


def register_adornment(adorn: Adorn) -> None:
    """Let the room that has the pictures add them to the cards of a result list."""
    if adorn not in _adornments:
        _adornments.append(adorn)


def adorned(cards: list[HonoureeCard]) -> list[HonoureeCard]:
    """Return cards with what was registered for them."""
    for adorn in _adornments:
        cards = adorn(cards)
    return cards


def sources() -> dict[str, Source]:
    """Return every source by its name."""
    return dict(_sources)


def page_document(
    pk: int, *, title: str, url: str, summary: str = "", text: str = "", version: int = 0
) -> SearchDocument:
    """Make the document of a page from plain strings."""
    return SearchDocument(
        key=f"{PAGE}:{pk}",
        kind=PAGE,
        title=title[:300],
        url=url,
        summary=summary,
        name_terms=_terms(Kind.NAME, [title]),
        text_terms=_terms(Kind.TEXT, [title, summary, text[:MAX_TEXT]]),
        exact_keys=tuple(exact_keys(title)),
        pinyin_key=sort_key(title)[:400],
        stroke_key=stroke_key(title)[:400],
        version=version,
    )


def warm() -> None:
    """Read the dictionaries of the text pipeline, which it does once and at leisure."""
    page_document(0, title="\u52b3\u52a8", url="")


def now_version() -> int:
    """Return the version of what is read now: microseconds."""
    return time.time_ns() // 1000


def build(source: str, ids: Sequence[int], version: int) -> tuple[list[SearchDocument], list[str]]:
    """Return the documents of these ids, and the keys of those that the public may not (or no longer) see."""
    found = _sources[source].build(ids, version) if source in _sources else []
    present = {document.key for document in found}
    return found, [key for key in (f"{source}:{pk}" for pk in ids) if key not in present]


def every_batch(size: int = BATCH, *, exclusive: bool = False) -> Iterator[list[SearchDocument]]:
    """Yield all documents there are, in batches read at the moment they are asked for.

    With `exclusive` a batch is read, and dealt with by whoever asked, in one transaction that other writers wait for.
    """
    for source, ids in _id_batches(size):
        with one_at_a_time(SEARCH_INDEX) if exclusive else nullcontext():
            yield build(source, ids, now_version())[0]


def _id_batches(size: int) -> Iterator[tuple[str, list[int]]]:
    for source in _sources:
        ids = iter(_sources[source].ids())
        while batch := list(islice(ids, size)):
            yield source, batch


def honouree_ids() -> Iterator[int]:
    """Yield the ids of public files, in ascending order, none skipped when files are added meanwhile."""
    last = 0
    while found := list(public_honourees().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:5000]):
        yield from found
        last = found[-1]


def honouree_documents(ids: Sequence[int], version: int) -> list[SearchDocument]:
    """Build the documents of public files in a fixed number of queries."""
    in_force = Conferral._base.filter(is_revoked=False).select_related("title").order_by("-year", "pk")
    files = (
        public_honourees()
        .filter(pk__in=ids)
        .select_related("region__parent__parent", "industry", "ethnicity")
        .prefetch_related("other_names", "posts", Prefetch("conferrals", in_force, "in_force"))
    )
    stories: dict[int, list[str]] = {}
    for tell in _stories:
        for pk, text in tell(ids).items():
            stories.setdefault(pk, []).append(text[:MAX_TEXT])
    titles = _title_names()
    # The index speaks Chinese: what it holds must not depend on who set it going.
    with translation.override("zh-hans"):
        return [_document(file, stories.get(file.pk, []), titles, version) for file in files]


def _title_names() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pk, english, alias in HonourTitle.objects.values_list("pk", "name_en", "aliases__name"):
        names = found.setdefault(pk, [english] if english else [])
        if alias:
            names.append(alias)
    return found


def _document(file: Honouree, stories: list[str], titles: dict[int, list[str]], version: int) -> SearchDocument:
    names = list(dict.fromkeys([file.name, *(other.name for other in file.other_names.all())]))
    held: list[Any] = file.in_force  # type: ignore[attr-defined]  # the prefetch above
    return SearchDocument(
        key=f"{HONOUREE}:{file.pk}",
        kind=file.kind,
        title=file.name,
        url=file.get_absolute_url(),
        summary=" ".join(
            part for part in (file.unit_name if file.unit_name != file.name else "", file.position) if part
        ),
        name_terms=_terms(Kind.NAME, names),
        text_terms=_terms(Kind.TEXT, [*_texts(file, held, titles), *stories]),
        exact_keys=tuple(dict.fromkeys(key for name in names for key in _keys(name))),
        honours=tuple(sorted({Honour(each.level, each.title.code, each.year or 0) for each in held})),
        region=file.region_id or "",
        industry=file.industry_id or "",
        highest_rank=file.highest_rank,
        latest_year=file.latest_year,
        pinyin_key=file.pinyin_key,
        stroke_key=file.stroke_key,
        version=version,
    )


def _texts(file: Honouree, held: list[Any], titles: dict[int, list[str]]) -> list[str]:
    """Return what may be read about a file in public, and nothing else."""
    texts = [file.name, file.unit_name, file.position, file.native_place, file.head]
    region = file.region
    while region:
        texts += [region.name, region.short_name]
        region = region.parent if len(wider_codes(region.code)) > 1 else None
    texts += [file.industry.name] if file.industry else []
    texts += [file.ethnicity.name] if file.ethnicity else []
    for post in file.posts.all():
        texts += [post.unit_name, post.position]
    for honour in held:
        year = _year_text(honour.year) if honour.year else ""
        texts += [honour.title.name, *titles.get(honour.title_id, []), honour.unit_name, honour.position, year]
        texts += [honour.conferred_by, honour.document_number, honour.certificate_number]
    return [text for text in dict.fromkeys(texts) if text]


def _year_text(year: int) -> str:
    return f"{year}\u5e74"


def _terms(kind: Kind, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for text in texts for term in _cut(kind, text)))


@lru_cache(maxsize=20_000)
def _cut(kind: Kind, text: str) -> tuple[str, ...]:
    """Return the terms of a text; units and titles come again and again."""
    return tuple(index_terms(kind, text))


@lru_cache(maxsize=2_000)
def _keys(name: str) -> tuple[str, ...]:
    return tuple(exact_keys(name))


register(HONOUREE, honouree_ids, honouree_documents)
