"""What must be known of an old workbook (XLS) before a parser may unpack it: a password, and where its last cell lies.

Of the compound file ([MS-CFB]) only the chain of sectors of one stream is followed, of the workbook ([MS-XLS]) only the
head of each record is read.
"""

import struct
from collections.abc import Iterator

from registry.intake.reading.model import Limits
from registry.intake.reading.safety import damaged, locked, too_large

_CELLS = frozenset(
    {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0003, 0x0004, 0x0002}
)
_BLANKS = frozenset({0x00BE, 0x0201})
_FILEPASS, _BEGIN = 0x002F, 0x0809
_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


def check_old_workbook(data: bytes, limits: Limits) -> None:
    """Go through the heads of all cells. Raises `UnreadableFile` for a password, for too many rows or columns, for damage."""
    try:
        stream = _workbook(data)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged() from error
    last_row = last_column = area = strays = 0
    for kind, body in _records(stream):
        if kind == _FILEPASS:
            raise locked()
        if kind == _BEGIN:
            area += last_row * last_column
            last_row = last_column = 0
        elif kind in _CELLS and kind not in _BLANKS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            column += max(len(body) - 6, 0) // 6 - 1 if kind == 0x00BD else 0
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
            strays += column >= limits.columns
    if area + last_row * last_column > limits.area or strays > limits.strays:
        raise too_large(limits)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + min(size, 8_224)] if kind in _CELLS else b""
        place += 4 + size


def _workbook(data: bytes) -> bytes:
    """Return the stream that holds the workbook. Raises `ValueError` when there is none."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        raise ValueError("sector size")
    fat = _table(data, size)
    directory = _chain(data, fat, struct.unpack_from("<I", data, 48)[0], size)
    for place in range(0, len(directory) - 127, 128):
        entry = directory[place : place + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[66] == 2 and entry[: max(length - 2, 0)] in _NAMES:
            start, whole = struct.unpack_from("<II", entry, 116)
            if whole < struct.unpack_from("<I", data, 56)[0]:
                return _small(data, fat, directory, start, size)[:whole]
            return _chain(data, fat, start, size)[:whole]
    raise ValueError("no workbook")


def _table(data: bytes, size: int) -> list[int]:
    """Return the allocation table: sector → the sector that follows."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _number in range(min(count, len(data) // size)):
        if following >= 0xFFFFFFFC:
            break
        more = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        sectors += more[:-1]
        following = more[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < 0xFFFFFFFC:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
        if len(table) > len(data) // size + size:
            break
    return _without_circles(table)


def _without_circles(table: list[int]) -> list[int]:
    """Return the table. Raises `ValueError` when a chain in it never ends; a parser would follow it for ever."""
    seen = [0] * len(table)
    for start in range(len(table)):
        sector = start
        while sector < len(table) and not seen[sector]:
            seen[sector] = start + 1
            sector = table[sector]
        if sector < len(table) and seen[sector] == start + 1 and table[sector] < 0xFFFFFFFC:
            raise ValueError("a chain in a circle")
    return table


def _chain(data: bytes, table: list[int], sector: int, size: int, offset: int = 1) -> bytes:
    """Return the sectors of a chain joined."""
    pieces: list[bytes] = []
    while sector < 0xFFFFFFFC:
        pieces.append(data[(sector + offset) * size : (sector + offset + 1) * size])
        sector = table[sector]
    return b"".join(pieces)


def _small(data: bytes, table: list[int], directory: bytes, start: int, size: int) -> bytes:
    """Return a stream below the cut-off size; those lie in sectors of 64 bytes in the stream of the root entry."""
    first = struct.unpack_from("<I", data, 60)[0]
    raw = _chain(data, table, first, size)
    small = _without_circles(list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])))
    root = _chain(data, table, struct.unpack_from("<I", directory, 116)[0], size)
    return _chain(root, small, start, 64, 0)
