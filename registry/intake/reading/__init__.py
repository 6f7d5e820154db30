"""Reading lists of honoured people as unions really publish them: any workbook or text in, clean rows out.

`read` takes a file, `read_text` pasted text. Nothing is lost silently: every line of the source is a row, or is listed
with the reason in its sheet's report. What the file can't say is asked once; give the answers and read again.
"""

from registry.intake.reading.assemble import read, read_text, source_lines
from registry.intake.reading.model import (
    DEFAULT,
    Answers,
    Ask,
    Limits,
    Message,
    Reading,
    ReadRow,
    SheetReport,
    Skipped,
    UnreadableFile,
)
from registry.text.numerals import PartialDate

__all__ = [
    "DEFAULT",
    "Answers",
    "Ask",
    "Limits",
    "Message",
    "PartialDate",
    "ReadRow",
    "Reading",
    "SheetReport",
    "Skipped",
    "UnreadableFile",
    "read",
    "read_text",
    "source_lines",
]
