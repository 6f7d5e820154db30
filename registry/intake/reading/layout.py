"""Where the tables of a sheet are: heading rows, section lines, footers; columns told by content when no heading is."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from registry.intake.reading import columns
from registry.intake.reading.cells import (
    ethnicity_of,
    is_identity_number,
    level_word,
    quote,
    sex_of,
    squeeze,
    status_of,
)
from registry.intake.reading.context import Context, context_of_name
from registry.intake.reading.dates import read_date
from registry.intake.reading.formats import Grid, NumberText
from registry.intake.reading.model import SheetReport, Skipped
from registry.intake.reading.names import is_organisation, is_person, split_names
from registry.intake.reading.titles import is_region, is_title, kind_of, read_line, strip_line
from registry.intake.reading.turned import Turned, stand_up
from registry.intake.reading.units import is_bare_unit, is_position, split_unit_position

NAME_KEYS = frozenset({"name", columns.COLLECTIVE_NAME, "org_name"})
_HEADLESS_SINGLE = frozenset(
    {"姓名", "名称", "单位名称", "集体名称", "班组名称", "人员姓名", "name", "获奖者姓名", "获奖单位名称", "full_name"}
)

_FOOTER = re.compile(
    r"^(?:合\s*计|总\s*计|小\s*计|共\s*计)(?![\u4e00-\u9fff])|^(?:合计|总计|小计|共计)\s*[:：\d（(]|^[（(]?(?:注|说明|备注|附注|填表说明|填报说明)\s*\d?[:：]|"
    r"^(?:填表|填报|制表|审核|审批|经办|报送|上报|呈报|复核|核对|校对)(?:人|单位|日期|时间|部门|签字)*\s*(?:[(（].*[)）])?\s*(?:[:：]|\s|$)|"
    r"^(?:单位)?(?:负责人|领导|主管)(?:签字|签名|签章|[^\u4e00-\u9fff]{0,3}[:：])|^(?:联系人|联系电话|咨询电话|监督电话|举报电话|受理电话|公示电话|传真|邮箱|地址|邮编|公示时间|公示期|公示期限)\s*[:：]|"
    r"^第\s*[0-9一二三四五六七八九十]+\s*页|^(?:以上|总|合计)?共\s*[0-9]+\s*(?:页|人|名|个|家|条)|^[-—－–\s·]*[0-9]{1,4}[-—－–\s·]*$|"
    r"^[（(]?(?:单位)?(?:盖章|公章|签章)[)）]?|[（(](?:盖章|公章|签章)[)）]|^\s*年\s*月\s*日|^(?:抄送|主题词|责任编辑|编辑|来源|作者|记者|责编|校对|监制|审核|扫码)\s*[:：|]|"
    r"^[（(]?(?:此页无正文|以下无正文|以下空白|完|此件公开发布|下转|上接|续表)[)）]?$|印发$|^Page\s+\d+",
    re.IGNORECASE,
)
_ATTACHMENT = re.compile(r"^附\s*件\s*[0-9一二三四五六七八九十—\-]*\s*[:：]?$|^附\s*[:：]?$|^附表\s*\d*\s*[:：]?$")
_DATE_LINE = re.compile(
    r"^[（(]?(?:(?:19|20)\d\d|[二一][〇○零九][〇○零一二三四五六七八九]{2})\s*[年.\-/]\s*[0-9一二三四五六七八九十]+\s*[月.\-/]\s*[0-9一二三四五六七八九十]+\s*日?[)）]?$"
)


def skip_reason(text: str) -> tuple[object, str] | None:
    """Return why a line can't be a row (reason to read, code), `None` when it may be one."""
    plain = re.sub(r"\s+", " ", text.strip())
    if _ATTACHMENT.search(plain):
        return _("a mark of an annex"), "attachment"
    if _DATE_LINE.search(plain):
        return _("a date"), "date"
    if _FOOTER.search(plain):
        return _("a footer or a remark below the list"), "footer"
    return None


