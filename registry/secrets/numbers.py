"""Phone numbers, bank cards and what lists do to digits on their way. Pure; messages for people who fill in lists."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DOT = "•"
_NOISE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\u3164]+")
_FLOAT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_ZERO_FRACTION = re.compile(r"(?<=\d)\.0+$")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212()（）]")


def tidy(text: str) -> str:
    """Return the characters that were meant: half-width, no spaces, no invisible ones, no apostrophe that a spreadsheet put in front."""
    half_width = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", half_width).lstrip("'`‘’＇")


def refuse_damaged(text: str) -> None:
    """Raise `ValidationError` for a long number that a spreadsheet turned into a decimal fraction: its last digits are gone."""
    if _FLOAT.fullmatch(text):
        raise ValidationError(
            _(
                "The spreadsheet has shortened this number and its last digits are lost. Format the column as text, "
                "then enter the number again from the paper."
            ),
            code="damaged",
        )


def mask_number(text: str) -> str:
    """Show the first 3 and the last 2 characters; nothing of a number too short to hide the rest."""
    return text[:3] + DOT * (len(text) - 5) + text[-2:] if len(text) >= 9 else DOT * len(text)


def clean_phone(text: str) -> str:
    """Return a mobile number as 11 digits, without +86, spaces and hyphens; raises `ValidationError`."""
    text = tidy(text)
    refuse_damaged(text)
    digits = _DASHES.sub("", _ZERO_FRACTION.sub("", text))
    for code in ("+86", "0086", "86"):
        if digits.startswith(code) and len(digits) == len(code) + 11:
            digits = digits[len(code) :]
            break
    if not _MOBILE.fullmatch(digits):
        raise ValidationError(_("Write a mobile number of 11 digits that begins with 1."), code="phone")
    return digits


def clean_card(text: str) -> str:
    """Return a bank card's number as 12 to 19 digits; raises `ValidationError`. Whether its check digit fits: `card_warning`."""
    text = tidy(text)
    refuse_damaged(text)
    digits = _DASHES.sub("", text)
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        raise ValidationError(_("Write the bank card's number: 12 to 19 digits."), code="card")
    return digits


def luhn(digits: str) -> bool:
    """Whether the last digit fits the others (ISO/IEC 7812-1)."""
    doubled = "0246813579"
    return sum(int(doubled[int(d)] if place % 2 else d) for place, d in enumerate(reversed(digits))) % 10 == 0


def card_warning(digits: str) -> str:
    """Say that a card number's check digit doesn't fit, "" otherwise. A warning: old passbooks and accounts of some banks have none."""
    return "" if luhn(digits) else str(_("The bank card's check digit doesn't fit. Compare the number with the card."))
