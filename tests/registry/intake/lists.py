"""Workbooks and texts as unions publish them, made in code; every name in them is invented."""

import io
from typing import Any

import openpyxl

from registry.intake.reading import Reading, ReadRow

Sheet = tuple[str, list[Any], list[str]]


def workbook(*sheets: Sheet, hidden: tuple[str, ...] = ()) -> bytes:
    """Return an XLSX of sheets (name, rows, merged ranges); blank text leaves a cell empty."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows, merges in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if value == "" else value for value in row])
        for merge in merges:
            sheet.merge_cells(merge)
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pick(row: ReadRow, *fields: str) -> tuple[Any, ...]:
    """Return some fields of a row."""
    return tuple(getattr(row, field) for field in fields)


def codes(reading: Reading) -> set[str]:
    """Return the codes of all messages on rows."""
    return {message.code for row in reading.rows for message in row.messages}


def keys(reading: Reading) -> set[str]:
    """Return the keys of all questions."""
    return {ask.key for ask in reading.asks}