@dataclass
class Table:
    """Rows under one heading. `groups` has one mapping (column → key) for each set of columns side by side."""

    groups: list[dict[int, str]]
    labels: dict[int, str] = field(default_factory=dict)
    heading_row: int | None = None
    rows: list[tuple[int, list[str], Context]] = field(default_factory=list)
    inferred: bool = False

    def keys(self) -> set[str]:
        """Return all the column keys that the table has."""
        return {key for group in self.groups for key in group.values()}


def strip_all(values: list[str]) -> list[str]:
    """Return the cells without blanks around them; numbers stay `NumberText`."""
    return [value if isinstance(value, NumberText) else value.strip() for value in values]


def fill_merged(grid: Grid) -> list[set[int]]:
    """Write the value of a merged range into the rows it covers; return for each row the columns that were filled so."""
    filled: list[set[int]] = [set() for _row in grid.rows]
    for (top, left), (bottom, _right) in grid.merges:
        if top >= len(grid.rows) or left >= len(grid.rows[top]) or not grid.rows[top][left].strip() or bottom == top:
            continue
        value = grid.rows[top][left]
        for index in range(top + 1, min(bottom + 1, len(grid.rows))):
            row = grid.rows[index]
            row.extend([""] * (left + 1 - len(row)))
            if not row[left].strip():
                row[left] = value
                filled[index].add(left)
    return filled


def _across(grid: Grid) -> dict[int, list[tuple[int, int]]]:
    wide: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (_bottom, right) in grid.merges:
        if right > left:
            wide.setdefault(top, []).append((left, right))
    return wide


def heading_keys(values: list[str]) -> dict[int, str]:
    """Return column → key when a row is a heading, else nothing."""
    cells = {place: value for place, value in enumerate(values) if value.strip()}
    if len(cells) > 1 and sum(value.strip().isdecimal() for value in cells.values()) > 1:
        return {}
    known = {place: key for place, value in cells.items() if (key := columns.recognise(value))}
    if not known:
        return {}
    if len(cells) == 1:
        folded = columns.fold_heading(next(iter(cells.values())))
        return known if folded in _HEADLESS_SINGLE else {}
    if any(len(value) > 60 for value in cells.values()):
        return {}
    exact = sum(columns.is_exact(cells[place]) for place in known)
    awards = sum(place not in known and is_title(value) for place, value in cells.items())
    if len(set(known.values())) < 2 or exact < 1 or len(known) * 2 < len(cells) - awards:
        return {}
    return known


