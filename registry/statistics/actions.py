"""Keeping the counts true. They are derived: nothing here is a fact of the register, and nothing is audited."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from registry.bulk import insert_rows
from registry.honours.models import Conferral
from registry.locks import STATISTICS, one_at_a_time
from registry.people.models import Honouree
from registry.statistics import cube
from registry.statistics.dimensions import FOREVER, PAIRS
from registry.statistics.models import Build, Cell, Debt, Span
from registry.statistics.spans import spans_of

logger = logging.getLogger(__name__)
BATCH = 1000
SHOWN = 20


def owe(ids: Iterable[int]) -> None:
    """Write down, in the transaction of the change itself, that these files are to be counted again."""
    now = timezone.now()
    insert_rows(Debt, ("file", "since"), [(pk, now) for pk in ids])


def catch_up() -> int:
    """Count again every file that is owed, a batch in a transaction; return how many. On its first run it owes the whole register."""
    done = 0
    while True:
        with one_at_a_time(STATISTICS):
            build = _build()
            debts = list(Debt.objects.order_by("pk").values_list("pk", "file")[:BATCH])
            if not debts:
                return done
            ids = sorted({file for _pk, file in debts})
            refresh(ids, build)
            Debt.objects.filter(pk__in=[pk for pk, _file in debts]).delete()
        done += len(ids)


def refresh(ids: Sequence[int], build: Build) -> None:
    """Count these files again, within `one_at_a_time`."""
    tree = cube.Tree()
    _follow_tree(build, tree)
    old, new = cube.by_file(cube.stored_spans(ids)), cube.by_file(spans_of(ids))
    changed = [file for file in old.keys() | new.keys() if old.get(file) != new.get(file)]
    gone = [row for file in changed for row in old.get(file, [])]
    come = [row for file in changed for row in new.get(file, [])]
    if changed:
        Span._base.filter(file__in=changed).delete()
        cube.write_spans(come)
        cube.change_cells(cube.difference(gone, come, tree))
        build.save(update_fields=["counted_at"])


def rebuild(progress: Callable[[int], None] = lambda number: None) -> int:
    """Make all tables anew in one transaction; return the number of files. `progress` is told how many are done."""
    with one_at_a_time(STATISTICS):
        build = _build()
        # What is owed by now is in the facts that are read below; what comes later stays owed.
        owed = list(Debt.objects.values_list("pk", flat=True))
        Cell.objects.all().delete()
        Span._base.all().delete()
        heap, tree, number = cube.Heap(), cube.Tree(), 0
        for ids in _all_files():
            rows = spans_of(ids)
            cube.write_spans(rows)
            heap.add(rows)
            number += len(ids)
            progress(number)
        _recount(build, heap, tree)
        for start in range(0, len(owed), BATCH):
            Debt.objects.filter(pk__in=owed[start : start + BATCH]).delete()
    with connection.cursor() as cursor:
        for table in (Span._meta.db_table, Cell._meta.db_table):
            cursor.execute(f"ANALYZE {table}")
    return number


@dataclass(frozen=True)
class Verdict:
    """What a recount found: how many files it read, whose spans are wrong, which cells are wrong, and words on totals that differ."""

    files: int
    spans: list[int] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether the tables are what a recount gives."""
        return not (self.spans or self.cells or self.totals)


def check() -> Verdict:
    """Recount everything and hold it against the tables. Files that are changed meanwhile are left for their own recount."""
    catch_up()
    with one_at_a_time(STATISTICS):
        number, wrong = 0, []
        for ids in _all_files():
            stored, right = cube.by_file(cube.stored_spans(ids)), cube.by_file(spans_of(ids))
            wrong += [file for file in ids if stored.get(file) != right.get(file)]
            number += len(ids)
        # NOT EXISTS: PostgreSQL would go through a million files for each span of NOT IN.
        strangers = Span._base.filter(~Exists(Honouree._base.filter(pk=OuterRef("file")))).values_list(
            "file", flat=True
        )
        wrong += sorted(set(strangers))
        cells = [
            f"{key}: {stored}, recounted {right}"
            for key, stored, right in cube.wrong_cells(cube.heap_of_stored(), cube.Tree())
        ]
        totals = _totals()
        owed = set(Debt.objects.values_list("file", flat=True))
    return Verdict(number, [file for file in wrong if file not in owed], cells, [] if owed else totals)


def _totals() -> list[str]:
    """Hold plain counts of the register against the spans: what both ways of counting have in common can't hide here."""
    now = Span._base.filter(until=FOREVER)
    pairs = (
        ("files", Honouree._base.count(), now.filter(files=1).count()),
        ("honours in force", Conferral._base.filter(is_revoked=False).count(), now.filter(honours=1).count()),
    )
    return [f"{name}: {stored}, the register has {right}" for name, right, stored in pairs if right != stored]


def _build() -> Build:
    build, fresh = Build.objects.get_or_create(pk=1)
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Debt._meta.db_table} (file, since)"  # noqa: S608  # names from the models
                f" SELECT id, CURRENT_TIMESTAMP FROM {Honouree._meta.db_table}"
            )
    return build


def _follow_tree(build: Build, tree: cube.Tree) -> None:
    """Count all cells anew when a node has moved: they were counted along the old paths."""
    now = {str(pk): path for pk, path in tree.paths.items()}
    if build.tree == now:
        return
    if any(now.get(pk) not in (None, path) for pk, path in build.tree.items()):
        logger.warning("the union tree has changed; the statistics are counted anew")
        Cell.objects.all().delete()
        _recount(build, cube.heap_of_stored(), tree)
    build.tree = now
    build.save()


def _recount(build: Build, heap: cube.Heap, tree: cube.Tree) -> None:
    for number in range(len(PAIRS)):
        cube.write_cells(heap.count(number, tree))
    build.tree = {str(pk): path for pk, path in tree.paths.items()}
    build.save()


def _all_files() -> Iterator[list[int]]:
    last = 0
    while ids := list(Honouree._base.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: BATCH * 5]):
        yield ids
        last = ids[-1]
