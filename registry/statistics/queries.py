"""Tables of two facts for an officer's subtree, now or on a past day, and the rows behind each of their numbers."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from django.core.cache import cache
from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.organisations.enums import NodeKind
from registry.organisations.models import UnionNode
from registry.organisations.queries import nodes_visible_to
from registry.statistics.axes import DIMENSION, OUTSIDE, Axis, Grouping, Line, Scope
from registry.statistics.dimensions import COLUMNS, FOREVER, PAIR_NUMBER, Dimension, Life
from registry.statistics.models import Build, Cell, Debt, Span


class Counted(models.TextChoices):
    """What the numbers count."""

    PEOPLE = "people", _("people")
    COLLECTIVES = "collectives", _("collectives")
    HONOURS = "honours", _("honours")


# Seconds for which a past day's counts are kept at most.
KEPT = 3600
KINDS: dict[str, tuple[int, ...]] = {Counted.PEOPLE: (1,), Counted.COLLECTIVES: (2,), Counted.HONOURS: (1, 2)}


def scope_of(user: Any, node: UnionNode | None = None) -> Scope:
    """Return where the user's numbers are counted: at the node (who calls has checked that it is the user's), or at all of the user's."""
    if node is not None:
        return Scope((node,))
    tops: list[UnionNode] = []
    for each in nodes_visible_to(user).order_by("path"):
        if not any(each.path.startswith(top.path) for top in tops):
            tops.append(each)
    return Scope(tuple(tops))


@dataclass(frozen=True)
class Figure:
    """One number of a table, in words that an address can carry: what is counted, where, on which day, within which ranges of numbers.

    `under`: files kept at or below this node; `at`: at this very node; `outside`: by neither of the scope's nodes.
    """

    of: Counted
    node: int = 0
    day: int = 0
    ranges: tuple[tuple[str, int, int], ...] = ()
    under: int = 0
    at: int = 0
    outside: bool = False

    def encode(self) -> str:
        """Write it for an address: `people;node:3;level:5-5`."""
        parts = [self.of.value]
        parts += [f"{name}:{value}" for name in ("node", "day", "under", "at") if (value := getattr(self, name))]
        parts += ["outside:1"] if self.outside else []
        return ";".join([*parts, *(f"{name}:{low}~{high}" for name, low, high in self.ranges)])

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read it from an address; raises `ValueError` for what isn't one."""
        of, *parts = text.split(";")
        plain: dict[str, int] = {}
        ranges = []
        for part in parts:
            match = PART.fullmatch(part)
            if match and match[3] is not None and match[1] in COLUMNS:
                ranges.append((match[1], int(match[2]), int(match[3])))
            elif match and match[3] is None and match[1] in PLAIN:
                plain[match[1]] = int(match[2])
            else:
                raise ValueError(part)
        outside = bool(plain.pop("outside", 0))
        return cls(Counted(of), ranges=tuple(ranges), outside=outside, **plain)

    def spans(self) -> QuerySet[Span]:
        """Return the spans that the number is the sum of. Narrow what you show of them to the user's subtree."""
        rows: QuerySet[Span] = Span.objects.everywhere("the lists that show them are narrowed themselves")
        rows = rows.filter(on_day(self.day), kind__in=KINDS[self.of])
        rows = rows.filter(honours=1) if self.of == Counted.HONOURS else rows.filter(files=1)
        if self.node:
            nodes = _below(self.node)
            rows = rows.filter(Q(union__in=nodes) | Q(industry_union__in=nodes))
        if self.under:
            rows = rows.filter(union__in=_below(self.under))
        if self.at:
            rows = rows.filter(union=self.at)
        if self.outside:
            rows = rows.exclude(union__in=_below(self.node)) if self.node else rows
        for name, low, high in self.ranges:
            rows = rows.filter(**{name: low} if low == high else {f"{name}__gte": low, f"{name}__lte": high})
        return rows

    def rows(self) -> QuerySet[Any]:
        """Return the keys of the files, or of the honours, that the number counts: for `pk__in`."""
        found: QuerySet[Any] = self.spans().values("conferral" if self.of == Counted.HONOURS else "file")
        return found


PLAIN = ("node", "day", "under", "at", "outside")
PART = re.compile(r"([a-z]+):(-?\d{1,9})(?:~(-?\d{1,9}))?")


def _below(node: int) -> list[int]:
    path = UnionNode.objects.filter(pk=node).values_list("path", flat=True).first()
    return list(UnionNode.objects.filter(path__startswith=path).values_list("pk", flat=True)) if path else []


def on_day(day: int) -> Q:
    """Keep the spans that hold on the day (20240501), or now (0)."""
    return Q(since__lte=day, until__gt=day) if day else Q(until=FOREVER)


