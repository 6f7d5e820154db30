"""The whole way: bytes or text → grids → tables → rows → questions."""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from registry.intake.reading import columns, formats, paste
from registry.intake.reading.asks import ask_what_is_missing
from registry.intake.reading.awards import AWARD, TICK
from registry.intake.reading.cells import quote
from registry.intake.reading.context import context_of_name
from registry.intake.reading.dates import read_years
from registry.intake.reading.formats import Grid, NumberText
from registry.intake.reading.layout import Table, Walk, guess_key, heading_keys, strip_all
from registry.intake.reading.model import (
    Answers,
    Ask,
    Limits,
    Reading,
    ReadRow,
    SheetReport,
    Skipped,
    UnreadableFile,
    set_limits,
)
from registry.intake.reading.pages import read_html
from registry.intake.reading.private import mark_shared_numbers
from registry.intake.reading.record import gather, is_nothing, raw_cells
from registry.intake.reading.rows import RowMaker
from registry.intake.reading.titles import clean_title, is_region, is_title
from registry.text.normalise import fold

_PARTED = re.compile(
    r"^\s*(?:\d+\s*[.．、]\s*)?[\u4e00-\u9fff·（）()，、]{2,30}(?:[\s，,：:；;]+|(?<=）))[\u4e00-\u9fff]"
)
_INSTRUCTIONS = re.compile(
    r"填表?说明|填报说明|说明$|示例|样表|字典|下拉|代码表|选项|数据源|参考|instruction|example|readme", re.IGNORECASE
)


def read(data: bytes, filename: str, *, answers: Answers | None = None, limits: Limits | None = None) -> Reading:
    """Read an uploaded list. The content says what the file is; `filename` is only quoted in reports.

    Raises `UnreadableFile` when the whole file can't be read; a single row's trouble is a message on the row.
    """
    limits = limits or set_limits()
    if len(data) > limits.packed:
        raise UnreadableFile(
            _("The file is larger than %(megabytes)d MB. Split it and upload the parts.")
            % {"megabytes": limits.packed >> 20},
            "too_large",
        )
    formats.refuse_what_is_no_list(data)
    if data.startswith(b"PK"):
        return _read_grids(formats.read_xlsx(data, limits), answers or {}, filename)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _read_grids(formats.read_xls(data, limits), answers or {}, filename)
    return _read_text(formats.decode(data), answers or {}, limits, filename)


def read_text(text: str, *, answers: Answers | None = None, limits: Limits | None = None) -> Reading:
    """Read a pasted list. Raises `UnreadableFile` when it is empty or too long."""
    limits = limits or set_limits()
    if len(text) > limits.packed:
        raise UnreadableFile(_("The text is too long for one list. Paste it in parts."), "too_large")
    if not text.strip():
        raise UnreadableFile(_("The text is empty."), "empty")
    return _read_text(text.replace("\ufeff", "").replace("\0", ""), answers or {}, limits)


def source_lines(data: bytes, filename: str, *, pasted: bool = False) -> dict[str, list[list[str]]]:
    """Return a list's cells as they stand, by sheet: line i + 1 is `lines[i]`. Empty for what is no table. Raises `UnreadableFile`."""
    limits = set_limits()
    if not pasted and data.startswith(b"PK"):
        return {grid.name: grid.rows for grid in formats.read_xlsx(data, limits)}
    if not pasted and data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return {grid.name: grid.rows for grid in formats.read_xls(data, limits)}
    text = data.decode() if pasted else formats.decode(data)
    text = paste.unwrap_markdown(re.sub(r"\r\n?", "\n", text.replace("\ufeff", "").replace("\0", "")))
    if formats.looks_like_html(text):
        return {"": read_html(text, limits).rows}
    delimiter = formats.sniff(text)
    if delimiter:
        return {"": formats.read_csv(text, limits, delimiter).rows}
    spaced = paste.by_blanks(text, limits)
    return {"": spaced.rows} if spaced else {}


