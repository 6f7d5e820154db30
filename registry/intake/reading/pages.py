"""HTML pages with tables, as many systems export them under the name .xls; read in one go, whatever is left open in them."""

import html
import re
from collections.abc import Iterator

from registry.intake.reading.formats import Grid, Range, grid_of
from registry.intake.reading.model import Limits
from registry.intake.reading.safety import too_large

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:.-]{0,40})((?:[^<>\"']|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}')*)>")
_LOOSE = re.compile(r"<(/?)([a-zA-Z][\w:.-]{0,40})([^<>]*)>")
_SPAN = re.compile(r"\b(row|col)span\s*=\s*[\"']?\s*(\d{1,5})", re.IGNORECASE)
_QUIET = ("script", "style", "title", "xml", "head")
_BLOCK = ("br", "p", "div", "li", "h1", "h2", "h3", "h4")


def tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, name or text, attributes) with kind text, start or end; every character is looked at a bounded number of times."""
    place = 0
    closed = dict.fromkeys(_QUIET, True) | {"<!--": True}
    while place < len(text):
        start = text.find("<", place)
        if start != place:
            yield "text", html.unescape(text[place : start if start >= 0 else len(text)]), ""
        if start < 0:
            return
        if text.startswith(("<!", "<?"), start):
            mark = "-->" if text.startswith("<!--", start) else ">"
            end = text.find(mark, start + 2) if mark == ">" or closed["<!--"] else -1
            closed["<!--"] = closed["<!--"] and (end >= 0 or mark == ">")
            place = end + len(mark) if end >= 0 else start + 2
            continue
        tag = _TAG.match(text, start) or _LOOSE.match(text, start)
        if tag is None:
            yield "text", "<", ""
            place = start + 1
            continue
        name, place = tag[2].lower(), tag.end()
        if not tag[1] and name in ("script", "style") and closed[name]:
            end = text.find(f"</{name}", place)
            end = end if end >= 0 else text.find(f"</{name.upper()}", place)
            closed[name] = end >= 0
            place = end if end >= 0 else place
        yield "end" if tag[1] else "start", name, tag[3]


class _Tables:
    """Collects the tables of a page, and the lines of text between them as rows of one cell."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.rows, self.merges = limits, list[list[str]](), list[Range]()
        self.text: list[str] = []
        self.cell: tuple[int, int] | None = None
        self.row: dict[int, str] = {}
        self.taken: dict[int, int] = {}
        self.next = self.quiet = self.cells = self.covered = 0

    def take(self, kind: str, name: str, attributes: str) -> None:
        """Take one token."""
        if kind == "text":
            if not self.quiet:
                self.text.append(name)
        elif name in _QUIET:
            self.quiet = self.quiet + 1 if kind == "start" else max(self.quiet - 1, 0)
        elif name == "table":
            if kind == "start":
                self.end_line()
                self.taken, self.quiet = {}, 0
            else:
                self.end_row()
        elif name == "tr":
            self.end_row()
        elif name in ("td", "th"):
            self.end_cell()
            if kind == "start":
                self.text = []
                spans = {
                    way.lower(): min(max(int(number), 1), self.limits.columns)
                    for way, number in _SPAN.findall(attributes)
                }
                self.cell = (spans.get("row", 1), spans.get("col", 1))
        elif name in _BLOCK:
            if self.cell is None:
                self.end_line()
            elif kind == "start":
                self.text.append("\n")
        elif name == "body":
            self.quiet = 0

    def _take_text(self) -> str:
        text = "".join(self.text)
        self.text = []
        lines = [line.strip() for line in text.replace("\xa0", " ").replace("\r", "\n").split("\n")]
        return "\n".join(line for line in lines if line)

    def end_line(self) -> None:
        """Make a row of one cell of the text between tables."""
        text = self._take_text().replace("\n", "")
        if text and not self.row:
            self.rows.append([text])

    def end_cell(self) -> None:
        """Put the open cell into its place; those beyond the widest list are left out."""
        if self.cell is None:
            return
        (down, across), self.cell = self.cell, None
        while self.taken.get(self.next, 0) > 0:
            self.next += 1
        column = self.next
        self.next += across
        text = self._take_text()
        if column > self.limits.columns:
            return
        self.cells, self.covered = self.cells + across, self.covered + down
        if self.cells > self.limits.area or self.covered > self.limits.area:
            raise too_large(self.limits)
        for place in range(column, min(column + across, self.limits.columns)):
            self.row[place] = ""
            if down > 1:
                self.taken[place] = down
        self.row[column] = text
        if down > 1 or across > 1:
            top = len(self.rows)
            self.merges.append(((top, column), (top + down - 1, column + across - 1)))

    def end_row(self) -> None:
        """Finish a row; cells that reach down into the next ones keep their places."""
        self.end_cell()
        if self.row:
            self.rows.append([self.row.get(place, "") for place in range(max(self.row) + 1)])
            self.taken = {place: left - 1 for place, left in self.taken.items() if left > 1}
            if len(self.rows) > self.limits.rows * 2:
                raise too_large(self.limits)
        self.row, self.next = {}, 0


def read_html(text: str, limits: Limits) -> Grid:
    """Read the tables of an HTML page into one grid. Raises `UnreadableFile` when they hold too much."""
    page = _Tables(limits)
    for kind, name, attributes in tokens(text):
        page.take(kind, name, attributes)
    page.end_row()
    page.end_line()
    return grid_of(page.rows, limits, page.merges)
