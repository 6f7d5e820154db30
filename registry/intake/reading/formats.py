"""From bytes to grids of text. What a file is, its content tells, never its name."""

import csv
import datetime
import io
import re
from dataclasses import dataclass, field
from typing import Any

import python_calamine
from django.utils.translation import gettext_lazy as _

from registry.intake.reading.model import Limits, UnreadableFile
from registry.intake.reading.ole import check_old_workbook
from registry.intake.reading.safety import check_workbook, damaged, locked, open_zip, too_large

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"})
Range = tuple[tuple[int, int], tuple[int, int]]


class NumberText(str):
    """Text of a cell that held a number: 1975.1 may have been typed as 1975.10."""

    __slots__ = ()


@dataclass
class Grid:
    """One sheet as rows of text; `rows[i]` is row i + 1. Merged ranges are 0-based, both ends included."""

    name: str = ""
    rows: list[list[str]] = field(default_factory=list)
    merges: list[Range] = field(default_factory=list)
    hidden: bool = False
    shortened: set[int] = field(default_factory=set)
    strays: list[str] = field(default_factory=list)
    macros: bool = False


def refuse_what_is_no_list(data: bytes) -> None:
    """Refuse by the first bytes what people send instead of a list. Raises `UnreadableFile`."""
    head = data[:16]
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_("The file is empty."), "empty")
    if head.startswith(b"%PDF"):
        raise UnreadableFile(
            _("This is a PDF. Open it, copy the list and paste it as text, or export it as a spreadsheet."), "pdf"
        )
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")) or _is_other_picture(data):
        raise UnreadableFile(_("This is a picture. Type the list into a spreadsheet or paste it as text."), "picture")
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnreadableFile(_("This is an archive. Unpack it and upload the list inside."), "archive")
    if head.startswith(b"{\\rtf"):
        raise UnreadableFile(_("This is a text document. Open it, copy the list and paste it as text."), "document")


def _is_other_picture(data: bytes) -> bool:
    """WebP, HEIC of telephones, and BMP, whose two letters alone may begin a text."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    heic = data[4:8] == b"ftyp"
    return webp or heic or (data[:2] == b"BM" and b"\0" in data[2:30])


def read_xlsx(data: bytes, limits: Limits) -> list[Grid]:
    """Read a ZIP: an XLSX workbook, or say what else it is. Raises `UnreadableFile`."""
    archive = open_zip(data, limits)
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names and not any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        if any(name.startswith("word/") for name in names):
            raise UnreadableFile(_("This is a text document. Open it, copy the list and paste it as text."), "document")
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise UnreadableFile(
                _(
                    "This kind of spreadsheet is not read. Open it, save it as an Excel workbook (.xlsx) and upload that."
                ),
                "other_spreadsheet",
            )
        raise UnreadableFile(_("This is an archive. Unpack it and upload the list inside."), "archive")
    checked = check_workbook(archive, data, limits)
    grids = _read_workbook(checked.data, limits)
    if grids:
        grids[0].strays, grids[0].macros = checked.strays, checked.macros
    return grids


def read_xls(data: bytes, limits: Limits) -> list[Grid]:
    """Read an OLE file: an XLS workbook, or say what else it is. Raises `UnreadableFile`."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise locked()
    if holds("WordDocument") and not holds("Book") and not holds("Workbook"):
        raise UnreadableFile(_("This is a text document. Open it, copy the list and paste it as text."), "document")
    check_old_workbook(data, limits)
    return _read_workbook(data, limits)


