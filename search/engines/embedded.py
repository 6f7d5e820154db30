"""Search inside the database: FTS5 on SQLite, a tsvector with GIN on PostgreSQL. Always there, always fresh."""

# ruff: noqa: S608  # table names are constants; what is asked travels as a parameter

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction

from registry.honours.queries import Filters
from registry.locks import SEARCH_INDEX, one_at_a_time
from registry.organisations.regions import wider_codes
from search.analysis import Query, Rank, Term
from search.documents import (
    EVERYTHING,
    FACTS,
    HONOUR_FACTS,
    HONOUREES,
    PLAIN_FACTS,
    SearchDocument,
    filter_terms,
    plan,
    without,
    year_of,
)
from search.engines.base import CAP, Ask, Facets, Hit, SearchResult
from search.engines.dialects import Dialect, dialect_of
from search.engines.schema import ENTRY
from search.models import SearchEntry, SearchSet

BATCH = 500
COLUMNS = "e.key, e.kind, e.title, e.url, e.summary"
SORT_COLUMN = {"year": ("latest_year", True), "pinyin": ("pinyin_key", False), "stroke": ("stroke_key", False)}
KEPT_SETS = 200_000
# Facts by the hash of themselves: right for ever, in every database.
_sets: dict[int, Any] = {}
# Of honours: what each set is counted under when no other fact of honours is chosen, as (fact, value).
_counted: dict[int, tuple[tuple[str, str], ...]] = {}


