"""Bars as SVG, laid out here so that the template only writes rectangles. No script, no style: classes name the colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.statistics.axes import Line
from registry.statistics.queries import Table

# Units of the viewBox: one is a CSS pixel on a phone.
WIDTH = 360
LABEL, NUMBER, ROW, BAR = 118, 46, 26, 15
HEIGHT, FOOT, HEAD = 190, 20, 16
MOST_SERIES = 6
MOST_ROWS = 24
SIGNS = 9


@dataclass(frozen=True)
class Piece:
    """A rectangle of a bar: its place, its series from 1, and its words."""

    x: float
    y: float
    width: float
    height: float
    series: int
    title: str


@dataclass(frozen=True)
class Bar:
    """A bar with its label and its number, both as written, and where."""

    label: str
    words: str
    label_x: float
    label_y: float
    number_x: float
    number_y: float
    pieces: list[Piece]


@dataclass(frozen=True)
class Chart:
    """A chart with the words that stand for it: `left_out` lines had no room."""

    key: str
    title: str
    description: str
    width: int
    height: int
    bars: list[Bar]
    series: list[tuple[int, str]]
    left_out: int = 0
    upright: bool = False


def lying(key: str, title: str, table: Table) -> Chart:
    """One lying bar a line of the table, cut by its columns when they are few."""
    series = _series(table)
    rows = [line for line in table.rows if table.row_totals.get(line.key)]
    shown = sorted(rows, key=lambda line: -table.row_totals[line.key])[:MOST_ROWS]
    lines = [line for line in rows if line in shown]
    most = max((table.row_totals[line.key] for line in lines), default=0)
    room = WIDTH - LABEL - NUMBER
    bars = []
    for at, line in enumerate(lines):
        number, y = table.row_totals[line.key], at * ROW + (ROW - BAR) / 2
        x, pieces = float(LABEL), []
        for order, part, words in _parts(table, line, series):
            width = round(part / most * room, 2)
            pieces.append(Piece(round(x, 2), y, width, BAR, order, words))
            x += width
        middle = y + BAR / 2
        bars.append(Bar(_short(line.label), f"{number:,}", LABEL - 6, middle, round(x + 5, 2), middle, pieces))
    named = [(order, column.label) for order, column in series]
    return Chart(key, title, _said(lines, table), WIDTH, len(lines) * ROW, bars, named, len(rows) - len(lines))


def standing(key: str, title: str, table: Table) -> Chart:
    """One upright bar a line of the table, in the order of time."""
    series = _series(table)
    lines = [line for line in table.rows if table.row_totals.get(line.key)]
    most = max((table.row_totals[line.key] for line in lines), default=0)
    step = WIDTH / max(len(lines), 1)
    room, foot = HEIGHT - FOOT - HEAD, HEIGHT - FOOT
    bars = []
    for at, line in enumerate(lines):
        y, pieces = float(foot), []
        for order, part, words in _parts(table, line, series):
            height = round(part / most * room, 2)
            y = round(y - height, 2)
            pieces.append(Piece(round(at * step + step * 0.14, 2), y, round(step * 0.72, 2), height, order, words))
        middle = round(at * step + step / 2, 2)
        # A decade by its first year: the words don't fit under a bar.
        words = str(line.key) if line.key > 0 else line.label
        bars.append(Bar(words, f"{table.row_totals[line.key]:,}", middle, HEIGHT - 5, middle, y - 4, pieces))
    named = [(order, column.label) for order, column in series]
    return Chart(key, title, _said(lines, table), WIDTH, HEIGHT, bars, named, upright=True)


def _series(table: Table) -> list[tuple[int, Line]]:
    columns = [line for line in table.columns if table.column_totals.get(line.key)]
    return list(enumerate(columns, start=1)) if 1 < len(columns) <= MOST_SERIES else []


def _parts(table: Table, line: Line, series: Sequence[tuple[int, Line]]) -> Iterable[tuple[int, int, str]]:
    if not series:
        number = table.row_totals[line.key]
        return [(1, number, f"{line.label}: {number}")]
    found: list[tuple[int, int, str]] = []
    for order, column in series:
        number = table.numbers.get((line.key, column.key), 0)
        if number:
            found.append((order, number, f"{line.label}, {column.label}: {number}"))
    return found


def _said(lines: Iterable[Line], table: Table) -> str:
    return "; ".join(f"{line.label} {table.row_totals[line.key]}" for line in lines)


def _short(label: Any) -> str:
    text = str(label)
    room = SIGNS * 2
    used = 0
    for at, sign in enumerate(text):
        used += 2 if ord(sign) > 0x2E80 else 1
        if used > room:
            return f"{text[: at - 1]}…"
    return text