class Walk:
    """Goes down one sheet once and sorts its rows into tables, lines that say something, and lines left out."""

    def __init__(self, grid: Grid, report: SheetReport) -> None:
        self.grid, self.report = grid, report
        self.context = context_of_name(grid.name)
        self.tables: list[Table] = []
        self.table: Table | None = None
        self.pending: list[tuple[int, list[str], Context]] = []
        self.across = _across(grid)
        self.filled = fill_merged(grid)

    def run(self) -> list[Table]:
        """Return the tables of the sheet."""
        index = 0
        while index < len(self.grid.rows):
            index += self._take(index)
        self._settle_pending(final=True)
        return [table for table in self.tables if table.rows]

    def _skip(self, index: int, text: str, reason: object, code: str) -> None:
        self.report.skipped.append(Skipped(index + 1, quote(text, 120), reason, code))

    def _take(self, index: int) -> int:
        """Deal with one row; return how many rows were used up (a heading may have two)."""
        values = strip_all(self.grid.rows[index])
        cells = [value for value in values if value]
        if not cells or all(not value or place in self.filled[index] for place, value in enumerate(values)):
            return 1
        lying = stand_up(self.grid.rows, index, self.across)
        if lying:
            return self._take_lying(index, lying)
        known = heading_keys(values)
        if known:
            return self._take_heading(index, values, known)
        text = " ".join(cells)
        if self.table and any(re.match(r"[（(]?(?:示例|样例|例[:：如])", cell) for cell in cells[:3]):
            self._skip(index, text, _("the example row of a form"), "example")
            return 1
        reason = skip_reason(cells[0]) if len(cells) <= 2 or re.match(r"合|总|小|共|填|审|制", cells[0]) else None
        if reason and not (self.table and is_person(cells[0]) and len(cells) > 1) and not self._is_numbered_row(values):
            if reason[1] == "date":
                line = read_line(cells[0])
                self.context = self.context.after(cells[0], line) if line and not self.table else self.context
            self._skip(index, text, *reason)
            return 1
        if len(set(cells)) == 1 and self._take_line(index, values, cells[0]):
            return 1
        if self.table and len(cells) > 2 and cells == [str(number) for number in range(1, len(cells) + 1)]:
            self._skip(index, text, _("numbers of the columns"), "column_numbers")
            return 1
        (self.table.rows if self.table else self.pending).append((index + 1, values, self.context))
        return 1

    def _take_lying(self, index: int, lying: Turned) -> int:
        self._settle_pending(final=False)
        self.report.headings += lying.headings
        rows = [(number, values, self.context) for number, values in lying.rows]
        self.tables.append(Table([lying.keys], lying.labels, index + 1, rows))
        self.table = None
        return lying.used

    def _is_numbered_row(self, values: list[str]) -> bool:
        """Say whether a row starts with its number and has a name: `1 | 张三`."""
        cells = [value for value in values if value]
        return len(cells) > 1 and cells[0].strip(".、").isdecimal() and not skip_reason(cells[1])

    def _take_line(self, index: int, values: list[str], text: str) -> bool:
        """Deal with a row of one cell: a section line changes what holds below; a name is a row."""
        column = next(place for place, value in enumerate(values) if value)
        key = self._key_at(column)
        if self.table and self.table.rows and is_organisation(text) and _DATE_LINE.search(self._line_below(index)):
            self._skip(index, text, _("the body that signed the list"), "signature")
            return True
        merged = any(left <= column <= right for left, right in self.across.get(index, ()))
        width = len(self.table.labels) if self.table else 2
        line = read_line(text)
        if key in NAME_KEYS and not merged and is_person(text.split("（")[0].split("(")[0]):
            return False
        if line is None and self._is_unit_line(index, text, key, merged):
            self.context = replace(self.context, unit=strip_line(text))
            self._skip(index, text, _("a line that holds for the rows below it"), "section")
            return True
        if line and not (line.group and (width <= 1 or self.context.kind == "collective") and not merged):
            if key in NAME_KEYS and not merged and not line.section and not line.titles:
                return False
            self.context = self.context.after(text, line)
            self._skip(index, text, _("a line that holds for the rows below it"), "section")
            return True
        if line and line.group and merged:
            self._skip(index, text, _("a line that holds for the rows below it"), "section")
            return True
        if key in NAME_KEYS and not merged and len(text) <= 60:
            return False
        if self.table is None and (
            is_person(text) or split_names(text) or (is_organisation(text) and not self._heading_follows(index))
        ):
            return False
        self._skip(index, text, _("a line of text outside the table"), "text")
        return True

    def _line_below(self, index: int) -> str:
        """Return the next row when it is one of a single cell."""
        below = next((row for row in self.grid.rows[index + 1 : index + 4] if any(row)), [])
        cells = [value.strip() for value in below if value.strip()]
        return cells[0] if len(cells) == 1 else ""

    def _is_unit_line(self, index: int, text: str, key: str, merged: bool) -> bool:
        """Say whether a lone organisation is the unit of the people in the rows below, not a holder itself."""
        unit = strip_line(text)
        if not is_bare_unit(unit) or self.context.kind == "collective":
            return False
        sure = merged or unit != text.strip() or (self.table is not None and key not in NAME_KEYS)
        if not sure and kind_of(self.context.title) != "individual":
            return False
        below = next((row for row in map(strip_all, self.grid.rows[index + 1 : index + 4]) if any(row)), [])
        places = (
            [place for group in self.table.groups for place, key in group.items() if key in NAME_KEYS]
            if self.table
            else []
        )
        cells = [below[place] for place in places if place < len(below)] if places else [cell for cell in below if cell]
        people = [is_person(re.sub(r"\s*[（(].*$", "", cell)) or len(split_names(cell)) > 1 for cell in cells]
        return any(people) and (bool(places) or not any(map(is_organisation, cells)))

    def _heading_follows(self, index: int) -> bool:
        return any(heading_keys(strip_all(row)) for row in self.grid.rows[index + 1 : index + 8])

    def _key_at(self, column: int) -> str:
        return next((group[column] for group in self.table.groups if column in group), "") if self.table else ""

    def _take_heading(self, index: int, values: list[str], known: dict[int, str]) -> int:
        labels = {place: value for place, value in enumerate(values) if value}
        used = 1
        above = self.pending[-1] if self.pending and self.pending[-1][0] == index else None
        if above and self._is_group_row(above[1]):
            self.report.headings.append(self.pending.pop()[0])
            for place, value in self._spread(index - 1, above[1]).items():
                if place not in labels or not columns.recognise(labels[place]):
                    known |= {place: key} if (key := self._key_of(value, labels.get(place, ""))) else {}
                    labels.setdefault(place, value)
        below = strip_all(self.grid.rows[index + 1]) if index + 1 < len(self.grid.rows) else []
        if self._is_second_heading(values, below, known):
            used = 2
            spread = self._spread(index, values)
            for place, value in enumerate(below):
                if value and value != labels.get(place):
                    key = self._key_of(spread.get(place, ""), value)
                    known.pop(place, None)
                    known |= {place: key} if key else {}
                    labels[place] = value
        if self.table and self.table.heading_row and labels == self.table.labels:
            self._skip(index, " ".join(labels.values()), _("the heading once more"), "heading_again")
            return used
        self._settle_pending(final=False)
        self.report.headings += range(index + 1, index + 1 + used)
        self.table = Table(_side_by_side(known, labels), labels, index + 1)
        self.tables.append(self.table)
        return used

    def _spread(self, index: int, values: list[str]) -> dict[int, str]:
        """Return column → label with labels merged across written over all their columns; blanks take the left one."""
        spread = {place: value for place, value in enumerate(values) if value}
        for left, right in self.across.get(index, ()):
            spread |= {place: spread[left] for place in range(left, min(right, left + 50) + 1) if left in spread}
        return spread

    def _key_of(self, top: str, sub: str) -> str:
        return (
            columns.recognise(sub)
            or (columns.recognise(top + sub) if sub else "")
            or ("" if sub else columns.recognise(top))
        )

    def _is_group_row(self, values: list[str]) -> bool:
        cells = [value for value in values if value]
        return all(len(value) <= 16 and not is_person(value) for value in cells) and not any(
            value.isdecimal() for value in cells
        )

    def _is_second_heading(self, values: list[str], below: list[str], known: dict[int, str]) -> bool:
        own = {
            place: value
            for place, value in enumerate(below)
            if value and (place >= len(values) or value != values[place])
        }
        if not own or any(len(value) > 20 or value.isdecimal() for value in own.values()):
            return False
        recognised = sum(bool(columns.recognise(value)) for value in own.values())
        if recognised * 2 < len(own) or any(place in known and known[place] == "name" for place in own):
            return False
        return (
            heading_keys(below) == {}
            or len(own) < len([value for value in values if value])
            or any(place >= len(values) or not values[place] for place in own)
        )

    def _settle_pending(self, *, final: bool) -> None:
        """Rows before any heading: a table without heading when they look like one, else lines left out."""
        rows, self.pending = self.pending, []
        if not rows:
            return
        blocks: list[list[tuple[int, list[str], Context]]] = []
        for row in rows:
            if not blocks or blocks[-1][-1][2].title != row[2].title:
                blocks.append([])
            blocks[-1].append(row)
        for block in blocks:
            table = infer_table(block)
            if table and (final or len(rows) > 2):
                self.tables.append(table)
                continue
            for number, values, _context in block:
                text = " ".join(filter(None, values))
                self._skip(number - 1, text, _("a line of text outside the table"), "text")


