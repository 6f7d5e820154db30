"""What reading a list gives: rows, questions, a report a sheet, messages. Plain data, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from registry.text.numerals import PartialDate

Answers = Mapping[str, str]
"""Answers by question: `title`, `level`, `year`, `date_order`, `level:TITLE`, `column:HEADING`."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost; the setting `INTAKE_LIMITS` may name other figures.

    packed, unpacked, text: bytes as uploaded, unpacked, and of the texts in cells (a shared one counts in each cell);
    ratio: unpacked to packed; members: parts of a ZIP; rows, columns: of a list; area: rows times columns of all
    sheets, and of all that merged ranges cover; line, cell: characters; strays: values far outside, left out.
    """

    packed: int = 20 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    text: int = 60 * 1024 * 1024
    ratio: int = 200
    members: int = 2_000
    rows: int = 200_000
    columns: int = 200
    area: int = 4_000_000
    line: int = 50_000
    cell: int = 4_000
    strays: int = 100


def set_limits() -> Limits:
    """Return the limits that the settings name."""
    return Limits(**getattr(settings, "INTAKE_LIMITS", {}))


DEFAULT = Limits()


class UnreadableFile(Exception):
    """The whole file can't be read; `message` says what to do, `code` is for programs."""

    def __init__(self, message: Any, code: str) -> None:
        super().__init__(code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Message:
    """One remark on one row: `level` is error, warning or info; `column` a column key or empty."""

    level: str
    column: str
    template: Any
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The remark in the language now active."""
        return str(self.template) % self.params if self.params else str(self.template)


@dataclass(frozen=True)
class Ask:
    """What the file can't say, asked once. `kind`: choice (one of `options`), column (a column key) or text.

    `rows` counts the rows that wait for the answer, `context` shows where the question comes from.
    """

    key: str
    template: Any
    kind: str
    options: tuple[tuple[str, Any], ...] = ()
    rows: int = 0
    context: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The question in the language now active."""
        return str(self.template) % self.params if self.params else str(self.template)


@dataclass(frozen=True)
class Skipped:
    """A line of the source that is no row, and why: `code` for programs, `reason` to read."""

    row: int
    text: str
    reason: Any
    code: str


@dataclass
class SheetReport:
    """What became of one sheet (or of the pasted text, then without name).

    `places` gives heading and column key by place, counted from 0. `headings` are all rows that name columns; with `skipped` and the rows they make up every line that is not blank.
    """

    name: str
    read: bool = False
    rows: int = 0
    heading_row: int | None = None
    headings: list[int] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    places: dict[int, tuple[str, str]] = field(default_factory=dict)
    note: Any = ""
    skipped: list[Skipped] = field(default_factory=list)


@dataclass
class ReadRow:
    """One honour of one holder as the list says it. Empty text and `None` mean that the list does not say.

    `identity_number`, `phone` and what is `private` besides (address, bank_card, illness, income) are kept as written and stay out of
    `repr`, `cells` and every message.
    """

    source_row: int
    sheet: str = ""
    cells: dict[str, str] = field(default_factory=dict, repr=False)
    name: str = ""
    former_names: list[str] = field(default_factory=list)
    known_as: list[str] = field(default_factory=list)
    kind: str = ""
    sex: str = ""
    ethnicity: str = ""
    unit: str = ""
    position: str = ""
    title: str = ""
    level: str = ""
    treatment: str = ""
    region: str = ""
    year: int | None = None
    year_inferred: bool = False
    granted_on: PartialDate | None = None
    born: PartialDate | None = None
    died: PartialDate | None = None
    native_place: str = ""
    political_status: str = ""
    education: str = ""
    identity_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    private: dict[str, str] = field(default_factory=dict, repr=False)
    document_number: str = ""
    certificate_number: str = ""
    source: str = ""
    note: str = ""
    messages: list[Message] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)

    def say(self, level: str, column: str, template: Any, code: str, **params: Any) -> None:
        """Add a remark; the same one is not made twice."""
        message = Message(level, column, template, code, params)
        if message not in self.messages:
            self.messages.append(message)

    @property
    def failed(self) -> bool:
        """Say whether an error keeps the row from being used."""
        return any(message.level == "error" for message in self.messages)


@dataclass
class Reading:
    """A list read: every row of the source is in `rows` or in a sheet's `skipped`."""

    rows: list[ReadRow] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    sheets: list[SheetReport] = field(default_factory=list)
    refused: str = ""
