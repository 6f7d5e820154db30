"""What must be known of a workbook before a parser may unpack it: sizes, ratio, entities, far-away cells."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.model import Limits, UnreadableFile

_TAG = re.compile(
    rb"<(?:\w+:)?row\b[^>]*?>|<(?:\w+:)?c\b[^>]*?[^/]>(?=\s*<(?:\w+:)?(?:v|is|f)\b)",
)
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d{1,9})[\"']")
_CELL = re.compile(rb"\br=[\"']\$?([A-Za-z]{1,4})\$?(\d{1,9})[\"']")
_DTD = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")) + tuple(
    "<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")
)


@dataclass
class Checked:
    """A workbook that may be parsed, and the references of the far-away cells that were taken out of it."""

    data: bytes
    strays: list[str] = field(default_factory=list)


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
        raise UnreadableFile(
            _("The file is damaged. Open it in the spreadsheet program, save it again and upload the new file."),
            "damaged",
        ) from error
    total = sum(member.file_size for member in members)
    if len(members) > limits.members or total > limits.unpacked:
        raise _too_big()
    if total > 20_000_000 and total > limits.ratio * max(len(data), 1):
        raise _too_big()
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(
            _("The file is locked with a password. Take the password off and upload it again."), "locked"
        )
    return archive


def check_workbook(archive: zipfile.ZipFile, data: bytes, limits: Limits) -> Checked:
    """Read every XML part once: refuse document type declarations, take out values far outside any list.

    A declared but empty range costs nothing. Raises `UnreadableFile`.
    """
    changed: dict[str, bytes] = {}
    strays: list[str] = []
    for member in archive.infolist():
        if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        try:
            part = archive.read(member)
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            OSError,
            NotImplementedError,
            EOFError,
            RuntimeError,
        ) as error:
            raise UnreadableFile(
                _("The file is damaged. Open it in the spreadsheet program, save it again and upload the new file."),
                "damaged",
            ) from error
        if any(mark in part for mark in _DTD):
            raise UnreadableFile(
                _("The workbook holds XML declarations that no spreadsheet program writes. It was not opened."),
                "xml_entities",
            )
        if "worksheets/" in member.filename:
            new, found = _without_strays(part, limits)
            if found:
                changed[member.filename] = new
                strays += found
    return Checked(_rewritten(archive, changed) if changed else data, strays)


def column_number(letters: str) -> int:
    """Return the 1-based number of a column: A → 1, XFD → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _without_strays(part: bytes, limits: Limits) -> tuple[bytes, list[str]]:
    """Return the sheet without values outside the limits when they are few; refuse when they are many."""
    row = last_row = last_column = column = 0
    outside: list[tuple[int, bytes]] = []
    for match in _TAG.finditer(part):
        tag = match[0]
        if b"row" in tag[:20] and not _CELL.search(tag):
            number = _ROW_NUMBER.search(tag)
            row, column = (int(number[1]) if number else row + 1), 0
            continue
        cell = _CELL.search(tag)
        row, column = (int(cell[2]), column_number(cell[1].decode())) if cell else (row, column + 1)
        if row > limits.rows + 100 or column > limits.columns:
            outside.append((match.start(), cell[0] if cell else b"?"))
            if len(outside) > limits.strays:
                raise _too_wide(limits)
        else:
            last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row * last_column > limits.area:
        raise _too_wide(limits)
    if not outside:
        return part, []
    pieces, position = [], 0
    for start, _reference in outside:
        end = re.compile(rb"</(?:\w+:)?c\s*>").search(part, start)
        pieces.append(part[position:start])
        position = end.end() if end else len(part)
    return b"".join([*pieces, part[position:]]), [name.decode("ascii", "replace")[3:-1] or "?" for _s, name in outside]


def _too_wide(limits: Limits) -> UnreadableFile:
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
