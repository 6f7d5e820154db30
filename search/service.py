"""Asking: the search server if there is one and it answers, else the database, which always knows as much."""

import logging
import threading
import time
from dataclasses import dataclass, field, replace

from django.conf import settings

from registry.honours.queries import Filters
from registry.paging import decode, encode
from search.analysis import Query, Rank, parse_query
from search.documents import SORTS
from search.engines.base import Ask, Engine, EngineAway, Facets, Hit, Place, SearchResult
from search.engines.embedded import EmbeddedEngine

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 10.0
NUMERIC = ("relevance", "year")


class InvalidCursor(ValueError):
    """The cursor wasn't made here, or for another order."""


class Breaker:
    """After a failure the server isn't asked for `PAUSE_SECONDS`; then one question is tried. Logs once each way."""

    def __init__(self) -> None:
        self._until = 0.0
        self._broken = False
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether to leave the server alone now. When the pause is over, one asker at a time tries."""
        with self._lock:
            if not self._broken:
                return False
            if time.monotonic() < self._until:
                return True
            self._until = time.monotonic() + PAUSE_SECONDS
            return False

    def trip(self, error: Exception) -> None:
        """The server failed."""
        with self._lock:
            first, self._broken = not self._broken, True
            self._until = time.monotonic() + PAUSE_SECONDS
        if first:
            logger.error("the search server is away, the database answers: %s", error)

    def reset(self) -> None:
        """The server answered."""
        with self._lock:
            again, self._broken = self._broken, False
        if again:
            logger.warning("the search server answers again")


breaker = Breaker()
_embedded = EmbeddedEngine()


def embedded() -> Engine:
    """Return the engine in the database."""
    return _embedded


def server() -> Engine:
    """Return the engine on the search server, whether it is there or not."""
    from search.engines.elasticsearch import ElasticsearchEngine

    return ElasticsearchEngine()


def engine_named(name: str) -> Engine:
    """Return an engine by its name in `SEARCH_ENGINE`."""
    return server() if name == "elasticsearch" else embedded()


@dataclass(frozen=True)
class Found:
    """What a visitor is shown. Cursors are opaque, empty at the ends; `degraded`: the search server is away."""

    query: Query
    hits: list[Hit]
    total: int
    total_capped: bool
    facets: Facets = field(default_factory=dict)
    next: str = ""
    previous: str = ""
    degraded: bool = False


def find(
    text: str,
    filters: Filters | None = None,
    *,
    sort: str = "relevance",
    cursor: str = "",
    size: int = 24,
    facets: bool = False,
    honourees_only: bool = False,
) -> Found:
    """Search. Raises `InvalidCursor`; never fails because a search server is away."""
    query = parse_query(text)
    sort = sort if sort in SORTS else "relevance"
    after, back = read_cursor(cursor, sort)
    ask = Ask(query, filters or Filters(), sort, after, back, size, facets, honourees_only)
    answer, degraded = _ask(ask)
    if back and not answer.hits:
        # Somebody went back beyond the beginning: begin there.
        ask, back = replace(ask, after=None, back=False), False
        answer, degraded = _ask(ask)
    return Found(
        query=query,
        hits=answer.hits,
        total=answer.total,
        total_capped=answer.total_capped,
        facets=answer.facets,
        next=_cursor(sort, answer, -1, back=False) if back or answer.more else "",
        previous=_cursor(sort, answer, 0, back=True) if (answer.more if back else ask.after is not None) else "",
        degraded=degraded,
    )


def suggest(text: str, size: int = 8) -> list[Hit]:
    """Return what a name may become while it is typed."""
    query = parse_query(text)
    if query.is_empty:
        return []
    if settings.SEARCH_ENGINE == "elasticsearch" and not breaker.is_open:
        try:
            found = server().suggest(query, size)
        except EngineAway as error:
            breaker.trip(error)
        else:
            breaker.reset()
            return found
    return embedded().suggest(query, size)


def _ask(ask: Ask) -> tuple[SearchResult, bool]:
    if settings.SEARCH_ENGINE != "elasticsearch":
        return embedded().search(ask), False
    if not breaker.is_open:
        try:
            answer = server().search(ask)
        except EngineAway as error:
            breaker.trip(error)
        else:
            breaker.reset()
            return answer, False
    return embedded().search(ask), True


def read_cursor(cursor: str, sort: str) -> tuple[Place | None, bool]:
    """Read a cursor: (place to start behind, whether to go back). Raises `InvalidCursor`."""
    if not cursor:
        return None, False
    found = decode(cursor[:2000], 3)
    if found is None:
        raise InvalidCursor("not a cursor")
    back, (order, value, position) = found
    numeric = sort in NUMERIC
    if not numeric and isinstance(value, str) and not value.isprintable():
        raise InvalidCursor("not a cursor")
    good = (
        order == sort and type(position) is int and 0 <= position < 2**62 and isinstance(value, int if numeric else str)
    )
    if not good or (sort == "relevance" and value not in list(Rank)) or (numeric and not 0 <= int(value) < 10_000):
        raise InvalidCursor("made for another order")
    return (value, position), back


def _cursor(sort: str, answer: SearchResult, which: int, *, back: bool) -> str:
    if not answer.hits:
        return ""
    return encode([sort, *answer.hits[which].place], back=back)
