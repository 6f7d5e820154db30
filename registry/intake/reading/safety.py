"""What must be known of a workbook before a parser may unpack it: sizes, ratio, entities, far-away cells."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.model import Limits, UnreadableFile

_CHUNK = 1 << 20
_ATTRIBUTES = rb"((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)"
_TAG = re.compile(rb"<(?:\w{1,20}:)?(row|c)(?=[\s>/])" + _ATTRIBUTES + rb">(\s*</)?")
_OPEN = re.compile(rb"<(?:c|\w{1,20}:c)(?=[\s>/])")
_NAMED = re.compile(rb"<c r=\"([A-Z]{1,3})(\d{1,7})\"([^<>]*)>(</)?")
_OPENED = (b"<c", b":c")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_CELL = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
_CUT = re.compile(rb"<(?:\w{1,20}:)?(?:c|row|si)[\s>/]")
_SHARED = re.compile(rb"\st\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v\s*>\s*(\d{1,9})\s*<")
_ITEM = re.compile(rb"<(?:\w{1,20}:)?si[\s>/]")
_LONG_TEXT = re.compile(rb">[^<]{40,}")
_DTD = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")) + tuple(
    "<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")
)


@dataclass
class Checked:
    """A workbook that may be parsed, the references of the far-away cells that were taken out of it, whether it holds macros."""

    data: bytes
    strays: list[str] = field(default_factory=list)
    macros: bool = False


def _too_big() -> UnreadableFile:
    return UnreadableFile(
        _("The workbook unpacks to far more than a list needs. Copy the list into a new workbook and upload that."),
        "zip_bomb",
    )


def open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open a ZIP after checking the sizes that it declares.

    Raises `UnreadableFile` when it is broken, locked or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, IndexError, UnicodeError) as error:
        raise damaged() from error
    total = sum(member.file_size for member in members)
    if len(members) > limits.members or total > limits.unpacked:
        raise _too_big()
    if total > 20_000_000 and total > limits.ratio * max(len(data), 1):
        raise _too_big()
    if any(member.flag_bits & 1 for member in members):
        raise locked()
    return archive


def check_workbook(archive: zipfile.ZipFile, data: bytes, limits: Limits) -> Checked:
    """Go through every part: refuse document type declarations, take out values far outside any list.

    A declared but empty range costs nothing; what a part calls itself counts for nothing. Raises `UnreadableFile`.
    """
    texts: list[int] = []
    sheets: list[zipfile.ZipInfo] = []
    macros = False
    for member in archive.infolist():
        macros = macros or member.filename.lower().endswith("vbaproject.bin")
        if _first_look(archive, member, texts):
            sheets.append(member)
    changed: dict[str, bytes] = {}
    strays: list[str] = []
    whole = _Weight(limits, texts)
    for member in sheets:
        cells = _Cells(limits)
        for chunk in _chunks(archive, member):
            cells.take(chunk)
            whole.take(chunk)
        whole.add_area(cells.last_row * cells.last_column)
        if cells.outside:
            if member.file_size > limits.unpacked // 4:
                raise too_large(limits)
            changed[member.filename] = _without_strays(b"".join(_chunks(archive, member)), limits)
            strays += cells.outside
    return Checked(_rewritten(archive, changed) if changed else data, strays, macros)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in pieces of about a megabyte, cut before a cell, a row or a text."""
    kept = b""
    try:
        with archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                piece = kept + piece
                cuts = [match.start() for match in _CUT.finditer(piece, max(len(piece) - 4_096, 0))]
                cut = cuts[-1] if cuts else piece.rfind(b"<")
                cut = cut if cut > 0 else len(piece)
                if len(piece) > 8 * _CHUNK:
                    raise damaged()
                yield piece[:cut]
                kept = piece[cut:]
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        NotImplementedError,
        EOFError,
        RuntimeError,
    ) as error:
        raise damaged() from error
    yield kept


def _first_look(archive: zipfile.ZipFile, member: zipfile.ZipInfo, texts: list[int]) -> bool:
    """Refuse what no part may hold, note the lengths of shared texts, say whether cells may be in it."""
    cells = markup = False
    for number, chunk in enumerate(_chunks(archive, member)):
        starts_so = number == 0 and chunk.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")
        markup = markup or starts_so or b"sheetData" in chunk
        if not markup:
            continue
        if any(mark in chunk for mark in _DTD):
            raise UnreadableFile(
                _("The workbook holds XML declarations that no spreadsheet program writes. It was not opened."),
                "xml_entities",
            )
        if b"\0" in chunk:
            raise damaged()
        cells = cells or _OPEN.search(chunk) is not None
        if b"<si" not in chunk and b":si" not in chunk:
            continue
        starts = [match.start() for match in _ITEM.finditer(chunk)]
        if texts and starts:
            texts[-1] += starts[0]
        texts += [end - start for start, end in pairwise([*starts, len(chunk)])]
    return cells


