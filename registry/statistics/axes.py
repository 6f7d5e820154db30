"""How the values of a fact are put together into the lines of a table: regions below one's own, decades, bands of age, unions below."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.honours.enums import LEVEL_OF_RANK, RANK, Level
from registry.organisations.models import Industry, Region, UnionNode
from registry.people.enums import IdentityClass, Sex
from registry.people.models import Ethnicity, PoliticalStatus
from registry.statistics.dimensions import COLLECTIVE, DECEASED, IDENTITIES, SEXES, UNKNOWN, Dimension, Life


class Axis(models.TextChoices):
    """What the lines or columns of a table can be."""

    LEVEL = "level", gettext_lazy("Level")
    YEAR = "year", gettext_lazy("Year")
    DECADE = "decade", gettext_lazy("Decade")
    REGION = "region", gettext_lazy("Region")
    UNION = "union", gettext_lazy("Union below")
    INDUSTRY = "industry", gettext_lazy("Industry")
    IDENTITY = "identity", gettext_lazy("Identity class")
    SEX = "sex", gettext_lazy("Sex")
    ETHNICITY = "ethnicity", gettext_lazy("Ethnicity")
    AGE = "age", gettext_lazy("Age")
    PARTY = "party", gettext_lazy("Political status")
    LIFE = "life", gettext_lazy("Living or deceased")


DIMENSION: dict[str, Dimension] = {axis: Dimension(axis.value) for axis in Axis if axis not in ("decade", "age")}
DIMENSION |= {Axis.DECADE: Dimension.YEAR, Axis.AGE: Dimension.BORN}

# Age reached in the year, (from, up to): of many only the year of birth is known.
BANDS = ((1, 35), (36, 45), (46, 55), (56, 65), (66, 75), (76, 85), (86, 9999))
OUTSIDE = -3
# Lines that are shown even when nothing is in them.
ALWAYS: dict[str, set[int]] = {
    Axis.LEVEL: set(RANK.values()) - {0},
    Axis.SEX: {1, 2},
    Axis.LIFE: {life.value for life in Life},
    Axis.AGE: {low for low, _high in BANDS},
}


@dataclass(frozen=True)
class Scope:
    """Where is counted: one node of the tree with all that its officers see, or, for who holds roles at several, those together."""

    nodes: tuple[UnionNode, ...]

    @property
    def node(self) -> UnionNode | None:
        """The one node; None when there are several."""
        return self.nodes[0] if len(self.nodes) == 1 else None

    @property
    def place(self) -> int:
        """The region whose parts are the lines of a table by region; 0 for the whole country."""
        codes = {node.region_id or "" for node in self.nodes}
        if len(codes) > 1:
            codes = {f"{code[:2]}0000" if code else "" for code in codes}
        code = codes.pop() if len(codes) == 1 else ""
        return int(code) if code else 0


@dataclass(frozen=True)
class Line:
    """A line or column: what it stands for, its words, and the values it holds, `low <= value <= high`."""

    key: int
    label: str
    low: int
    high: int


class Grouping:
    """An axis for one table: the values of its dimension become keys, keys become lines in their order."""

    def __init__(self, axis: Axis, *, scope: Scope, day: date) -> None:
        self.axis, self.scope, self.day = axis, scope, day
        self.dimension = DIMENSION[axis]
        self._below: dict[int, int] = {}
        self._names: dict[int, str] = {}
        if axis == Axis.UNION:
            self._read_tree()

    def expression(self, column: str) -> Any:
        """Return what the database groups by: small numbers of groups leave it, not every county of the country."""
        if self.axis == Axis.DECADE:
            return F(column) - F(column) % 10
        if self.axis == Axis.REGION:
            return self._region(column)
        return F(column)

    def key(self, value: int) -> int:
        """Return the line's key of a grouped value."""
        if self.axis == Axis.AGE and value > UNKNOWN:
            age = max(1, self.day.year - value)
            return next(low for low, high in BANDS if low <= age <= high)
        if self.axis == Axis.UNION:
            return self._below.get(value, OUTSIDE)
        return value

    def lines(self, keys: Iterable[int], *, all_lines: bool = True) -> list[Line]:
        """Return the lines for these keys, and, where an axis has few (unless not wanted), those in which there is nothing."""
        found = set(keys) | (ALWAYS.get(self.axis, set()) if all_lines else set())
        words = self._words(found)
        lines = [Line(key, words(key), *self._range(key)) for key in found]
        return sorted(lines, key=self._order)

    def _order(self, line: Line) -> tuple[int, int]:
        last = {UNKNOWN: 1, DECEASED: 2, COLLECTIVE: 3, OUTSIDE: 4}
        return (last.get(line.key, 0), -line.key if self.axis == Axis.LEVEL else line.key)

    def _range(self, key: int) -> tuple[int, int]:
        if key <= UNKNOWN:
            return key, key
        if self.axis == Axis.DECADE:
            return key, key + 9
        if self.axis == Axis.AGE:
            year, last = self.day.year, dict(BANDS)[key]
            return max(1, year - last), year - key if key > BANDS[0][0] else 9999
        if self.axis == Axis.REGION:
            return key, key + self._size(key) - 1
        return key, key

    # Regions

    def _size(self, key: int) -> int:
        own = self.scope.place
        if not own or key // 10_000 != own // 10_000:
            return 10_000
        return 100 if own % 10_000 == 0 and key != own else 1

    def _region(self, column: str) -> Any:
        whole, own = F(column), self.scope.place
        province, city = whole - whole % 10_000, whole - whole % 100
        unknown = When(**{f"{column}__lte": 0}, then=whole)
        if not own:
            return Case(unknown, default=province)
        first = own - own % 10_000
        near = When(**{f"{column}__gte": first, f"{column}__lt": first + 10_000}, then=city if own == first else whole)
        return Case(unknown, near, default=province)

    # Unions

    def _read_tree(self) -> None:
        nodes = list(UnionNode.objects.order_by("path").values_list("pk", "path", "name"))
        by_path = {path: pk for pk, path, _name in nodes}
        self._names = {pk: name for pk, _path, name in nodes}
        for top in self.scope.nodes:
            parts = top.path.count("/") + (1 if self.scope.node else 0)
            for pk, path, _name in nodes:
                if path.startswith(top.path):
                    below = "/".join(path.split("/")[:parts])
                    self._below[pk] = by_path.get(below if below.endswith("/") else f"{below}/", top.pk)
        if self.scope.node:
            own = self.scope.node
            self._names[own.pk] = _("%(place)s itself") % {"place": own.name}

    # Words

    def _words(self, keys: set[int]) -> Any:
        own = self._own_words(keys)
        common = {
            UNKNOWN: _("not recorded"),
            COLLECTIVE: _("collective"),
            DECEASED: _("deceased"),
            OUTSIDE: _("kept by other unions"),
        }
        return lambda key: own.get(key) or common.get(key) or str(key)

    def _own_words(self, keys: set[int]) -> dict[int, str]:
        if self.axis == Axis.LEVEL:
            levels = {rank: str(Level(level).label) for rank, level in LEVEL_OF_RANK.items() if level}
            return levels | {UNKNOWN: _("without an honour in force")}
        if self.axis == Axis.DECADE:
            return {key: _("%(year)ds") % {"year": key} for key in keys if key > 0}
        if self.axis == Axis.YEAR:
            return {key: _("%(year)d") % {"year": key} for key in keys if key > 0}
        if self.axis == Axis.SEX:
            return {number: str(Sex(value).label) for value, number in SEXES.items() if value}
        if self.axis == Axis.IDENTITY:
            return {number: str(IdentityClass(value).label) for value, number in IDENTITIES.items() if value}
        if self.axis == Axis.LIFE:
            return {life.value: str(life.label) for life in Life}
        if self.axis == Axis.AGE:
            return _band_words()
        return self._of_tables(keys)

    def _of_tables(self, keys: set[int]) -> dict[int, str]:
        if self.axis == Axis.INDUSTRY:
            return {ord(code) - 64: name for code, name in Industry.objects.values_list("code", "name")}
        if self.axis == Axis.ETHNICITY:
            return {int(code): name for code, name in Ethnicity.objects.values_list("code", "name")}
        if self.axis == Axis.PARTY:
            return {int(code): name for code, name in PoliticalStatus.objects.values_list("code", "short_name")}
        if self.axis == Axis.REGION:
            codes = [f"{key:06d}" for key in keys if key > 0]
            names = {int(code): name for code, name in Region.objects.filter(pk__in=codes).values_list("code", "name")}
            own = self.scope.place
            if own in names and own % 100 == 0:
                names[own] = _("%(place)s itself") % {"place": names[own]}
            return names
        return self._names


def _band_words() -> dict[int, str]:
    words = {low: _("%(low)d to %(high)d years old") % {"low": low, "high": high} for low, high in BANDS[1:-1]}
    words[BANDS[0][0]] = _("up to %(high)d years old") % {"high": BANDS[0][1]}
    words[BANDS[-1][0]] = _("%(low)d years and older") % {"low": BANDS[-1][0]}
    return words
