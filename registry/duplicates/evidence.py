"""Are two files about one person? Scored by name, birth, unit, honours; what contradicts decides, what isn't known is no guess.

A score of `DOUBT` puts the pair into the queue. Sources: domain.md c1 (identity number, else name + birth + unit), and what lists do: a
name heard or read wrongly, a birth date known to the year only, a unit under its former name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from registry.duplicates.enums import Reason
from registry.text.likeness import LOOK, SAME, SHUFFLED, SLIP, SOUND, closeness, contains, same_numbers, unit_core
from registry.text.normalise import fold

DOUBT = 60
COMMON = 40
MONTH, DAY = 7, 10
NAME_POINTS = {SAME: 40, SOUND: 30, LOOK: 28, SLIP: 22, SHUFFLED: 20}
NAME_REASONS = {
    SAME: Reason.NAME, SOUND: Reason.PINYIN, LOOK: Reason.LOOK, SLIP: Reason.SLIP, SHUFFLED: Reason.SHUFFLED,
}  # fmt: skip
OTHER_NAME = 36


@dataclass
class Facts:
    """What is compared of one file. `units` are the cores of unit names, `nodes` the keys of the units that bear or bore them."""

    pk: int
    kind: str
    name: str
    others: tuple[str, ...] = ()
    sex: str = ""
    ethnicity: str = ""
    born: str = ""
    region: str = ""
    native_place: str = ""
    position: str = ""
    digest: str = ""
    units: frozenset[str] = frozenset()
    nodes: frozenset[int] = frozenset()
    honours: frozenset[tuple[int, int]] = frozenset()
    certificates: frozenset[str] = frozenset()
    bearers: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The present name and every other one."""
        return (self.name, *self.others)


@dataclass(frozen=True)
class Verdict:
    """0 to 100, with the reasons as codes."""

    points: int
    reasons: tuple[str, ...]


def compare(one: Facts, other: Facts) -> Verdict | None:
    """Score two files; None when they can't be about the same (kind, birth or number contradict), or nothing in the names is alike."""
    if one.kind != other.kind or contradicts(one.born, other.born):
        return None
    if one.digest and one.digest == other.digest:
        return Verdict(100, (Reason.NUMBER,))
    if one.digest and other.digest and _made_alike(one.digest, other.digest):
        # Check digits refuse mistyped numbers: two numbers are two persons.
        return None
    return _compare_people(one, other) if one.kind == "individual" else _compare_collectives(one, other)


def contradicts(one: str, other: str) -> bool:
    """Whether two partly known dates can't be the same day."""
    return bool(one and other) and not (one.startswith(other) or other.startswith(one))


def _made_alike(one: str, other: str) -> bool:
    # Digests under two keys, or of two suites, say nothing about each other.
    return one.rpartition(".")[0] == other.rpartition(".")[0]


def _compare_people(one: Facts, other: Facts) -> Verdict | None:
    points, name = _name(one, other)
    if not points:
        return None
    tally = _Tally(points, [name])
    precise = _birth(tally, one, other)
    unit = _unit(tally, one, other)
    if not unit and one.units and other.units:
        tally.add(-8, Reason.UNITS_DIFFER)
    if not unit and precise < DAY and (name not in (Reason.NAME, Reason.OTHER_NAME) or one.bearers > COMMON):
        # Many share such a name and a month of birth.
        tally.add(-16, Reason.COMMON)
    _honours(tally, one, other, alike=bool(unit or precise))
    if one.sex and other.sex and one.sex != other.sex:
        tally.add(-35, Reason.SEX_DIFFERS)
    if one.ethnicity and other.ethnicity and one.ethnicity != other.ethnicity:
        tally.add(-30, Reason.ETHNICITY_DIFFERS)
    if one.native_place and fold(one.native_place) == fold(other.native_place):
        tally.add(8, Reason.PLACE)
    if one.position and fold(one.position) == fold(other.position):
        tally.add(6, Reason.POST)
    if one.region and one.region == other.region:
        tally.add(5, Reason.COUNTY)
    return tally.verdict()


class _Tally:
    """Points so far, with their reasons."""

    def __init__(self, points: int, reasons: list[Reason]) -> None:
        self.points, self.reasons = points, reasons

    def add(self, points: int, reason: Reason) -> None:
        self.points += points
        self.reasons.append(reason)

    def verdict(self) -> Verdict:
        return Verdict(max(0, min(self.points, 100)), tuple(self.reasons))


def _name(one: Facts, other: Facts) -> tuple[int, Reason]:
    best, reason = 0, Reason.NAME
    if found := closeness(one.name, other.name):
        best, reason = NAME_POINTS[found], NAME_REASONS[found]
    for mine in one.names:
        for theirs in other.names:
            if best < OTHER_NAME and (mine, theirs) != (one.name, other.name) and fold(mine) == fold(theirs):
                best, reason = OTHER_NAME, Reason.OTHER_NAME
    return best, reason


def _birth(tally: _Tally, one: Facts, other: Facts) -> int:
    """Return to how many signs both births are known."""
    if not (one.born and other.born):
        return 0
    precise = min(len(one.born), len(other.born))
    if precise >= DAY:
        tally.add(45, Reason.BORN_DAY)
    elif precise >= MONTH:
        tally.add(38, Reason.BORN_MONTH)
    else:
        tally.add(16, Reason.BORN_YEAR)
    return precise


def _unit(tally: _Tally, one: Facts, other: Facts) -> bool:
    if one.units & other.units:
        tally.add(40, Reason.UNIT)
    elif one.nodes & other.nodes:
        tally.add(40, Reason.UNIT_FORMER)
    elif any(contains(mine, theirs) for mine in one.units for theirs in other.units):
        tally.add(25, Reason.UNIT_PART)
    else:
        return False
    return True


def _honours(tally: _Tally, one: Facts, other: Facts, *, alike: bool) -> None:
    if one.certificates & other.certificates:
        tally.add(40, Reason.CERTIFICATE)
    if one.honours & other.honours:
        # Two namesakes may well stand in one list; beside the same unit or birth it weighs.
        tally.add(15 if alike else 5, Reason.HONOUR)


def _compare_collectives(one: Facts, other: Facts) -> Verdict | None:
    mine, theirs = unit_core(one.name), unit_core(other.name)
    if not same_numbers(mine, theirs):
        return None
    tally: _Tally | None = None
    if mine == theirs:
        tally = _Tally(55 if len(mine) >= 6 else 35, [Reason.NAME])
    elif {fold(name) for name in one.names} & {fold(name) for name in other.names}:
        tally = _Tally(50, [Reason.OTHER_NAME])
    elif len(mine) == len(theirs) and closeness(one.name, other.name) == SOUND:
        tally = _Tally(40, [Reason.PINYIN])
    elif contains(mine, theirs):
        # A team with and without its unit in front.
        tally = _Tally(28, [Reason.NAME])
    if tally is None:
        return None
    unit = _unit(tally, one, other)
    if not unit and one.units and other.units and len(mine) < 10:
        tally.add(-25, Reason.UNITS_DIFFER)
    _honours(tally, one, other, alike=unit)
    if one.region and one.region == other.region:
        tally.add(8, Reason.COUNTY)
    return tally.verdict()


def sentence(reasons: Iterable[str]) -> str:
    """Say the reasons in words."""
    known = {reason.value: reason for reason in Reason}
    return "; ".join(str(known[one].label) for one in reasons if one in known)
