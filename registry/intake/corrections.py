"""The rows that can't go on, as a workbook to correct and upload again: the list's own columns, and what is wrong beside each row."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from registry.accounts.models import User
from registry.audit.actions import record
from registry.intake.actions import kept_file
from registry.intake.columns import EDUCATIONS, HEADINGS, KINDS, LEVELS, SEXES
from registry.intake.enums import RowStatus
from registry.intake.export import neutral
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.private import facts_in, label_of
from registry.intake.queries import rows_of
from registry.intake.reading import UnreadableFile, source_lines, template
from registry.intake.reading.cells import mask
from registry.intake.reading.record import PRIVATE
from registry.people.models import Ethnicity, PoliticalStatus
from registry.people.private import PRIVATE_FACTS
from registry.people.rules import REVEAL
from registry.secrets.fields import DOTS
from registry.secrets.numbers import mask_number

NUMBERS = frozenset({"identity_number", "phone", "bank_card"})
CHOICES = {
    "kind": tuple(KINDS.values()),
    "sex": tuple(SEXES.values()),
    "level": tuple(LEVELS.values()),
    "education": tuple(EDUCATIONS.values()),
}
# What a staged row calls a column, where the list itself is kept no longer or is no table.
FACTS = {
    "name": "name", "kind": "kind", "sex": "sex", "ethnicity": "ethnicity", "born": "born", "political_status": "political_status",
    "unit_name": "unit", "position": "position", "title": "title", "level": "level", "year": "year", "region": "region",
    "document_number": "document_number", "note": "note",
}  # fmt: skip


@dataclass
class Sheet:
    """One sheet to write: its columns as (heading, key), and its lines with the remark in front."""

    name: str
    columns: list[tuple[str, str]] = field(default_factory=list)
    lines: list[tuple[str, list[str]]] = field(default_factory=list)


def corrections(batch: IntakeBatch, *, actor: User) -> bytes:
    """Return the workbook; who may reveal private facts gets them as they stand, which the trail records, everybody else gets them masked.

    Raises `ValidationError` when no row needs correcting.
    """
    rows = list(rows_of(batch).filter(status=RowStatus.REFUSED, committed=False).exclude(choice="skip"))
    if not rows:
        raise ValidationError(_("No row needs correcting."))
    plain = batch.has_private_columns and actor.has_perm(REVEAL)
    sheets = _from_list(batch, rows, plain) or [_from_rows(rows, plain)]
    content = _workbook(sheets)
    record(
        batch,
        "intake.corrections",
        actor=actor,
        after={"rows": len(rows), "private_in_plain": plain},
        scope_path=batch.union.path,
    )
    return content


def _from_list(batch: IntakeBatch, rows: list[IntakeRow], plain: bool) -> list[Sheet]:
    """Take the very cells of the kept list, so that a clerk sees what was written; none when it is kept no longer or is no table."""
    if not batch.stored_as or not any(part["columns"] for part in batch.layout):
        return []
    try:
        lines = source_lines(kept_file(batch), batch.filename, pasted=batch.stored_as.endswith(".pasted"))
    except (UnreadableFile, ValidationError, UnicodeDecodeError):
        return []
    found = []
    for part in batch.layout:
        wrong = [row for row in rows if row.sheet == part["sheet"][:100]]
        cells = lines.get(part["sheet"])
        if cells is None or not wrong or not part["columns"]:
            continue
        sheet = Sheet(part["sheet"], [(label, key) for _place, label, key in part["columns"]])
        for number, remark in _remarks(wrong):
            line = cells[number - 1] if number <= len(cells) else []
            values = [
                _shown(key, line[place] if place < len(line) else "", plain) for place, _label, key in part["columns"]
            ]
            sheet.lines.append((remark, values))
        found.append(sheet)
    return found


def _remarks(rows: list[IntakeRow]) -> Iterator[tuple[int, str]]:
    """Give each source row once: one row of the list may have become several."""
    said: dict[int, dict[str, None]] = {}
    for row in rows:
        errors = [message["text"] for message in row.messages if message["level"] == "error"]
        said.setdefault(row.source_row, {}).update(dict.fromkeys(errors))
    for number, texts in sorted(said.items()):
        yield number, " ".join(texts)


def _from_rows(rows: list[IntakeRow], plain: bool) -> Sheet:
    """Rebuild the rows from what is staged, under the template's headings."""
    private = [name for name in PRIVATE_FACTS if any(name in facts_in(row) for row in rows)]
    sheet = Sheet("", [(HEADINGS[key], key) for key in FACTS] + [(label_of(name), name) for name in private])
    for row in rows:
        facts = facts_in(row)
        values = [str(row.data.get(fact) or "") for fact in FACTS.values()]
        values += [_shown(name, facts.get(name, ""), plain) for name in private]
        errors = " ".join(message["text"] for message in row.messages if message["level"] == "error")
        sheet.lines.append((errors, values))
    return sheet


def _shown(key: str, text: str, plain: bool) -> str:
    if plain or not text:
        return text
    if key in PRIVATE:
        return mask_number(text.strip()) if key in NUMBERS else DOTS
    return mask(text)


def _workbook(sheets: list[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    names = _choice_sheet_names()
    for number, one in enumerate(sheets, start=1):
        sheet = book.create_sheet(one.name[:31] or f"{template.SHEET}{number if number > 1 else ''}")
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 48
        for place, (_label, key) in enumerate(one.columns, start=2):
            letter = get_column_letter(place)
            sheet.column_dimensions[letter].width = 22 if key in PRIVATE else 16
            if rule := _rule(key, names):
                rule.add(f"{letter}2:{letter}{len(one.lines) + 1}")
                sheet.data_validations.append(rule)
        sheet.append(
            [_cell(sheet, text, head=True) for text in (template.REMARK, *(label for label, _key in one.columns))]
        )
        for remark, values in one.lines:
            sheet.append([_cell(sheet, remark, remark=True), *(_cell(sheet, value) for value in values)])
    hidden = book.create_sheet(template.CHOICE_SHEET)
    hidden.sheet_state = "hidden"
    for key, words in names.items():
        hidden.append([key, *words])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, *, head: bool = False, remark: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=neutral(text))
    # Text, so that a spreadsheet doesn't turn a number of eighteen digits into a quantity.
    cell.number_format = "@"
    if head:
        cell.font = Font(bold=True)
    if remark:
        cell.fill = PatternFill("solid", fgColor="FFF2CC")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _choice_sheet_names() -> dict[str, list[str]]:
    return {
        "ethnicity": list(Ethnicity.objects.values_list("name", flat=True)),
        "political_status": list(PoliticalStatus.objects.values_list("short_name", flat=True)),
    }


def _rule(key: str, names: dict[str, list[str]]) -> DataValidation | None:
    """The drop-down of a column; a remark may be more than the list knows, so another word is warned of, not refused."""
    if key in CHOICES:
        formula = f'"{",".join(CHOICES[key])}"'
    elif names.get(key):
        row = list(names).index(key) + 1
        last = get_column_letter(len(names[key]) + 1)
        formula = f"{template.CHOICE_SHEET}!$B${row}:${last}${row}"
    else:
        return None
    return DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