class _Weight:
    """Adds up what the cells of all sheets would weigh when unpacked, shared texts once for each cell that shows them."""

    def __init__(self, limits: Limits, texts: list[int]) -> None:
        self.limits, self.texts = limits, texts
        self.text = self.area = 0
        self.longest = max(texts, default=0)

    def take(self, chunk: bytes) -> None:
        """Add a piece of a sheet."""
        known = len(self.texts)
        if self.longest > 200:
            numbers = map(int, _SHARED.findall(chunk))
            self.text += sum(self.texts[number] for number in numbers if number < known)
        if len(chunk) > 100 * chunk.count(b"</"):
            self.text += sum(map(len, _LONG_TEXT.findall(chunk)))
        if self.text > self.limits.text:
            raise _too_big()

    def add_area(self, cells: int) -> None:
        """Add a sheet's rectangle of cells."""
        self.area += cells
        if self.area > self.limits.area:
            raise too_large(self.limits)


class _Cells:
    """Notes the last row and column that hold values, and the few values far outside."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.row = self.column = self.last_row = self.last_column = 0
        self.outside: list[str] = []

    def take(self, chunk: bytes) -> None:
        """Go through a piece of a sheet; quickly when every cell says its place in the usual way."""
        named = _NAMED.findall(chunk)
        if len(named) != sum(map(chunk.count, _OPENED)):
            self._one_by_one(chunk)
            return
        filled = [(letters, digits) for letters, digits, rest, empty in named if not (empty or rest.endswith(b"/"))]
        if not filled:
            return
        widest = max(map(column_number, {letters for letters, _digits in filled}))
        lowest = max(map(int, {digits for _letters, digits in filled}))
        self.row, self.column = int(filled[-1][1]), column_number(filled[-1][0])
        if widest <= self.limits.columns and lowest <= self.limits.rows + 100:
            self.last_row, self.last_column = max(self.last_row, lowest), max(self.last_column, widest)
            return
        for letters, digits in filled:
            self._note(int(digits), column_number(letters), letters + digits)

    def _one_by_one(self, chunk: bytes) -> None:
        opened = 0
        for match in _TAG.finditer(chunk):
            opened += match[1] == b"c"
            self.row, self.column = place_of(match, self.row, self.column)
            if match[1] == b"c" and not (match[3] or match[2].endswith(b"/")):
                cell = _CELL.search(match[2])
                self._note(self.row, self.column, cell[1] + cell[2] if cell else b"?")
        if opened != len(_OPEN.findall(chunk)):
            raise damaged()

    def _note(self, row: int, column: int, name: bytes) -> None:
        if row <= self.limits.rows + 100 and column <= self.limits.columns:
            self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
            return
        self.outside.append(name.decode("ascii", "replace"))
        if len(self.outside) > self.limits.strays:
            raise too_large(self.limits)


def place_of(tag: re.Match[bytes], row: int, column: int) -> tuple[int, int]:
    """Return row and column at a tag of a row or cell, which may leave out what follows from the one before."""
    if tag[1] == b"row":
        number = _ROW_NUMBER.search(tag[2])
        return (int(number[1]) if number else row + 1), 0
    cell = _CELL.search(tag[2])
    return (int(cell[2]), column_number(cell[1])) if cell else (row, column + 1)


@lru_cache(maxsize=4_096)
def column_number(letters: bytes) -> int:
    """Return the 1-based number of a column: A → 1, XFD → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _without_strays(part: bytes, limits: Limits) -> bytes:
    """Return the sheet without the values outside the limits."""
    row = column = position = 0
    pieces: list[bytes] = []
    for match in _TAG.finditer(part):
        row, column = place_of(match, row, column)
        if match[1] == b"row" or match[2].endswith(b"/"):
            continue
        if (row > limits.rows + 100 or column > limits.columns) and match.start() >= position:
            end = _CELL_END.search(part, match.start())
            pieces.append(part[position : match.start()])
            position = end.end() if end else len(part)
    return b"".join([*pieces, part[position:]])


def damaged() -> UnreadableFile:
    """What is said of a file that can't be opened."""
    return UnreadableFile(
        _("The file is damaged. Open it in the spreadsheet program, save it again and upload the new file."),
        "damaged",
    )


def locked() -> UnreadableFile:
    """What is said of a file with a password."""
    return UnreadableFile(_("The file is locked with a password. Take the password off and upload it again."), "locked")


def too_large(limits: Limits) -> UnreadableFile:
    """What is said of a file with too many rows or columns."""
    return UnreadableFile(
        _(
            "The file holds too much for one list: at most %(rows)d rows and %(columns)d columns. Split it and upload the parts."
        )
        % {"rows": limits.rows, "columns": limits.columns},
        "too_large",
    )


def _rewritten(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for member in archive.infolist():
            part = changed.get(member.filename)
            copy.writestr(member.filename, archive.read(member) if part is None else part)
    return out.getvalue()
