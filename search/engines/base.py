"""What every engine can do. Both give the same hits, order, counts and facets on the same documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from registry.honours.queries import Filters
from search.analysis import Query
from search.documents import SearchDocument

CAP = 1000
Facets = dict[str, dict[str, int]]
Place = tuple[str | int, int]


class EngineAway(Exception):
    """The engine doesn't answer, or has no index yet."""


@dataclass(frozen=True)
class Hit:
    """One document found. `place` is where it stands in the order asked for: (tier or sort value, position)."""

    key: str
    kind: str
    title: str
    url: str
    summary: str
    place: Place


@dataclass(frozen=True)
class Ask:
    """A question.

    `after`, a hit's place, starts behind it (before it with `back`); `honourees_only` leaves pages out;
    `names_only` looks into names alone, as suggestions do.
    """

    query: Query
    filters: Filters = Filters()
    sort: str = "relevance"
    after: Place | None = None
    back: bool = False
    size: int = 24
    facets: bool = False
    honourees_only: bool = False
    names_only: bool = False


@dataclass(frozen=True)
class SearchResult:
    """An answer. `more` says that there are further hits in the direction asked; `total` stops at `CAP`.

    `facets` is `{fact: {value: number}}`, each fact counted without its own filter.
    """

    hits: list[Hit]
    more: bool
    total: int
    total_capped: bool
    facets: Facets = field(default_factory=dict)


class Engine(Protocol):
    """A copy of the documents that can be asked, thrown away and rebuilt. Raises `EngineAway`."""

    name: str

    def index(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace; an older version never replaces a newer one."""

    def delete(self, keys: Iterable[str], version: int) -> None:
        """Remove what is no newer than the version."""

    def search(self, ask: Ask) -> SearchResult:
        """Answer a question."""

    def suggest(self, query: Query, size: int) -> list[Hit]:
        """Return what a name may become while it is typed."""

    def keys_and_digests(self) -> Iterator[tuple[str, str]]:
        """Yield every document's key and fingerprint."""

    def rebuild(self, batches: Iterable[list[SearchDocument]]) -> int:
        """Take everything anew, without a gap for those who search; return how many. What is not in it goes."""

    def ping(self) -> bool:
        """Whether it can be asked now."""