def _read_workbook(data: bytes, limits: Limits) -> list[Grid]:
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        return [
            _read_sheet(workbook, meta, limits)
            for meta in workbook.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except python_calamine.PasswordError as error:
        raise locked() from error
    except UnreadableFile:
        raise
    except BaseException as error:  # the Rust side may panic, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise damaged() from error


def _read_sheet(workbook: Any, meta: Any, limits: Limits) -> Grid:
    sheet = workbook.get_sheet_by_name(meta.name)
    grid = Grid(meta.name, hidden=meta.visible != python_calamine.SheetVisibleEnum.Visible)
    if sheet.start is None:
        return grid
    left = sheet.start[1]
    if left + sheet.width > limits.columns * 4 or sheet.height * sheet.width > limits.area:
        raise too_large(limits)
    padding = [""] * left
    for index, values in enumerate(sheet.iter_rows()):
        grid.rows.append(_tidy(padding + [cell_text(value) for value in values], index, grid, limits))
        if index > limits.rows + 100 and any(grid.rows[-1]):
            raise too_large(limits)
    grid.merges = _merges(sheet.merged_cell_ranges or [], len(_trimmed(grid).rows), limits)
    return grid


def _merges(ranges: list[Range], rows: int, limits: Limits) -> list[Range]:
    """Return the merged ranges; refuse what no list has: so many that they cover its rows over and over."""
    covered = sum(max(min(bottom + 1, rows) - top, 1) for (top, _left), (bottom, _right) in ranges)
    if covered > limits.area:
        raise too_large(limits)
    return ranges


def _tidy(values: list[str], index: int, grid: Grid, limits: Limits) -> list[str]:
    """Strip cells, drop blank ones at the end, shorten what no list holds."""
    while values and not values[-1].strip():
        values.pop()
    if len(values) > limits.columns:
        grid.shortened.add(index)
        del values[limits.columns :]
    for place, value in enumerate(values):
        if len(value) > limits.cell:
            grid.shortened.add(index)
            values[place] = value[: limits.cell]
    return values


def _trimmed(grid: Grid) -> Grid:
    while grid.rows and not grid.rows[-1]:
        grid.rows.pop()
    return grid


def cell_text(value: object) -> str:
    """Write a cell's value as its reader sees it: 2020.0 → 2020, a date → 2020-11-24."""
    if isinstance(value, str):
        return "" if value.strip() in ERRORS else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        return NumberText(f"{value:.0f}" if value == int(value) else f"{value:.10g}")
    if isinstance(value, int):
        return NumberText(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return (
        value.isoformat() if isinstance(value, datetime.date | datetime.time) else "" if value is None else str(value)
    )


def decode(data: bytes) -> str:
    """Decode text: UTF-8, UTF-16 or GB18030, with or without mark. Raises `UnreadableFile` on anything else."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codes: tuple[str, ...] = ("utf-16",)
    elif data[:3] == b"\xef\xbb\xbf":
        codes = ("utf-8-sig",)
    elif data[:4_000].count(b"\0") * 25 > len(data[:4_000]):
        codes = ("utf-16-le" if data[:4_000:2].count(b"\0") < data[1:4_000:2].count(b"\0") else "utf-16-be", "utf-8")
    else:
        codes = ("utf-8", "gb18030")
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if plausible(text, code):
            return text.replace("\ufeff", "").replace("\0", "")
        if not code.startswith("utf-16-"):
            break
    raise UnreadableFile(
        _(
            "The characters of this file could not be read. Open it, save it as CSV UTF-8 or as an Excel workbook (.xlsx) and upload that."
        ),
        "encoding",
    )


def plausible(text: str, code: str) -> bool:
    """Say whether a decoded text looks written by people and not decoded wrongly, now or earlier."""
    sample = text[:40_000]
    letters = [character for character in sample if ord(character) > 127]
    if sum(1 for character in sample if ord(character) < 32 and character not in "\t\r\n\f\v\x1e\x1f\0") * 50 > len(
        sample
    ):
        return False
    if sample.count("\ufffd") * 200 > len(letters) or "锟斤拷" in sample:
        return not letters
    if code != "utf-8-sig" and code.startswith("utf-16") and letters:
        return sum(map(_usual, letters)) * 2 >= len(letters)
    if code == "gb18030":
        return sum(map(_usual, letters)) * 100 >= len(letters) * 85
    return not _twice_encoded(sample)


def _usual(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return character in "·•〇—–“”‘’…：；￥" or "\u4e00" <= character <= "\u9fa5" and _in_big5(character)
    return True


def _in_big5(character: str) -> bool:
    try:
        return len(character.encode("big5")) == 2
    except UnicodeEncodeError:
        return False


def _twice_encoded(sample: str) -> bool:
    """Say whether UTF-8 was once taken for GBK or Latin-1 and saved: 寮犱笁, å¼ ä¸‰."""
    for line in sample.splitlines()[:200]:
        for code in ("gb18030", "latin-1", "cp1252"):
            try:
                again = line.encode(code).decode("utf-8")
            except UnicodeError:
                continue
            if again != line and sum("\u4e00" <= character <= "\u9fff" for character in again) >= 2:
                return True
    return False


def read_csv(text: str, limits: Limits, delimiter: str) -> Grid:
    """Read delimited text; a quotation mark that is never closed is taken as a mark, not as a quote."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        if any(cell.count("\n") > 20 for row in rows for cell in row):
            raise csv.Error
    except csv.Error:
        rows = [line.split(delimiter) for line in re.split(r"\r\n|\r|\n", text)]
    return grid_of(rows, limits)


def grid_of(rows: list[list[str]], limits: Limits, merges: list[Range] | None = None) -> Grid:
    """Make a grid of rows of text. Raises `UnreadableFile` when there are too many."""
    grid = Grid(merges=merges or [])
    grid.rows = [_tidy(row, index, grid, limits) for index, row in enumerate(rows)]
    if len(_trimmed(grid).rows) > limits.rows + 100:
        raise too_large(limits)
    return grid


DELIMITERS = "\t,;|，；"


def sniff(text: str) -> str:
    """Return the delimiter of a delimited text, empty when it is none: every other line would need to be cut by it."""
    lines = [line for line in text.splitlines()[:400] if line.strip()]
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        counts = [len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines if len(line) < 100_000]
        wide = [count for count in counts if count > 1]
        if not wide or len(wide) * 2 < len(counts):
            continue
        usual = max(set(wide), key=wide.count)
        score = wide.count(usual) / len(counts) + min(usual, 6) * 0.05 + (0.3 if delimiter == "\t" else 0)
        if delimiter in "，；":
            score -= 0.35
        if score > best_score:
            best, best_score = delimiter, score
    return best if best_score >= 0.45 else ""


def looks_like_html(text: str) -> bool:
    """Say whether a text is a page with a table."""
    return re.search(r"<table\b", text[:2_000_000], re.IGNORECASE) is not None and "</" in text


def refuse_other_markup(text: str) -> None:
    """Refuse what spreadsheet programs write besides workbooks and pages. Raises `UnreadableFile`."""
    head = text[:3000]
    if (
        "urn:schemas-microsoft-com:office:spreadsheet" in head
        and "<html" not in head.lower()
        or re.match(r"\s*(MIME-Version|Content-Type|From):", head, re.IGNORECASE)
    ):
        code = "other_spreadsheet"
    else:
        return
    raise UnreadableFile(
        _("This kind of spreadsheet is not read. Open it, save it as an Excel workbook (.xlsx) and upload that."), code
    )


def refuse_endless_lines(text: str, limits: Limits) -> None:
    """Refuse a line longer than any list has; what pages hold is told by its tags, not by its lines."""
    start = 0
    while start < len(text) - limits.line:
        end = text.rfind("\n", start, start + limits.line + 1)
        if end < 0:
            if looks_like_html(text):
                return
            raise UnreadableFile(
                _(
                    "A line of this file is longer than %(length)d characters. Put each person on a line of their own and upload it again."
                )
                % {"length": limits.line},
                "too_large",
            )
        start = end + 1
