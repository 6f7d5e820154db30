"""The counts for every two facts at every node of the union tree: how they follow from spans, how they are changed and compared.

A span that holds now counts at each node whose officers see it: the keeping union, the industry's union, and all that lie above either.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import connection

from registry.organisations.models import UnionNode
from registry.statistics.dimensions import COLUMNS, FOREVER, PAIRS
from registry.statistics.models import Cell, Span
from registry.statistics.spans import STORED, Row

Key = tuple[int, int, int, int, int]
Counts = dict[Key, list[int]]
CHUNK = 10_000

UNTIL = STORED.index("until")
FILES, HONOURS = STORED.index("files"), STORED.index("honours")
KIND = STORED.index("kind")
UNION, INDUSTRY_UNION = STORED.index("union_id"), STORED.index("industry_union_id")
FACTS = tuple(STORED.index("union_id" if name == "union" else name) for name in COLUMNS)
CELL = ("node", "pair", "kind", "a", "b", "files", "honours")


class Tree:
    """The union tree in memory: which nodes see what is kept where."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = dict(UnionNode.objects.values_list("pk", "path"))
        self._by_path = {path: pk for pk, path in self.paths.items()}
        self._known: dict[tuple[int, int | None], tuple[int, ...]] = {}

    def nodes(self, union: int, industry_union: int | None) -> tuple[int, ...]:
        """Return the nodes that see what these two keep."""
        found = self._known.get((union, industry_union))
        if found is None:
            places = [union] if industry_union is None else [union, industry_union]
            found = tuple(sorted({node for place in places for node in self._upwards(place)}))
            self._known[(union, industry_union)] = found
        return found

    def _upwards(self, node: int) -> Iterator[int]:
        path = ""
        for code in self.paths.get(node, "").split("/")[:-1]:
            path += f"{code}/"
            if path in self._by_path:
                yield self._by_path[path]


class Heap:
    """Spans as columns of numbers, of which only those that hold now are kept; counts one pair of facts at a time."""

    def __init__(self) -> None:
        self.heads: list[tuple[int, int | None, int, int, int]] = []
        self.columns = [array("i") for _ in COLUMNS]
        self._same: dict[tuple[int, int | None, int, int, int], tuple[int, int | None, int, int, int]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Take what holds now of rows with the columns of `STORED`."""
        for row in rows:
            if row[UNTIL] == FOREVER:
                head = (row[UNION], row[INDUSTRY_UNION], row[KIND], row[FILES], row[HONOURS])
                self.heads.append(self._same.setdefault(head, head))
                for column, at in zip(self.columns, FACTS, strict=True):
                    column.append(row[at])

    def count(self, number: int, tree: Tree) -> Counts:
        """Count one pair of facts, at every node."""
        first, second = PAIRS[number]
        below = Counter(zip(self.heads, self.columns[first], self.columns[second], strict=True))
        counts: Counts = {}
        for ((union, industry_union, kind, files, honours), a, b), times in below.items():
            for node in tree.nodes(union, industry_union):
                cell = counts.setdefault((node, number, kind, a, b), [0, 0])
                cell[0] += files * times
                cell[1] += honours * times
        return counts


def difference(old: Sequence[Row], new: Sequence[Row], tree: Tree) -> Counts:
    """Return by how much the cells change when these spans take the place of those."""
    before, after = Heap(), Heap()
    before.add(old)
    after.add(new)
    changes: Counts = {}
    for number in range(len(PAIRS)):
        found = after.count(number, tree)
        for key, (files, honours) in before.count(number, tree).items():
            cell = found.setdefault(key, [0, 0])
            cell[0] -= files
            cell[1] -= honours
        changes |= {key: cell for key, cell in found.items() if cell != [0, 0]}
    return changes


def change_cells(changes: Counts) -> None:
    """Add to the cells; what comes to nothing is taken out."""
    rows = [(*key, *cell) for key, cell in sorted(changes.items())]
    fewer = [row[:5] for row in rows if row[5] < 0 or row[6] < 0]
    upsert = (
        "ON CONFLICT (node, pair, kind, a, b) DO UPDATE SET "
        "files = statistics_cell.files + excluded.files, honours = statistics_cell.honours + excluded.honours"
    )
    _write("statistics_cell", CELL, rows, upsert)
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM statistics_cell"
            " WHERE node = %s AND pair = %s AND kind = %s AND a = %s AND b = %s AND files = 0 AND honours = 0",
            fewer,
        )


def write_cells(counts: Counts) -> None:
    """Write cells into an empty part of the table."""
    _write("statistics_cell", CELL, [(*key, *cell) for key, cell in sorted(counts.items())])


def write_spans(rows: Sequence[Row]) -> None:
    """Write spans (columns of `STORED`)."""
    _write("statistics_span", STORED, rows)


def _write(table: str, columns: Sequence[str], rows: Sequence[Row], conflict: str = "") -> None:
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # All columns are numbers; one array of each is the quickest way in.
            marks = ", ".join(["%s::bigint[]"] * len(columns))
            for start in range(0, len(rows), CHUNK):
                arrays = [list(column) for column in zip(*rows[start : start + CHUNK], strict=True)]
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT * FROM unnest({marks}) {conflict}",  # noqa: S608  # names above
                    arrays,
                )
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {conflict}", rows)  # noqa: S608


def stored_spans(ids: Sequence[int]) -> list[Row]:
    """Return the spans of these files as they are stored."""
    return list(Span._base.filter(file__in=ids).values_list(*STORED))


def heap_of_stored() -> Heap:
    """Read all stored spans that hold now."""
    heap = Heap()
    heap.add(Span._base.filter(until=FOREVER).values_list(*STORED).iterator(chunk_size=5000))
    return heap


def wrong_cells(heap: Heap, tree: Tree) -> list[tuple[Key, tuple[int, int], tuple[int, int]]]:
    """Return `(cell, stored counts, right counts)` where the stored cells aren't what the spans come to; counts are (files, honours)."""
    found = []
    for number in range(len(PAIRS)):
        right = {key: (cell[0], cell[1]) for key, cell in heap.count(number, tree).items()}
        cells = Cell.objects.filter(pair=number).values_list(*CELL)
        stored: dict[Key, tuple[int, int]] = {(n, p, k, a, b): (f, h) for n, p, k, a, b, f, h in cells.iterator()}
        found += [
            (key, stored.get(key, (0, 0)), right.get(key, (0, 0)))
            for key in sorted(right.keys() | stored.keys())
            if stored.get(key, (0, 0)) != right.get(key, (0, 0))
        ]
    return found


def by_file(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Sort spans under their files."""
    ordered: list[Any] = sorted(rows, key=lambda row: (row[0], *row[1:7]))
    return {file: list(mine) for file, mine in groupby(ordered, key=lambda row: row[0])}
