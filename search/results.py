"""From hits to what is shown: cards from the registry's public facts, the words found marked."""

from dataclasses import dataclass

from registry.honours.queries import HonoureeCard, cards, cards_query, public_honourees
from registry.text.pinyin import full
from search import service
from search.analysis import Kind, Query, highlight
from search.engines.base import Hit
from search.sources import HONOUREE, adorned

Segments = list[tuple[str, bool]]
SUGGESTIONS = 5


@dataclass(frozen=True)
class SearchHit:
    """One result; segments are (text, marked); `card` is None for a page."""

    kind: str
    url: str
    title_segments: Segments
    summary_segments: Segments
    meta: str
    card: HonoureeCard | None


def cards_of(hits: list[Hit]) -> dict[str, HonoureeCard]:
    """Return the cards of the files among the hits by key; who isn't public any more has none."""
    numbers = [_number(hit) for hit in hits if _is_file(hit)]
    if not numbers:
        return {}
    files = cards_query(public_honourees().filter(pk__in=numbers))
    return {f"{HONOUREE}:{card.pk}": card for card in adorned(cards(files))}


def shown(query: Query, hits: list[Hit]) -> list[SearchHit]:
    """Return the hits as the page shows them. The index may lag a moment behind: what isn't public is left out."""
    known = cards_of(hits)
    return [_shown(query, hit, known.get(hit.key)) for hit in hits if not _is_file(hit) or hit.key in known]


def _shown(query: Query, hit: Hit, card: HonoureeCard | None) -> SearchHit:
    if card is None:
        return SearchHit(
            hit.kind, hit.url, highlight(hit.title, query, Kind.NAME), highlight(hit.summary, query), "", None
        )
    aliases = "\u3001".join(card.aliases)
    title = f"{card.name} ({aliases})" if aliases else card.name
    summary = " ".join(part for part in (card.unit, card.position) if part)
    year = str(card.headline_year or "")
    meta = " · ".join(part for part in (card.region, card.headline_title, year) if part)
    return SearchHit(card.kind, card.url, highlight(title, query, Kind.NAME), highlight(summary, query), meta, card)


def alike(text: str) -> list[tuple[str, str]]:
    """Return names that sound like what was asked in vain, as (name, address)."""
    sound = full(text[:20])
    if not sound or sound == text:
        return []
    return [(hit.title, hit.url) for hit in service.suggest(sound, SUGGESTIONS)]


def _is_file(hit: Hit) -> bool:
    return hit.key.startswith(HONOUREE + ":")


def _number(hit: Hit) -> int:
    return int(hit.key.partition(":")[2])