def _side_by_side(known: dict[int, str], labels: dict[int, str]) -> list[dict[int, str]]:
    """Split the columns of a heading that repeats itself: 序号 姓名 单位 序号 姓名 单位 → two groups."""
    places = sorted(labels)
    texts = [columns.fold_heading(labels[place]) for place in places]
    for parts in range(2, 7):
        size, rest = divmod(len(texts), parts)
        if size and not rest and all(texts[:size] == texts[size * part : size * (part + 1)] for part in range(parts)):
            return [
                {place: known[place] for place in places[size * part : size * (part + 1)] if place in known}
                for part in range(parts)
            ]
    return [known]


def guess_key(values: list[str], taken: set[str] | None = None) -> tuple[str, float]:
    """Return what a column holds by its cells, and the share of cells that say so."""
    cells = [value for value in (text.strip() for text in values) if value][:300]
    if not cells:
        return "", 0.0
    votes: Counter[str] = Counter()
    for value in cells:
        votes[_key_of_value(value)] += 1
    numbers = [int(value) for value in cells if value.isdecimal() and len(value) < 6]
    if (
        len(numbers) == len(cells)
        and all(later - earlier in (0, 1) for earlier, later in zip(numbers, numbers[1:], strict=False))
        and numbers[0] < 1000
    ):
        return "seq", 1.0
    votes["unit"] += 0
    if votes["unit"] + votes["unit_position"] > 0 and votes["unit_position"] * 3 > votes["unit"]:
        votes["unit_position"] += votes["unit"]
        votes["unit"] = 0
    key, count = votes.most_common(1)[0]
    return (key, count / len(cells)) if key else ("", 0.0)


