"""Is the person on this row somebody we have? By identity number where both have one; else scored by name, birth, unit, honour, region.

What can't be known is a doubt, no guess.
"""

from dataclasses import dataclass, field

from registry.text.normalise import fold

SURE = 80
DOUBT = 40


@dataclass
class Candidate:
    """A file (or an earlier row of the same batch) with what speaks for or against it."""

    kind: str
    name: str
    pk: int | None = None
    row: int | None = None
    sex: str = ""
    ethnicity: str = ""
    born: str = ""
    region: str = ""
    unit: str = ""
    paths: tuple[str, ...] = ()
    units: set[str] = field(default_factory=set)
    honours: set[tuple[str, int | None]] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    # The keyed digest of the identity number.
    number: str = ""


@dataclass(frozen=True)
class Score:
    """0 to 100, with the reasons as codes: number, name, born, unit, unit_part, honour, region, source."""

    points: int
    reasons: tuple[str, ...]


def score(row: Candidate, file: Candidate) -> Score | None:
    """Compare two of the same kind and name; None when they can't be the same (numbers, sex or birth contradict)."""
    if row.number and file.number:
        return Score(100, ("number", "name")) if row.number == file.number else None
    if row.sex and file.sex and row.sex != file.sex:
        return None
    if row.born and file.born and not (row.born.startswith(file.born) or file.born.startswith(row.born)):
        return None
    points, reasons = _name_points(row), ["name"]
    if row.born and file.born:
        points += 50 if len(min(row.born, file.born, key=len)) > 4 else 40
        reasons.append("born")
    if row.ethnicity and file.ethnicity and row.ethnicity != file.ethnicity:
        points -= 40
    unit = _unit_points(row, file)
    points += unit
    if unit:
        reasons.append("unit" if unit >= 50 else "unit_part")
    elif not (row.units and file.units) and not (row.born and file.born):
        # Nothing is known that could tell two namesakes apart.
        points += 10
    if row.region and file.region:
        same = row.region[:2] == file.region[:2]
        points += 10 if same else -15
        reasons += ["region"] if same else []
    honour = _honour_points(row, file)
    if row.kind == "individual" and row.units and file.units and not unit and not (row.born and file.born):
        # Two namesakes at two units may well stand in one list: the same award is then no proof.
        honour = min(honour, 10)
    points += honour
    reasons += ["honour"] if honour else []
    if honour > 10 and row.sources & file.sources:
        points += 20
        reasons.append("source")
    return Score(max(0, min(points, 100)), tuple(reasons))


def same_unit(one: str, other: str) -> bool:
    """Whether one folded unit name contains the other, both long enough to say something."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and short in long


def _name_points(row: Candidate) -> int:
    if row.kind == "individual":
        return 30
    return 60 if len(fold(row.name)) >= 5 else 35


def _unit_points(row: Candidate, file: Candidate) -> int:
    if row.units & file.units:
        return 50
    return 25 if any(same_unit(one, other) for one in row.units for other in file.units) else 0


def _honour_points(row: Candidate, file: Candidate) -> int:
    if any(year is not None and (title, year) in file.honours for title, year in row.honours):
        return 40
    titles = dict(row.honours)
    loose = any(title in titles and (year is None or titles[title] is None) for title, year in file.honours)
    return 30 if loose else 0