def _read_text(text: str, answers: Answers, limits: Limits, filename: str = "") -> Reading:
    text = re.sub(r"\r\n?", "\n", text)
    formats.refuse_other_markup(text)
    if text.count("\n") > limits.rows * 2:
        raise UnreadableFile(_("The text is too long for one list. Paste it in parts."), "too_large")
    formats.refuse_endless_lines(text, limits)
    if formats.looks_like_html(text):
        return _read_grids([read_html(text, limits)], answers, filename)
    text = paste.unwrap_markdown(text)
    delimiter = formats.sniff(text)
    if delimiter:
        grid = formats.read_csv(text, limits, delimiter)
        if delimiter == "\t" or _has_heading(grid) or (delimiter in ",;|" and _is_regular(grid)):
            return _read_grids([grid], answers, filename)
    spaced = paste.by_blanks(text, limits)
    if spaced:
        return _read_grids([spaced], answers, filename)
    report = SheetReport("")
    table = paste.Lines(report).run(text)
    return _finish([(report, [table])], answers, filename)


def _has_heading(grid: Grid) -> bool:
    return any(len(heading_keys(strip_all(row))) > 1 for row in grid.rows[:60])


def _is_regular(grid: Grid) -> bool:
    """Say whether nearly all lines of delimited text have one number of cells, so that it is a table without heading."""
    sizes = [len(row) for row in grid.rows if row]
    return (
        bool(sizes)
        and max(set(sizes), key=sizes.count) > 2
        and sizes.count(max(set(sizes), key=sizes.count)) * 10 >= len(sizes) * 9
    )


def _read_grids(grids: Iterable[Grid], answers: Answers, filename: str) -> Reading:
    found: list[tuple[SheetReport, list[Table]]] = []
    for grid in grids:
        report = SheetReport(grid.name)
        tables: list[Table] = []
        if grid.hidden:
            report.note = _("a hidden sheet, not read")
        elif not any(any(row) for row in grid.rows):
            report.note = _("an empty sheet")
        elif _INSTRUCTIONS.search(grid.name):
            report.note = _("a sheet of instructions, not read")
        elif _is_running_text(grid):
            text = "\n".join("".join(row).replace("\n", " ") for row in grid.rows)
            tables = [table for table in (paste.Lines(report, context_of_name(grid.name)).run(text),) if table.rows]
        else:
            tables = Walk(grid, report).run()
            if not tables:
                report.note = _("no list was found on this sheet")
        if grid.macros:
            report.skipped.append(Skipped(0, "vbaProject.bin", _("macros; they were not run"), "macros"))
        for reference in grid.strays:
            report.skipped.append(Skipped(0, reference, _("a cell far outside the list"), "stray"))
        for index in sorted(grid.shortened):
            report.skipped.append(
                Skipped(index + 1, "", _("cells of this row were too long or too many and were cut"), "cut")
            )
        found.append((report, tables))
    _share_between_regions(found)
    return _finish(found, answers, filename)


def _is_running_text(grid: Grid) -> bool:
    """Say whether a sheet holds lines of text in one column (张三　某公司焊工) and no heading above it."""
    filled = [[cell for cell in row if cell.strip()] for row in grid.rows]
    if any(len(cells) > 1 for cells in filled) or any(heading_keys(cells) for cells in filled):
        return False
    lines = [cells[0].strip() for cells in filled if cells]
    return sum(_PARTED.search(line) is not None for line in lines) * 2 > len(lines)


def _share_between_regions(found: list[tuple[SheetReport, list[Table]]]) -> None:
    """Let the one award and year that sheets named by regions agree on hold on the sheets that don't repeat it."""
    tables = [table for report, tables in found if is_region(report.name) for table in tables]
    said = {(row[2].title, row[2].document, row[2].year) for table in tables for row in table.rows if row[2].document}
    if len(said) != 1 or any("title" in keys for keys in map(Table.keys, tables)):
        return
    title, document, year = said.pop()
    for table in tables:
        table.rows = [
            (
                number,
                values,
                context
                if context.document
                else replace(context, title=title, document=document, year=context.year or year),
            )
            for number, values, context in table.rows
        ]


