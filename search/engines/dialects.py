"""How the two databases write a question about terms. Terms hold neither quote, so that quoting them is enough."""

# ruff: noqa: S608  # table names are constants; what is asked travels as a parameter

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import transaction

from search.analysis import Term
from search.engines.schema import ENTRY, FTS

HEAD = 300
BEHIND = {"ASC": ">", "DESC": "<"}
Tallies = tuple[Counter[int], Counter[int]]


class Dialect:
    """What both have in common."""

    row: str
    joined: str
    bytewise: str
    conjunction: str
    disjunction: str

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def term(self, term: Term) -> str:
        """Write one term."""
        raise NotImplementedError

    def all_of(self, parts: list[str]) -> str:
        """Require all."""
        return self.conjunction.join(parts)

    def any_of(self, alternatives: Iterable[Iterable[Term]]) -> str:
        """Require one of the alternatives with all of its terms."""
        several = [self.all_of([self.term(term) for term in terms]) for terms in alternatives]
        return "(" + self.disjunction.join(f"({one})" for one in several) + ")"

    def but_not(self, main: str, others: list[str]) -> str:
        """Leave out what the others find."""
        raise NotImplementedError

    def ordered(self, start: int | None, way: str, size: int, *, broad: bool) -> list[str]:
        """Select the first positions of a tier behind `start` as `p`: selects to be taken in turn until there are enough."""
        raise NotImplementedError

    def planning(self) -> AbstractContextManager[None]:
        """Return the surroundings of a search."""
        return nullcontext()

    def count(self, match: str, cap: int) -> int:
        """Count up to the cap."""
        raise NotImplementedError

    def tally(self, match: str) -> Tallies:
        """Count the hits by place and by merits."""
        raise NotImplementedError

    def tidy(self) -> None:
        """Merge what many small writes left behind."""
        raise NotImplementedError


class Sqlite(Dialect):
    """FTS5: rows come in the order of their number, which is that of relevance, and stop at the limit."""

    row = "rowid"
    joined = f"FROM {FTS} CROSS JOIN {ENTRY} e ON e.position = {FTS}.rowid WHERE {FTS} MATCH %s"
    bytewise = ""
    conjunction = " AND "
    disjunction = " OR "

    def term(self, term: Term) -> str:
        """Write one term."""
        return f'"{term.text}"{" *" if term.prefix else ""}'

    def but_not(self, main: str, others: list[str]) -> str:
        """Leave out what the others find."""
        return f"({main}) NOT ({' OR '.join(others)})" if others else main

    def ordered(self, start: int | None, way: str, size: int, *, broad: bool) -> list[str]:
        """Select the first positions of a tier behind `start` as `p`."""
        bound = "" if start is None else f"AND rowid {BEHIND[way]} {start}"
        return [f"SELECT rowid AS p FROM {FTS} WHERE {FTS} MATCH %s {bound} ORDER BY rowid {way} LIMIT {size}"]

    def count(self, match: str, cap: int) -> int:
        """Count up to the cap."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {FTS} WHERE {FTS} MATCH %s LIMIT {cap})"
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [match])
            return int(cursor.fetchone()[0])

    def tally(self, match: str) -> Tallies:
        """Count the hits by place and by merits; the index beside the table holds just what is counted.

        Two strings, not a tuple for each hit: so many new objects would make Python search its whole memory for garbage.
        """
        sql = (
            f"SELECT group_concat(e.place), group_concat(e.merits) FROM {FTS} CROSS JOIN {ENTRY} e INDEXED BY search_facets"
            f" ON e.position = {FTS}.rowid WHERE {FTS} MATCH %s"
        )
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [match])
            places, merits = cursor.fetchone()
        return _counted(places), _counted(merits)

    def tidy(self) -> None:
        """Merge what many small writes left behind."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('optimize')")


class Postgresql(Dialect):
    """A tsvector with GIN. `OFFSET 0` keeps the planner from walking the primary key row by row."""

    row = "position"
    joined = f"FROM {ENTRY} e WHERE e.vector @@ %s::tsquery"
    bytewise = ' COLLATE "C"'
    conjunction = " & "
    disjunction = " | "

    def term(self, term: Term) -> str:
        """Write one term."""
        return f"'{term.text}'{':*' if term.prefix else ''}"

    def but_not(self, main: str, others: list[str]) -> str:
        """Leave out what the others find."""
        return f"({main}) & !({' | '.join(others)})" if others else main

    def ordered(self, start: int | None, way: str, size: int, *, broad: bool) -> list[str]:
        """Select the first positions of a tier behind `start` as `p`.

        All hits are gathered from the index and sorted; `+ 0` keeps the planner from gathering all positions as well. Of
        many hits there are enough among the first rows of the table: these are looked at first, then what lies behind.
        """
        statements, edge = [], "" if start is None else str(start)
        if broad:
            bound = f"WHERE position {BEHIND[way]} {edge}" if edge else ""
            head = f"(SELECT position, vector FROM {ENTRY} {bound} ORDER BY position {way} LIMIT {HEAD}) AS head"
            statements.append(f"SELECT position AS p FROM {head} WHERE vector @@ %s::tsquery LIMIT {size}")
            edge = f"(SELECT {'max' if way == 'ASC' else 'min'}(position) FROM {head})"
        bound = f"AND position + 0 {BEHIND[way]} {edge}" if edge else ""
        found = f"(SELECT position FROM {ENTRY} WHERE vector @@ %s::tsquery {bound} OFFSET 0) AS found"
        return [*statements, f"SELECT position AS p FROM {found} ORDER BY position {way} LIMIT {size}"]

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Keep the planner from reading the whole table: it takes the vectors for as cheap as a number. One thing at a time."""
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)"
            )
            yield
            cursor.execute("SET LOCAL enable_seqscan = on")

    def count(self, match: str, cap: int) -> int:
        """Count up to the cap."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {ENTRY} WHERE vector @@ %s::tsquery LIMIT {cap}) AS found"
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [match])
            return int(cursor.fetchone()[0])

    def tally(self, match: str) -> Tallies:
        """Count the hits by place and by merits: nearly every merits is another, so that Python counts sooner."""
        sql = f"SELECT array_agg(place), array_agg(merits) FROM {ENTRY} WHERE vector @@ %s::tsquery"
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [match])
            places, merits = cursor.fetchone()
        return Counter(places or ()), Counter(merits or ())

    def tidy(self) -> None:
        """Autovacuum does it."""


def _counted(joined: str | None) -> Counter[int]:
    numbers = Counter(joined.split(",")) if joined else Counter()
    return Counter({int(number): times for number, times in numbers.items()})


def dialect_of(connection: Any) -> Dialect:
    """Return the dialect of the database in use."""
    return Sqlite(connection) if connection.vendor == "sqlite" else Postgresql(connection)
