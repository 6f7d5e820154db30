"""Keeping the indexes true. The embedded one changes with the reading of the facts; the search server follows."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from registry.locks import SEARCH_INDEX, one_at_a_time
from search import service
from search.documents import SearchDocument
from search.engines.base import Engine, EngineAway
from search.models import SearchDebt, SearchEntry
from search.sources import build, every_batch, now_version, sources

logger = logging.getLogger(__name__)
REPLAY = 500


def refresh(source: str, ids: Sequence[int]) -> None:
    """Read these again and bring both indexes up to date.

    Facts are read and written to the embedded index in one transaction, one after the other, so that an older reading
    never wins. What the server is to be told is written in the same transaction (`SearchDebt`) and struck out once told:
    nothing is lost when the server, or this process, goes away in between.
    """
    with one_at_a_time(SEARCH_INDEX):
        version = now_version()
        documents, gone = build(source, ids, version)
        embedded = service.embedded()
        embedded.index(documents)
        embedded.delete(gone, version)
        if settings.SEARCH_ENGINE == "elasticsearch":
            _owe([f"{source}:{pk}" for pk in ids], version)
    if settings.SEARCH_ENGINE == "elasticsearch" and not service.breaker.is_open:
        _tell(documents, gone, version)


def _owe(keys: list[str], version: int) -> None:
    debts = [SearchDebt(key=key, version=version) for key in dict.fromkeys(keys)]
    SearchDebt.objects.bulk_create(
        debts, update_conflicts=True, unique_fields=["key"], update_fields=["version"], batch_size=300
    )


def _tell(documents: list[SearchDocument], gone: list[str], version: int) -> bool:
    server = service.server()
    try:
        server.index(documents)
        server.delete(gone, version)
    except EngineAway as error:
        service.breaker.trip(error)
        return False
    service.breaker.reset()
    keys = [*(document.key for document in documents), *gone]
    for start in range(0, len(keys), 300):
        SearchDebt.objects.filter(key__in=keys[start : start + 300], version__lte=version).delete()
    return True


def replay_debts() -> int:
    """Tell the server what it hasn't taken; return how many were told. Stops at once when it is still away."""
    told = 0
    while settings.SEARCH_ENGINE == "elasticsearch":
        keys = list(SearchDebt.objects.order_by("pk").values_list("key", flat=True)[:REPLAY])
        if not keys:
            break
        for source, ids in _by_source(keys).items():
            with one_at_a_time(SEARCH_INDEX):
                version = now_version()
                documents, gone = build(source, ids, version)
                _owe([f"{source}:{pk}" for pk in ids], version)
            if not _tell(documents, gone, version):
                return told
            told += len(ids)
    return told


def _by_source(keys: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        source, _, number = key.partition(":")
        found[source].append(int(number))
    return found


def rebuild(engine: Engine, progress: Callable[[int], None] = lambda number: None) -> int:
    """Write an engine's index anew while searching goes on; `progress` is told how many are done."""

    def batches() -> Iterator[list[SearchDocument]]:
        number = 0
        for batch in every_batch(exclusive=engine.name == "embedded"):
            yield batch
            number += len(batch)
            progress(number)

    return engine.rebuild(batches())


@dataclass(frozen=True)
class Comparison:
    """What an index lacks, holds in an old version, or holds though it shouldn't: keys."""

    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """All of them."""
        return [*self.missing, *self.stale, *self.extra]


def compare(engine: Engine) -> Comparison:
    """Build every document and hold it against the index."""
    held = dict(engine.keys_and_digests())
    missing, stale = [], []
    for batch in every_batch():
        for document in batch:
            digest = held.pop(document.key, None)
            if digest is None:
                missing.append(document.key)
            elif digest != document.digest:
                stale.append(document.key)
    return Comparison(missing, stale, sorted(held))


def repair(found: Comparison) -> None:
    """Read again whatever was found wrong."""
    for source, ids in _by_source(found.wrong).items():
        for start in range(0, len(ids), REPLAY):
            refresh(source, ids[start : start + REPLAY])


def is_empty() -> bool:
    """Whether the embedded index holds nothing though there is something to hold."""
    return not SearchEntry.objects.exists() and any(
        next(iter(source.ids()), None) is not None for source in sources().values()
    )
