"""Lists out: CSV and XLSX whose cells can't run anything, and the template for lists in."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from registry.intake.reading import template

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def neutral(value: Any) -> Any:
    """Take a cell's power away: text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[str]:
    """Give the list line by line; it begins with a byte order mark, so that spreadsheets read the Chinese."""
    yield "\ufeff"
    yield _line(headings)
    for row in rows:
        yield _line(row)


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Give the list as a workbook, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([neutral(heading) for heading in headings])
    for row in rows:
        sheet.append([neutral(value) for value in row])
    return _bytes(book)


def template_workbook() -> bytes:
    """The workbook to fill in: headings, drop-downs and one example row, which a later import leaves out."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = template.SHEET
    sheet.append(list(template.HEADINGS))
    sheet.append(list(template.EXAMPLE))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, heading in enumerate(template.HEADINGS, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = template.WIDTHS.get(heading, 14)
        if heading in template.CHOICES:
            rule = DataValidation(type="list", formula1=f'"{",".join(template.CHOICES[heading])}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}5000")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"
    return _bytes(book)


def _line(row: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(value) for value in row])
    return out.getvalue()


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