@dataclass(frozen=True)
class Table:
    """A table of two facts. `numbers` holds what isn't 0 by (row key, column key); totals are those of the lines shown, which are all."""

    of: Counted
    rows: list[Line]
    columns: list[Line]
    numbers: dict[tuple[int, int], int]
    figure: Figure
    row_axis: Axis
    column_axis: Axis
    row_totals: dict[int, int] = field(default_factory=dict)
    column_totals: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def behind(self, row: Line | None = None, column: Line | None = None) -> Figure:
        """Return the figure of a number, of a total of a line (the other None), or of all."""
        figure = self.figure
        for axis, line in ((self.row_axis, row), (self.column_axis, column)):
            if line is not None:
                figure = _narrowed(figure, axis, line)
        return figure


def _narrowed(figure: Figure, axis: Axis, line: Line) -> Figure:
    if axis != Axis.UNION:
        name = DIMENSION[axis].value
        return replace(figure, ranges=(*figure.ranges, (name, line.low, line.high)))
    if line.key == OUTSIDE:
        return replace(figure, outside=True)
    return replace(figure, at=line.key) if line.key == figure.node else replace(figure, under=line.key)


def cross(
    user: Any, of: Counted, rows: Axis, columns: Axis, *, node: UnionNode | None = None, day: date | None = None
) -> Table:
    """Count by two facts in the user's subtree, or at one node of it, which who calls has checked.

    Without a day, or with today's, everything in force now counts. On a past day counts what is known to have been in force then: honours
    with a date or a year up to it, revocations after it not yet, deaths after it not yet (`spans.py` says what can be known).
    Raises `ValueError` when both are the same fact.
    """
    scope = scope_of(user, node)
    past = day if day and day < timezone.localdate() else None
    seen = past or timezone.localdate()
    across, down = Grouping(rows, scope=scope, day=seen), Grouping(columns, scope=scope, day=seen)
    if across.dimension == down.dimension:
        raise ValueError("two different facts are needed")
    number = int(f"{past:%Y%m%d}") if past else 0
    numbers = _count(user, scope, of, across, down, number)
    found = {key: value for key, value in numbers.items() if value}
    row_totals, column_totals = Counter[int](), Counter[int]()
    for (a, b), value in found.items():
        row_totals[a] += value
        column_totals[b] += value
    return Table(
        of=of, rows=across.lines(row_totals), columns=down.lines(column_totals), numbers=found, row_axis=rows, column_axis=columns,
        figure=Figure(of, node=scope.node.pk if scope.node else 0, day=number), row_totals=dict(row_totals),
        column_totals=dict(column_totals), total=sum(found.values()),
    )  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """How many people, how many of them deceased, how many collectives and honours."""

    people: int = 0
    deceased: int = 0
    collectives: int = 0
    honours: int = 0


def totals(user: Any, *, node: UnionNode | None = None, day: date | None = None) -> Totals:
    """Count all in the user's subtree, or at one node of it, now or on a past day, as `cross` does."""
    scope = scope_of(user, node)
    past = int(f"{day:%Y%m%d}") if day and day < timezone.localdate() else 0
    parts = _parts(user, scope, past)

    def read() -> dict[str, int]:
        found: Counter[str] = Counter()
        if parts.cells is not None:
            pair = PAIR_NUMBER[COLUMNS.index(Dimension.LEVEL), COLUMNS.index(Dimension.LIFE)]
            found.update(_sums(parts.cells.filter(pair=pair), "b"))
        for spans, sign in parts.spans:
            found.update({name: sign * number for name, number in _sums(spans, "life").items()})
        return dict(found)

    return Totals(**_kept(f"totals:{parts.key}", read) if past else read())


def _sums(rows: QuerySet[Any], life: str) -> dict[str, int]:
    people, teams = Q(kind=1), Q(kind=2)
    dead = people & Q(**{life: Life.DECEASED})
    found: dict[str, int] = rows.aggregate(
        people=Sum("files", filter=people, default=0), deceased=Sum("files", filter=dead, default=0),
        collectives=Sum("files", filter=teams, default=0), honours=Sum("honours", default=0),
    )  # fmt: skip
    return found


@dataclass(frozen=True)
class _Parts:
    """What a count is put together from: cells or None, then spans to add or to take away. `key` says the same for the cache."""

    cells: QuerySet[Cell] | None
    spans: list[tuple[QuerySet[Span], int]]
    key: str


