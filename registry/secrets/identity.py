"""The rules of identity numbers (GB 11643-1999), and what they say about their holder. Pure.

An area code is only ever a warning: older people carry codes of counties that were renamed or merged long ago. That is also why
python-stdnum's `ric.validate()` isn't used: it compares the birth year with the years in which the county's code was in force and
refuses most older honourees.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from stdnum import numdb
from stdnum.cn.ric import calc_check_digit

from registry.secrets.numbers import mask_number, refuse_damaged, tidy

KIND = "identity"
MALE, FEMALE = "male", "female"
OLDEST = 1850
# Sequence numbers of people who were a hundred or older when the 15-digit numbers were given out: born in the century before.
_CENTENARIANS = ("996", "997", "998", "999")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]")


class Sort(TextChoices):
    """Whose number it is."""

    CITIZEN = "citizen", _("resident identity card")
    OLD = "old", _("resident identity card, 15 digits")
    RESIDENCE = "residence", _("residence permit for Hong Kong, Macao and Taiwan residents")
    FOREIGN = "foreign", _("foreign permanent resident identity card")
    OLD_FOREIGN = "old_foreign", _("foreign permanent resident identity card, 15 characters")


@dataclass(frozen=True)
class Identity:
    """A number that passed. `number` as written (tidied), `full` the form in which the same person always compares equal.

    `born` is an ISO date and `sex` "male" or "female", both "" for old foreign cards, which don't say. Its repr shows no digits.
    """

    number: str = field(repr=False)
    full: str = field(repr=False)
    sort: Sort
    born: str = field(default="", repr=False)
    sex: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def masked(self) -> str:
        """First three, last two."""
        return mask(self.number)


@dataclass(frozen=True)
class Conflict:
    """The number says one thing of its holder, the file another; somebody has to settle it."""

    fact: str
    on_file: str
    by_number: str


def normalise(text: str) -> str:
    """Return what was meant: half-width, no spaces, hyphens, invisible characters or leading apostrophe, a capital X.

    Raises `ValidationError` (code `damaged`) when a spreadsheet has turned the number into 6.40199E+17.
    """
    tidied = tidy(text)
    refuse_damaged(tidied)
    return _DASHES.sub("", tidied).upper()


def read(text: str, today: date | None = None) -> Identity:
    """Check a number and say what it tells. Raises `ValidationError` with what is wrong and what to do; the number isn't in the message."""
    number = normalise(text)
    if re.fullmatch(r"[0-9]{15}", number):
        return _read_full(number, _upgrade(number), Sort.OLD, today)
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        _require_check_digit(number)
        return _read_full(number, number, _sort(number), today)
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        warning = str(
            _("This old card's number can't be checked. Compare it with the card, or ask for the 18-digit one.")
        )
        return Identity(number, number, Sort.OLD_FOREIGN, warnings=(warning,))
    if re.fullmatch(r"[0-9X]+", number):
        raise ValidationError(
            _("An identity number has 18 characters, this one %(count)d. Compare it with the card."),
            code="length",
            params={"count": len(number)},
        )
    raise ValidationError(
        _(
            "An identity number has 17 digits and a digit or X at the end. Other characters are in it: compare it with the card."
        ),
        code="characters",
    )


def canonical(text: str) -> str:
    """Return the form that is digested: 18 digits also for a 15-digit number. Raises `ValidationError`."""
    return read(text).full


def conflicts(number: str | Identity, *, sex: str, birth: str) -> tuple[Conflict, ...]:
    """Name where the file's sex and (perhaps partly known) birth date contradict the number. What the file doesn't say is no conflict."""
    identity = number if isinstance(number, Identity) else read(number)
    found = []
    if sex and identity.sex and sex != identity.sex:
        found.append(Conflict("sex", sex, identity.sex))
    if birth and identity.born and not identity.born.startswith(birth):
        found.append(Conflict("born", birth, identity.born))
    return tuple(found)


def mask(number: str) -> str:
    """Show the first 3 and the last 2 characters."""
    return mask_number(number)


def _sort(number: str) -> Sort:
    if number[0] == "9":
        return Sort.FOREIGN
    return Sort.RESIDENCE if number[:2] in ("81", "82", "83") else Sort.CITIZEN


def _upgrade(number: str) -> str:
    century = "18" if number[12:] in _CENTENARIANS else "19"
    body = number[:6] + century + number[6:]
    return body + calc_check_digit(body + "0")


def _require_check_digit(number: str) -> None:
    if number[17] == calc_check_digit(number):
        return
    if number.endswith("000"):
        raise ValidationError(
            _(
                "The last three digits are zeros: a spreadsheet keeps only 15 digits of a number. Format the column as text, "
                "then enter the number again from the card."
            ),
            code="damaged",
        )
    raise ValidationError(
        _(
            "The check digit doesn't fit: at least one character is wrong. Compare all 18 with the card and correct the number."
        ),
        code="check_digit",
    )


def _read_full(number: str, full: str, sort: Sort, today: date | None) -> Identity:
    born = _born(full[6:14], today or date.today())
    sex = MALE if int(full[16]) % 2 else FEMALE
    warnings = []
    if sort in (Sort.CITIZEN, Sort.OLD) and not _known_area(full[:6]):
        warnings.append(
            _(
                "The first six digits are no area code that is known. Compare them with the card; "
                "codes of long ago may be right."
            )
        )
    if number.endswith("000"):
        # One shortened number in eleven has a fitting check digit by chance.
        warnings.append(
            _("The last three digits are zeros, as when a spreadsheet shortens a number. Compare them with the card.")
        )
    return Identity(number, full, sort, born, sex, tuple(str(warning) for warning in warnings))


def _born(digits: str, today: date) -> str:
    born: date | None
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born = None
    if born is None or born.year < OLDEST or born > today:
        raise ValidationError(
            _("Digits 7 to 14 are no possible birth date. Compare the number with the card."), code="birth_date"
        )
    return born.isoformat()


@lru_cache(maxsize=8_192)
def _known_area(code: str) -> bool:
    """Whether the code was ever a county's, as far as python-stdnum's list goes."""
    return "county" in numdb.get("cn/loc").info(code)[-1][1]