def _finish(found: list[tuple[SheetReport, list[Table]]], answers: Answers, filename: str) -> Reading:
    reading = Reading(sheets=[report for report, _tables in found])
    documents: list[tuple[str, ...]] = []
    lines: list[str] = []
    for report, tables in found:
        start = len(reading.rows)
        for table in tables:
            _award_columns(table)
            asks = _unknown_columns(table, answers)
            rows = list(_rows_of(report, table, answers))
            for ask in asks:
                reading.asks.append(ask)
                for row in rows:
                    row.asks.append(ask.key)
            reading.rows += rows
            documents += [context.document for _number, _values, context in table.rows[:1] + table.rows[-1:]]
            lines += [quote(line) for _number, _values, context in table.rows[:1] for line in context.lines]
            report.heading_row = report.heading_row or table.heading_row
            report.places |= {
                place: (label, next((group[place] for group in table.groups if place in group), ""))
                for place, label in table.labels.items()
            }
            report.columns |= {
                label: key
                for place, label in table.labels.items()
                for group in table.groups
                if (key := group.get(place))
            }
        report.rows = len(reading.rows) - start
        report.read = bool(tables)
    _take_years_from_repeats(reading.rows)
    ask_what_is_missing(reading, answers, documents, lines, context_of_name(re.sub(r"\.\w+$", "", filename)))
    reading.asks = list({ask.key: ask for ask in reading.asks}.values())
    _mark_repeats(reading.rows)
    mark_shared_numbers(reading.rows)
    if not reading.rows:
        reading.refused = str(
            _("No list of names was found in this file. It needs a column of names, or one name on each line.")
        )
    return reading


def _award_columns(table: Table) -> None:
    """Read columns headed by an award (全国劳动模范) that hold years or ticks: an honour for each cell filled."""
    for group in table.groups:
        for place, label in table.labels.items():
            if place in group or not is_title(label):
                continue
            cells = [values[place].strip() for _number, values, _context in table.rows if place < len(values)]
            filled = [cell for cell in cells if not is_nothing(cell)]
            if filled and all(TICK.fullmatch(cell) or read_years(cell).years for cell in filled):
                group[place] = f"{AWARD}{clean_title(label)[0]}"


def _unknown_columns(table: Table, answers: Answers) -> list[Ask]:
    """Give columns under unknown headings a meaning: by an answer, by their cells, or ask when it matters."""
    asks: list[Ask] = []
    if len(table.groups) != 1:
        return asks
    group = table.groups[0]
    for place, label in sorted(table.labels.items()):
        answer = str(answers.get(f"column:{columns.fold_heading(label)}", ""))
        if answer in columns.LABELS:
            group[place] = answer
    keys = set(group.values())
    for place, label in sorted(table.labels.items()):
        if place in group:
            continue
        key, share = guess_key([values[place] for _number, values, _context in table.rows[:300] if place < len(values)])
        needed = (
            (key == "name" and not keys & {"name", columns.COLLECTIVE_NAME, "org_name"})
            or (key in ("unit", "unit_position") and not keys & {"unit", "unit_position"})
            or (key == "title" and "title" not in keys)
        )
        if needed and share >= 0.8:
            group[place] = key
            keys.add(key)
        elif (needed or _matters(table, place, keys)) and len(asks) < 5:
            options = tuple(columns.LABELS.items())
            asks.append(
                Ask(
                    f"column:{columns.fold_heading(label)}",
                    _("What does the column “%(heading)s” hold?"),
                    "column",
                    options,
                    len(table.rows),
                    " / ".join(_samples(table, place)),
                    {"heading": quote(label, 30)},
                )  # fmt: skip
            )
    if not keys & {"name", columns.COLLECTIVE_NAME, "org_name", "unit"} and "unit_position" in keys and not asks:
        group.update({place: "org_name" for place, key in group.items() if key == "unit_position"})
    return asks


def _matters(table: Table, place: int, keys: set[str]) -> bool:
    """Say whether an unknown column may hold what is missing most: the names, else the units."""
    cells = [
        values[place] for _number, values, _context in table.rows[:100] if place < len(values) and values[place].strip()
    ]
    if not cells:
        return False
    if not keys & {"name", columns.COLLECTIVE_NAME, "org_name", "unit"}:
        return True
    return (
        not keys & {"unit", "unit_position", columns.COLLECTIVE_NAME, "org_name"}
        and sum(map(len, cells)) / len(cells) >= 5
    )


def _samples(table: Table, place: int) -> list[str]:
    values = (row[place].strip() for _number, row, _context in table.rows[:50] if place < len(row))
    return [quote(value, 30) for value in list(dict.fromkeys(value for value in values if value))[:3]]


def _rows_of(report: SheetReport, table: Table, answers: Answers) -> Iterable[ReadRow]:
    for group in table.groups:
        _carry_down(table, group)
    keys = table.keys()
    for_dates = _two_digit_months(table)
    maker = RowMaker(report.name, answers, keys, for_dates)
    for number, values, context in table.rows:
        groups = [group for group in table.groups if len(table.groups) == 1 or _has_holder(values, group)]
        for group in groups:
            yield from maker.make(
                number, gather(values, group, table.labels), raw_cells(values, group, table.labels), context
            )
        if not groups:
            text = quote(" ".join(filter(None, values)), 120)
            report.skipped.append(Skipped(number, text, _("no name was found in this line"), "text"))


