"""Numbers that identify a person, and the harm spreadsheets do to them; nothing of them is quoted."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _
from stdnum.cn.ric import calc_check_digit

from registry.intake.reading.cells import mask, without_hidden
from registry.intake.reading.formats import NumberText
from registry.intake.reading.model import ReadRow
from registry.intake.reading.record import FURTHER, PRIVATE, Cells, is_nothing
from registry.text.normalise import fold, normalise

_QUANTITY = re.compile(r"[1-9](?:\.\d+)?[Ee]\+?\d{1,2}")


def take_private(row: ReadRow, cells: Cells) -> None:
    """Take identity number and telephone into the row, and say what is wrong with the number and what to do."""
    given, phone = cells.first("identity_number"), cells.first("phone")
    row.phone = re.sub(r"\s+", " ", without_hidden(phone)).strip(" '’`")
    row.private = {
        key: text
        for key in FURTHER
        if (text := without_hidden(cells.first(key)).strip(" '’`")) and not is_nothing(text)
    }
    plain = re.sub(r"\s+", "", given)
    number = re.sub(r"[\s'’`]", "", normalise(without_hidden(given))).upper()
    if (isinstance(given, NumberText) and len(number) > 15) or _QUANTITY.fullmatch(number):
        row.say(
            "warning", "identity_number",
            _("The spreadsheet kept this number as a quantity and lost its last digits. Format the column as text."), "digits_lost",
        )  # fmt: skip
    elif number:
        row.identity_number = number
        if number != plain:
            row.say(
                "info",
                "identity_number",
                _("Blanks, apostrophes and marks that can't be seen were taken out of the number."),
                "number_tidied",
            )
        _check(row, number)
    for key, values in cells.values.items():
        if key not in PRIVATE and any(len(value) > 10 and mask(value) != value for value in values):
            row.say("warning", key, _("A personal number stands in this column; it was left out."), "identity_in_text")


def _check(row: ReadRow, number: str) -> None:
    """Check an identity number by GB 11643; numbers of passports and permits, which hold other letters, are not checked."""
    if not re.fullmatch(r"[0-9]+X?", number):
        return
    if len(number) not in (15, 18):
        row.say(
            "warning",
            "identity_number",
            _("This number has %(length)d characters instead of 18. Check it against the identity card."),
            "identity_length",
            length=len(number),
        )
    elif born_by(number) is None or (len(number) == 18 and calc_check_digit(number) != number[-1]):
        row.say(
            "warning",
            "identity_number",
            _(
                "This identity number can't be right: its digits don't fit each other. Check it against the identity card."
            ),
            "identity_wrong",
        )


def born_by(number: str) -> date | None:
    """Return the day of birth that an identity number holds, `None` when it is no day."""
    digits = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def is_other_number(text: str) -> bool:
    """Say whether a long number is none of a person, but of a certificate or a document."""
    number = text.strip().upper()
    if not re.fullmatch(r"\d{12,19}X?", number):
        return False
    whole = len(number) in (15, 18) and born_by(number) is not None
    return not whole and not re.fullmatch(r"1[3-9]\d{9}", number)


def compare_private(row: ReadRow) -> None:
    """Say where sex and birth in the list contradict the identity number."""
    number = row.identity_number
    if not re.fullmatch(r"\d{15}|\d{17}[\dX]", number):
        return
    sex = "male" if int(number[16] if len(number) == 18 else number[14]) % 2 else "female"
    if row.sex and row.sex != sex:
        row.say("warning", "sex", _("The identity number tells another sex than the list. Check both."), "identity_sex")
    born = born_by(number)
    if row.born and born and any(own and own != its for own, its in zip(row.born, born.timetuple(), strict=False)):
        row.say(
            "warning",
            "born",
            _("The identity number tells another date of birth than the list. Check both."),
            "identity_born",
        )


def mark_shared_numbers(rows: Iterable[ReadRow]) -> None:
    """Mark rows that give one identity number to two names."""
    first: dict[str, ReadRow] = {}
    for row in rows:
        if not row.identity_number:
            continue
        other = first.setdefault(row.identity_number, row)
        if fold(other.name) != fold(row.name):
            text = _(
                "Row %(row)d gives the same identity number to another name. Check both against the identity card."
            )
            row.say("error", "identity_number", text, "number_twice", row=other.source_row)
            other.say("error", "identity_number", text, "number_twice", row=row.source_row)