class EmbeddedEngine:
    """The engine in the database of the site."""

    name = "embedded"

    def index(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace; an older version never replaces a newer one, and what is the same only gets its version."""
        wanted = iter(documents)
        while batch := list(islice(wanted, BATCH)):
            self._write(batch)

    def _write(self, batch: list[SearchDocument], *, anew: bool = False) -> None:
        """Write a batch; `anew` even what is there already."""
        with transaction.atomic():
            latest = {document.key: document for document in batch}
            stored = SearchEntry.objects.filter(key__in=latest).values_list("key", "version", "digest")
            held = {key: (version, digest) for key, version, digest in stored}
            for key, (version, digest) in held.items():
                if version > latest[key].version:
                    del latest[key]
                elif digest == latest[key].digest and not anew:
                    SearchEntry.objects.filter(key=key).update(version=latest.pop(key).version)
            if latest:
                self._replace(list(latest.values()), [key for key in latest if key in held])

    def _replace(self, documents: list[SearchDocument], gone: list[str]) -> None:
        # FTS5 writes a run of ascending rows in one piece.
        documents.sort(key=lambda document: document.position)
        rows: list[SearchEntry] = []
        sets: dict[int, Any] = {}
        for document in documents:
            place = [document.kind, document.region, document.industry]
            merits = [[honour.level, honour.title, honour.year] for honour in sorted(document.honours)]
            sets |= {_address(place): place, _address(merits): merits}
            rows.append(_row(document, _address(place), _address(merits)))
        new = [SearchSet(id=number, body=body) for number, body in sets.items()]
        SearchSet.objects.bulk_create(new, ignore_conflicts=True)
        if gone:
            # One statement: Django would fetch the rows first.
            SearchEntry.objects.filter(key__in=gone)._raw_delete(connection.alias)
        SearchEntry.objects.bulk_create(rows)

    def delete(self, keys: Iterable[str], version: int) -> None:
        """Remove what is no newer than the version."""
        wanted = list(keys)
        for start in range(0, len(wanted), BATCH):
            SearchEntry.objects.filter(key__in=wanted[start : start + BATCH], version__lte=version).delete()

    def search(self, ask: Ask) -> SearchResult:
        """Answer a question."""
        dialect = dialect_of(connection)
        asked = plan(ask.query, names_only=ask.names_only)
        words = [dialect.any_of(group) for group in asked.groups]
        scope = [dialect.term(Term(HONOUREES if ask.honourees_only else EVERYTHING))]
        if words and not ask.honourees_only:
            scope = []
        main = [*words, *scope]
        narrow = [dialect.term(Term(term)) for term in filter_terms(ask.filters)]
        everything = dialect.all_of([*main, *narrow])
        with dialect.planning():
            total = dialect.count(everything, CAP + 1)
            hits, more = self._page(dialect, ask, everything, asked.tiers, broad=total > CAP)
            facets = self._facets(dialect, ask.filters, main) if ask.facets else {}
        return SearchResult(hits, more, min(total, CAP), total > CAP, facets)

    def suggest(self, query: Query, size: int) -> list[Hit]:
        """Return what a name may become while it is typed."""
        return [] if query.is_empty else self.search(Ask(query, size=size, names_only=True)).hits

    def _page(self, dialect: Dialect, ask: Ask, main: str, tiers: Any, *, broad: bool) -> tuple[list[Hit], bool]:
        if ask.sort in SORT_COLUMN:
            sql, values = _sorted_page(dialect, ask, main)
        else:
            sql, values = _ranked_page(dialect, ask, main, tiers, broad=broad)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall()
        hits = [
            Hit(key, kind, title, url, summary, (place, position))
            for place, position, key, kind, title, url, summary in rows[: ask.size]
        ]
        if ask.back:
            hits.reverse()
        return hits, len(rows) > ask.size

    def _facets(self, dialect: Dialect, filters: Filters, main: list[str]) -> Facets:
        """Count every fact among the hits without its own filter: one pass, and one more for each filter chosen."""
        chosen = filters.chosen()
        passes: dict[tuple[str, ...], list[str]] = {}
        for fact in FACTS:
            terms = tuple(filter_terms(without(filters, fact) if fact in chosen else filters))
            passes.setdefault(terms, []).append(fact)
        found: Facets = {fact: {} for fact in FACTS}
        for terms, facts in passes.items():
            places, merits = dialect.tally(dialect.all_of([*main, *(dialect.term(Term(term)) for term in terms)]))
            _learn(places.keys() | merits.keys())
            free = _count_freely(merits) if not any(getattr(filters, fact) for fact in HONOUR_FACTS) else {}
            for fact in facts:
                if fact in HONOUR_FACTS and free:
                    found[fact] = free[fact]
                elif fact in HONOUR_FACTS:
                    found[fact] = _count_honours(fact, merits, without(filters, fact))
                else:
                    found[fact] = _count_places(fact, places)
        return found

    def keys_and_digests(self) -> Iterator[tuple[str, str]]:
        """Yield every document's key and fingerprint."""
        yield from SearchEntry.objects.values_list("key", "digest").iterator(chunk_size=5000)

    def rebuild(self, batches: Iterable[list[SearchDocument]]) -> int:
        """Write every document anew, a batch at a time; then what was there before and wasn't written goes."""
        number, oldest = 0, None
        for batch in batches:
            if batch:
                oldest = min(batch[0].version, oldest or batch[0].version)
                self._write(batch, anew=True)
            number += len(batch)
        left = SearchEntry.objects.all() if oldest is None else SearchEntry.objects.filter(version__lt=oldest)
        left.delete()
        self._sweep()
        return number

    def _sweep(self) -> None:
        """Forget facts that no entry has any more, and let the index tidy itself."""
        with one_at_a_time(SEARCH_INDEX):
            held = set(SearchEntry.objects.values_list("place", flat=True).distinct())
            held |= set(SearchEntry.objects.values_list("merits", flat=True).distinct())
            idle = [number for number in SearchSet.objects.values_list("id", flat=True) if number not in held]
            for start in range(0, len(idle), BATCH):
                SearchSet.objects.filter(id__in=idle[start : start + BATCH]).delete()
            for number in idle:
                _sets.pop(number, None)
                _counted.pop(number, None)
        dialect_of(connection).tidy()

    def ping(self) -> bool:
        """The database is always there."""
        return True


def _row(document: SearchDocument, place: int, merits: int) -> SearchEntry:
    return SearchEntry(
        position=document.position,
        key=document.key,
        kind=document.kind,
        title=document.title[:300],
        url=document.url,
        summary=document.summary,
        terms=" ".join(document.terms),
        place=place,
        merits=merits,
        latest_year=document.latest_year,
        pinyin_key=document.pinyin_key,
        stroke_key=document.stroke_key,
        version=document.version,
        digest=document.digest,
    )


def _address(body: Any) -> int:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _learn(numbers: Iterable[int]) -> None:
    """Read the facts that this process doesn't know yet."""
    missing = [number for number in numbers if number not in _sets]
    if not missing:
        return
    if len(_sets) > KEPT_SETS:
        _sets.clear()
        _counted.clear()
        missing = list(numbers)
    found = SearchSet.objects.all()
    if len(missing) <= BATCH:
        found = found.filter(id__in=missing)
    _sets.update(found.values_list("id", "body"))


def _count_freely(merits: Counter[int]) -> Facets:
    """Count holders per value of every fact of honours, all at once; nothing of them is chosen."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for number, times in merits.items():
        values = _counted.get(number)
        if values is None:
            held = _sets.get(number, ())
            pairs = {
                (fact, str(value)) for honour in held for fact, value in zip(HONOUR_FACTS, honour, strict=True) if value
            }
            values = _counted[number] = tuple(pairs)
        for value in values:
            counts[value] += times
    found: Facets = {fact: {} for fact in HONOUR_FACTS}
    for (fact, text), number in counts.items():
        found[fact][text] = number
    return found


def _count_honours(fact: str, merits: Counter[int], others: Filters) -> dict[str, int]:
    """Count holders per value among the honours that fit the other filters of honours."""
    level, title, year = others.level.lower(), others.title.lower(), year_of(others)
    which = HONOUR_FACTS.index(fact)
    counts: Counter[str] = Counter()
    for number, times in merits.items():
        fitting = {
            honour[which]
            for honour in _sets.get(number, ())
            if (not level or honour[0] == level)
            and (not title or honour[1].lower() == title)
            and (not year or honour[2] == year)
        }
        for value in fitting:
            if value:
                counts[str(value)] += times
    return dict(counts)


def _count_places(fact: str, places: Counter[int]) -> dict[str, int]:
    which = PLAIN_FACTS.index(fact)
    counts: Counter[str] = Counter()
    for number, times in places.items():
        value = _sets[number][which] if number in _sets else ""
        for wider in wider_codes(value) if fact == "region" else (value,):
            if wider:
                counts[wider] += times
    return dict(counts)


def _ranked_page(dialect: Dialect, ask: Ask, main: str, tiers: Any, *, broad: bool) -> tuple[str, list[Any]]:
    """Write the statement of a page by relevance: the tiers one after the other, each in the order of its index.

    Both databases take the parts of a UNION ALL in turn, and none that the limit spares them.
    """
    earlier: list[str] = []
    steps = []
    for rank, any_of in [*tiers, (int(Rank.TEXT), None)]:
        here = dialect.all_of([main] if any_of is None else [main, dialect.any_of(any_of)])
        steps.append((rank, dialect.but_not(here, earlier)))
        if any_of is not None:
            earlier.append(dialect.any_of(any_of))
    way = "DESC" if ask.back else "ASC"
    parts: list[str] = []
    values: list[Any] = []
    for rank, match in reversed(steps) if ask.back else steps:
        start = None
        if ask.after is not None:
            tier = int(ask.after[0])
            if (rank > tier) if ask.back else (rank < tier):
                continue
            start = int(ask.after[1]) if rank == tier else None
        for found in dialect.ordered(start, way, ask.size + 1, broad=broad and rank == Rank.TEXT):
            parts.append(f"SELECT {rank} AS t, p FROM ({found}) AS part")
            values.append(match)
    sql = (
        f"SELECT h.t, h.p, {COLUMNS} FROM (SELECT t, p FROM ({' UNION ALL '.join(parts)}) AS tiers LIMIT {ask.size + 1})"
        f" AS h JOIN {ENTRY} e ON e.position = h.p ORDER BY h.t {way}, h.p {way}"
    )
    return sql, values


def _sorted_page(dialect: Dialect, ask: Ask, main: str) -> tuple[str, list[Any]]:
    column, falls = SORT_COLUMN[ask.sort]
    column = f"e.{column}" + (dialect.bytewise if not falls else "")
    first = "DESC" if falls != ask.back else "ASC"
    second = "DESC" if ask.back else "ASC"
    values: list[Any] = [main]
    bound = ""
    if ask.after is not None:
        signs = {"ASC": ">", "DESC": "<"}
        bound = f"AND ({column} {signs[first]} %s OR ({column} = %s AND e.position {signs[second]} %s))"
        values += [ask.after[0], ask.after[0], ask.after[1]]
    sql = (
        f"SELECT {column}, e.position, {COLUMNS} {dialect.joined} {bound}"
        f" ORDER BY {column} {first}, e.position {second} LIMIT {ask.size + 1}"
    )
    return sql, values