def _has_holder(values: list[str], group: dict[int, str]) -> bool:
    return any(values[place].strip() for place, key in group.items() if place < len(values) and key != "seq")


def _carry_down(table: Table, group: dict[int, str]) -> None:
    """Write what stands only in the first row of its block into the rows below: awards; units and regions left of the names.

    Merged cells lose all but their first value when a workbook is saved as CSV.
    """
    name = next((place for place, key in group.items() if key == "name"), -1)
    for key in ("region", "unit", "unit_position"):
        place = next((place for place, own in group.items() if own == key), name)
        if place < name and table.rows and (key != "unit_position" or "position" in group.values()):
            _carry(table, place, [], name)
    place = next((place for place, key in group.items() if key == "title"), -1)
    if place < 0 or not table.rows or any(context.title for _number, _values, context in table.rows):
        return
    blanks = sum(1 for _number, values, _context in table.rows if place >= len(values) or not values[place].strip())
    if blanks * 3 >= len(table.rows):
        also = [column for column, key in group.items() if key in ("year", "level", "document_number", "treatment")]
        _carry(table, place, also, None)


def _carry(table: Table, place: int, also: list[int], name: int | None) -> None:
    """Fill the blanks of a column from above, and of the columns that belong to it; with `name` only in rows with a name."""
    first = table.rows[0][1]
    if place >= len(first) or not first[place].strip():
        return
    above, held = first, table.rows[0][2]
    for _number, values, context in table.rows:
        values.extend([""] * (max([place, name or 0, *also]) + 1 - len(values)))
        if values[place].strip() or context != held:
            above, held = values, context
        elif name is None or values[name].strip():
            values[place] = above[place]
            for column in also:
                values[column] = values[column] if values[column].strip() else above[column]


def _two_digit_months(table: Table) -> set[str]:
    """Return the date keys whose numbers have months of two digits: 1975.05 stands there, so 1975.1 is October."""
    found = set()
    for group in table.groups:
        for place, key in group.items():
            if key in ("born", "died", "year"):
                numbers = (row[place] for _number, row, _context in table.rows[:2000] if place < len(row))
                if any(isinstance(value, NumberText) and re.fullmatch(r"\d{4}\.0[1-9]", value) for value in numbers):
                    found.add(key)
    return found


def _take_years_from_repeats(rows: list[ReadRow]) -> None:
    """Give a row without year the one year that another row of the list gives for the same award of the same person."""
    dated: dict[tuple[str, str, str], list[ReadRow]] = {}
    for row in rows:
        if row.year is not None and row.name:
            dated.setdefault(_honour(row), []).append(row)
    for row in rows:
        if row.year is not None or not row.title:
            continue
        same = [other for other in dated.get(_honour(row), []) if _may_be_one(row, other)]
        if len({other.year for other in same}) == 1:
            row.year, row.granted_on = same[0].year, same[0].granted_on
            row.say(
                "info",
                "year",
                _("The year was taken from row %(row)d, which gives the same award."),
                "year_from_row",
                row=same[0].source_row,
            )


def _honour(row: ReadRow) -> tuple[str, str, str]:
    return row.kind, fold(row.name), fold(row.title).replace("劳模", "劳动模范")


def _may_be_one(row: ReadRow, other: ReadRow) -> bool:
    """Say whether nothing that both rows tell makes two people of one name of them."""
    pairs = ((fold(row.unit), fold(other.unit)), (row.sex, other.sex), (row.identity_number, other.identity_number))
    if any(own and its and own != its for own, its in pairs):
        return False
    return not (row.born and other.born) or row.born.year == other.born.year


def _mark_repeats(rows: list[ReadRow]) -> None:
    seen: dict[tuple[object, ...], ReadRow] = {}
    for row in rows:
        if not row.name:
            continue
        key = (row.kind, fold(row.name), fold(row.title), row.year, fold(row.unit), row.born)
        first = seen.setdefault(key, row)
        if first is not row:
            row.say("warning", "name", _("The same is already in row %(row)d."), "repeated", row=first.source_row)