def _key_of_value(value: str) -> str:
    short = squeeze(value)
    if is_identity_number(short):
        return "identity_number"
    if re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", short):
        return "phone"
    for key, test in (("sex", sex_of), ("ethnicity", ethnicity_of), ("political_status", status_of)):
        if test(short) and (key != "ethnicity" or len(short) > 1):
            return key
    if is_title(value):
        return "title"
    if len(short) > 1 and level_word(short):
        return "level"
    if re.fullmatch(r"(?:19|20)\d\d年?度?[?？]?", short):
        return "year"
    if short.isdecimal() and len(short) < 6:
        return "number"
    found = read_date(value, past=False)
    if found.date and found.doubt in ("", "short"):
        return "born" if found.date.year < 2004 else "year"
    if is_region(short) and len(short) > 2:
        return "region"
    if re.search(r"[工员师长手人民生任理记]$", short) and len(short) < 4 and is_position(short) and "·" not in short:
        return "position"
    if is_person(re.sub(r"[（(].*$", "", value)):
        return "name"
    if is_organisation(value):
        return "unit"
    if is_position(value) and len(value) <= 10:
        return "position"
    unit, position, sure = split_unit_position(value)
    if unit and position and sure:
        return "unit_position"
    return "position" if is_position(value) else ""


def infer_table(rows: list[tuple[int, list[str], Context]]) -> Table | None:
    """Make a table of rows without heading; `None` when no column holds names."""
    width = max(len(values) for _number, values, _context in rows)
    group: dict[int, str] = {}
    for place in range(width):
        key, share = guess_key([values[place] for _number, values, _context in rows if place < len(values)])
        if (
            key
            and share >= 0.5
            and key not in ("number",)
            and (key not in group.values() or key in ("position", "title"))
        ):
            group[place] = key
    people = _columns_of_names(rows, width)
    if len(people) > 1 and not set(group.values()) - {"name", "seq"}:
        return Table([{place: "name"} for place in people], {}, None, rows, inferred=True)
    if "name" not in group.values():
        unit = next((place for place, key in group.items() if key in ("unit", "unit_position")), None)
        if unit is None:
            return None
        group[unit] = "org_name"
    return Table([group], {}, None, rows, inferred=True)


def _columns_of_names(rows: list[tuple[int, list[str], Context]], width: int) -> list[int]:
    """Return the columns that hold nothing but people: names laid out in a grid."""
    found = []
    for place in range(width):
        cells = [values[place].strip() for _number, values, _context in rows if place < len(values)]
        filled = [cell for cell in cells if cell]
        if filled and all(is_person(re.sub(r"\s*[（(].*$", "", cell)) for cell in filled):
            found.append(place)
    return found
