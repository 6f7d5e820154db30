"""Tables that lie on their side: names across and facts down, and forms with pairs of label and value."""

import re
from dataclasses import dataclass, field

from registry.intake.reading import columns
from registry.intake.reading.names import is_organisation, is_person

_NAMES = ("name", columns.COLLECTIVE_NAME)
_LONGEST = 60
Across = dict[int, list[tuple[int, int]]]
"""Row → the column ranges (both ends included) merged across in it; all 0-based."""


@dataclass
class Turned:
    """A table stood up: `labels` and `keys` by new column, `rows` as (source row number, values), `used` source rows."""

    used: int
    labels: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)


def stand_up(rows: list[list[str]], index: int, across: Across) -> Turned | None:
    """Return the table on its side that begins in a row, `None` when none does."""
    first = next((value for value in rows[index] if value.strip()), "")
    if not columns.recognise(first):
        return None
    return _form(rows, index) or _on_its_side(rows, index, across)


def _holder(text: str, key: str) -> bool:
    bare = re.sub(r"\s*[（(].*$", "", text.strip(), flags=re.DOTALL)
    return is_person(bare) or (key != "name" and is_organisation(bare))


# -- names across, facts down --------------------------------------------------------------------------------------


def _on_its_side(rows: list[list[str]], index: int, across: Across) -> Turned | None:
    column = next(place for place, value in enumerate(rows[index]) if value.strip())
    run: list[tuple[int, str, dict[int, str]]] = []
    for row in range(index, min(index + _LONGEST, len(rows))):
        cells = _spread(rows[row], across.get(row, []))
        label = cells.pop(column, "")
        if not label or len(label) > 16 or (cells and min(cells) < column):
            break
        if run and (columns.fold_heading(label) == columns.fold_heading(run[0][1]) or not (cells or _known(label))):
            break
        run.append((row, label, cells))
    keys = [columns.recognise(label) for _row, label, _cells in run]
    known = [key for key in keys if key]
    if len(set(known)) < 2 or len(known) * 2 < len(keys) or sum(key in _NAMES for key in keys) != 1:
        return None
    at = next(place for place, key in enumerate(keys) if key in _NAMES)
    number, _label, names = run[at]
    if not names or sum(_holder(value, keys[at]) for value in names.values()) * 2 <= len(names):
        return None
    found = Turned(len(run), dict(enumerate(label for _row, label, _cells in run)))
    found.keys = {place: key for place, key in enumerate(keys) if key}
    found.rows = [(number + 1, [cells.get(place, "") for _row, _label, cells in run]) for place in sorted(names)]
    found.headings = [row + 1 for row, _label, _cells in run if row != number]
    return found


def _known(label: str) -> bool:
    return bool(columns.recognise(label))


def _spread(values: list[str], merged: list[tuple[int, int]]) -> dict[int, str]:
    cells = {place: value.strip() for place, value in enumerate(values) if value.strip()}
    for left, right in merged:
        if left in cells:
            cells |= dict.fromkeys(range(left, min(right, left + _LONGEST) + 1), cells[left])
    return cells


# -- pairs of label and value --------------------------------------------------------------------------------------


def _form(rows: list[list[str]], index: int) -> Turned | None:
    pairs = _pairs(rows[index])
    name = next((value for label, value in pairs if columns.recognise(label) in _NAMES), "")
    if len(pairs) < 2 or not name or not _holder(name, "name"):
        return None
    found = Turned(1)
    for row in range(index + 1, min(index + _LONGEST, len(rows))):
        more = _pairs(rows[row])
        if not more or any(columns.recognise(label) in _NAMES for label, _value in more):
            break
        pairs += more
        found.used += 1
        found.headings.append(row + 1)
    found.labels = dict(enumerate(label for label, _value in pairs))
    found.keys = {place: columns.recognise(label) for place, label in found.labels.items()}
    found.rows = [(index + 1, [value for _label, value in pairs])]
    return found


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    """Read `姓名 | 张三 | 性别 | 男`; empty when a cell is neither a label nor stands behind one."""
    cells = [value.strip() for value in values if value.strip()]
    pairs: list[tuple[str, str]] = []
    place = 0
    while place < len(cells):
        key = columns.recognise(cells[place])
        if not key:
            return []
        value = cells[place + 1] if place + 1 < len(cells) else ""
        if value and columns.recognise(value) not in ("", key):
            value = ""
        pairs.append((cells[place], value))
        place += 2 if value else 1
    return pairs if any(value for _label, value in pairs) else []