def _parts(user: Any, scope: Scope, day: int) -> _Parts:
    key = f"{','.join(str(node.pk) for node in scope.nodes)}:{day}"
    if not _apart(scope):
        # What two of the nodes see may be counted at both: only the spans know.
        return _Parts(None, [(Span.objects.visible_to(user).filter(on_day(day)), 1)], f"both:{key}")
    cells = Cell.objects.filter(node__in=[node.pk for node in scope.nodes])
    if not day:
        return _Parts(cells, [], key)
    here = _seen_from(scope)
    if _is_long_ago(cells, day):
        return _Parts(None, [(here.filter(on_day(day)), 1)], key)
    # Few have begun or ended since: the sums keep SQLite from reading, by the other index, all that still holds or had begun by then.
    later = here.alias(ends=F("until") + 0).filter(ends=FOREVER, since__gt=day)
    earlier = here.alias(begun=F("since") + 0).filter(until__lt=FOREVER, until__gt=day, begun__lte=day)
    return _Parts(cells, [(later, -1), (earlier, 1)], key)


def _apart(scope: Scope) -> bool:
    """Whether no file is seen from two of the scope's nodes: only what an industry's union keeps can be."""
    if scope.node:
        return True
    below = Q(pk__in=[])
    for node in scope.nodes:
        below |= Q(path__startswith=node.path)
    return not UnionNode.objects.filter(below, kind=NodeKind.INDUSTRIAL).exists()


def _count(
    user: Any, scope: Scope, of: Counted, rows: Grouping, columns: Grouping, day: int
) -> dict[tuple[int, int], int]:
    measure, kinds = "honours" if of == Counted.HONOURS else "files", KINDS[of]
    parts = _parts(user, scope, day)

    def read() -> dict[tuple[int, int], int]:
        found: Counter[tuple[int, int]] = Counter()

        def add(values: Iterable[tuple[int, int, int]], sign: int) -> None:
            for a, b, number in values:
                found[(rows.key(a), columns.key(b))] += sign * number

        if parts.cells is not None:
            add(_of_cells(parts.cells.filter(kind__in=kinds), rows, columns, measure), 1)
        for spans, sign in parts.spans:
            add(_grouped(spans.filter(kind__in=kinds), rows, columns, measure), sign)
        return dict(found)

    return _kept(f"{of}:{rows.axis}:{columns.axis}:{parts.key}", read) if day else read()


def _kept(key: str, read: Callable[[], dict[Any, int]]) -> dict[Any, int]:
    """Keep what a past day came to until something is counted again: nothing but the counts can change it."""
    counted = Build.objects.filter(pk=1).values_list("counted_at", flat=True).first()
    name = f"statistics:{counted.timestamp() if counted else 0}:{key}"
    found: dict[Any, int] | None = cache.get(name)
    if found is None:
        found = read()
        cache.set(name, found, KEPT)
    return found


def _of_cells(cells: QuerySet[Cell], rows: Grouping, columns: Grouping, measure: str) -> Any:
    first, second = COLUMNS.index(rows.dimension.value), COLUMNS.index(columns.dimension.value)
    names = ("a", "b") if first < second else ("b", "a")
    keys = {"row_key": rows.expression(names[0]), "column_key": columns.expression(names[1])}
    counted = cells.filter(pair=PAIR_NUMBER[min(first, second), max(first, second)]).values(**keys)
    return counted.annotate(number=Sum(measure)).values_list("row_key", "column_key", "number")


def _grouped(spans: QuerySet[Span], rows: Grouping, columns: Grouping, measure: str) -> Any:
    keys = {"row_key": rows.expression(rows.dimension.value), "column_key": columns.expression(columns.dimension.value)}
    counted = spans.filter(**{measure: 1}).values(**keys).annotate(number=Sum(measure))
    return counted.values_list("row_key", "column_key", "number")


def _seen_from(scope: Scope) -> QuerySet[Span]:
    rows: QuerySet[Span] = Span.objects.everywhere("narrowed to the scope's nodes here")
    below = Q(pk__in=[])
    for node in scope.nodes:
        if node.path.count("/") == 1:
            return rows
        below |= Q(path__startswith=node.path)
    nodes = list(UnionNode.objects.filter(below).values_list("pk", "kind"))
    condition = Q(union__in=[pk for pk, _kind in nodes])
    industries = [pk for pk, kind in nodes if kind == NodeKind.INDUSTRIAL]
    return rows.filter(condition | Q(industry_union__in=industries) if industries else condition)


def _is_long_ago(cells: QuerySet[Cell], day: int) -> bool:
    """Whether less counted up to that year than has come since: then it is quicker to count what did."""
    level, year = COLUMNS.index(Dimension.LEVEL), COLUMNS.index(Dimension.YEAR)
    until = Sum("honours", filter=Q(b__lte=day // 10_000), default=0)
    found: dict[str, int] = cells.filter(pair=PAIR_NUMBER[level, year]).aggregate(
        until=until, all=Sum("honours", default=0)
    )
    return found["until"] * 2 < found["all"]


def known(user: Any) -> tuple[Any, bool]:
    """Return when the counts were last changed (None: never yet), and whether changes wait to be counted."""
    build = Build.objects.filter(pk=1).first()
    return (build.counted_at if build else None), build is None or Debt.objects.exists()
