"""Numbers and dates as Chinese lists write them: 二〇二〇年, 二十三, １９９８, 2020年11月, 1923.10."""

import re
from datetime import date
from typing import NamedTuple

from registry.text.normalise import normalise

_DIGITS = {
    **{character: value for value, character in enumerate("〇一二三四五六七八九")},
    **{character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "○": 0,
    "◯": 0,
    "Ｏ": 0,
    "O": 0,
    "o": 0,
    "两": 2,
    "弌": 1,
    "弍": 2,
    "弎": 3,
    "貮": 2,
    "参": 3,
    "幺": 1,
    **{str(value): value for value in range(10)},
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_KNOWN = {*_DIGITS, *_TENS, *_MYRIADS}
_SHORT = {"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十"}
_NUMBER = r"[0-9〇○◯Oo零一二三四五六七八九十百千廿卅]+"
_DATE = re.compile(
    rf"(?P<year>{_NUMBER})\s*(?:年度?|[-./])\s*"
    rf"(?:(?P<month>{_NUMBER})\s*(?:月份?|[-./]|$)\s*(?:(?P<day>{_NUMBER})\s*[日号]?)?)?"
)
_COMPACT = re.compile(r"(?P<year>(?:18|19|20)\d\d)(?:(?P<month>\d\d)(?P<day>\d\d)?)?")


class PartialDate(NamedTuple):
    """A date of which the month or the day may be unknown (`None`)."""

    year: int
    month: int | None = None
    day: int | None = None


def to_int(text: str) -> int | None:
    """Read a number in any of the usual spellings; `None` when the text is something else or empty.

    Positional (二〇二〇, １９９８), with units (一千二百零三, 两万五千, 廿三) and financial (贰拾叁) forms are read.
    """
    text = "".join(_SHORT.get(character, character) for character in normalise(text).replace(" ", ""))
    if not text or not all(character in _KNOWN for character in text):
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text)) if len(text) <= 18 else None
    return _with_units(text)


def _with_units(text: str) -> int | None:
    """Add up hundreds, tens and ones within each myriad; the 25 of `25万` counts as one number."""
    total = section = 0
    digits = ""
    for character in text:
        if character in _DIGITS:
            digits = digits if digits in ("", "0") and _DIGITS[character] == 0 else digits + str(_DIGITS[character])
            continue
        number = int(digits) if digits else None
        digits = ""
        if character in _TENS:
            section += (1 if number is None else number) * _TENS[character]
            continue
        section += number or 0
        if section == 0 and total == 0:
            return None
        total = (total + section) * _MYRIADS[character] if character == "亿" else total + section * _MYRIADS[character]
        section = 0
    return total + section + (int(digits) if digits else 0)


def to_date(text: str) -> PartialDate | None:
    """Read a date of which month and day may be missing; `None` when the text is no date or names an impossible one.

    Reads 2020年11月, 二〇二〇年, 2020-11-03, 1923.10, 2020/11/3, 20201103, 202011, 1959. Years are 1800 to 2199.
    """
    text = normalise(text)
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text.replace(" ", ""))
    if match is None:
        year = to_int(text) if re.fullmatch(r"[〇○◯零一二三四五六七八九]{4}", text) else None
        return PartialDate(year) if year is not None and 1800 <= year < 2200 else None
    parts = {name: to_int(part) if part else None for name, part in match.groupdict().items()}
    year, month, day = parts["year"], parts["month"], parts["day"]
    if year is None or not 1800 <= year < 2200 or (match["month"] and month is None) or (match["day"] and day is None):
        return None
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(year, month, day)
