"""Dates and years as lists write them, with what is doubtful about them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from registry.intake.reading.formats import NumberText
from registry.text.normalise import normalise
from registry.text.numerals import PartialDate, to_date, to_int

UNKNOWN = re.compile(
    r"(?:不详|不祥|未知|无|未载|没有|暂无|待查|待核实|不明|空|/|-+|—+|--|N/?A|\?+|？+|null|none|unknown)?",
    re.IGNORECASE,
)
_INFERRED = re.compile(r"[?？]|约|左右|推定|推断|前后|大约|可能|上下|c\.|ca\.")
_HAN_DIGIT = "〇○零一二三四五六七八九"
_YEAR = re.compile(rf"(?<![0-9])(?:1[89]|20|21)\d\d(?![0-9])|(?<![{_HAN_DIGIT}])[{_HAN_DIGIT}]{{4}}(?![{_HAN_DIGIT}])")
_SHORT_YEAR = re.compile(r"['’]?(\d\d)(?:年度?|[./-](?=\d{1,2}(?:[./-]|$)))(.*)")
_SLASHED = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_RANGE = re.compile(r"((?:1[89]|20)\d\d)\s*年?度?\s*(?:-|—|–|~|～|至|到)+\s*((?:1[89]|20)\d\d)(?!\d)")


@dataclass(frozen=True)
class Found:
    """A date read: `inferred` when marked as a guess, `doubt` a code: order, month, serial, short, impossible, range, unread."""

    date: PartialDate | None = None
    inferred: bool = False
    doubt: str = ""


@lru_cache(maxsize=8_192)
def is_unknown(text: str) -> bool:
    """Say whether a cell says that nothing is known: empty, 不详, 无, —, /."""
    return UNKNOWN.fullmatch(normalise(text).strip("（）() ")) is not None


def read_date(text: str, *, past: bool, order: str = "", two_digits: bool = False) -> Found:
    """Read one date cell; see `_read_date`."""
    return _read_date(text, isinstance(text, NumberText), past, order, two_digits)


@lru_cache(maxsize=16_384)
def _read_date(text: str, number: bool, past: bool, order: str, two_digits: bool) -> Found:
    """Read one date cell.

    `past` reads two-digit years as those of grown people (65年 → 1965); `order` is the answer "dmy" or "mdy" for
    03/04/2020; `two_digits` says that months in the column have two digits, so that the number 1975.1 means October.
    """
    if is_unknown(text):
        return Found()
    inferred = bool(_INFERRED.search(text))
    plain = re.sub(r"\s+", "", normalise(_INFERRED.sub("", text))).strip("()[]，,;。:")
    plain = re.sub(r"(?:出生|生于?|授予|表彰|年度?生|去世|逝世|卒)$", "", plain)
    plain = re.sub(r"T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", "", plain) or plain
    if is_unknown(plain):
        return Found()
    if number and re.fullmatch(r"(?:1[89]|20)\d\d\.1", plain):
        year = int(plain[:4])
        return Found(PartialDate(year, 10), inferred) if two_digits else Found(PartialDate(year), inferred, "month")
    slashed = _SLASHED.fullmatch(plain)
    if slashed:
        return _slashed(slashed, inferred, order)
    if _SERIAL.fullmatch(plain):
        days = int(float(plain))
        if 3_000 <= days <= 73_050:
            day = date(1899, 12, 30) + timedelta(days=days)
            return Found(PartialDate(day.year, day.month, day.day), inferred, "serial")
    found = to_date(plain)
    if found is None and re.fullmatch(r"(?:18|19|20)\d{4}00|(?:18|19|20)\d{2}00(?:00)?", plain):
        found = to_date(plain[:4] if plain[4:6] == "00" else plain[:6])
    short = _short_year(plain, past) if found is None else None
    if short is not None:
        return Found(short, inferred, "short")
    if found is None:
        year_only = to_date(re.sub(r"年[份初底末春夏秋冬中]?.*$", "年", plain)) if re.match(r"\d{4}年", plain) else None
        return Found(year_only, inferred, "impossible" if _YEAR.search(plain) else "unread")
    return Found(found, inferred)


def _slashed(match: re.Match[str], inferred: bool, order: str) -> Found:
    first, second, year = (int(part) for part in match.groups())
    if not 1800 <= year < 2200 or max(first, second) > 31 or min(first, second) < 1 or min(first, second) > 12:
        return Found(None, inferred, "impossible")
    if first > 12 or (second <= 12 and order == "dmy") or first == second:
        day, month = first, second
    elif second > 12 or order == "mdy":
        month, day = first, second
    else:
        return Found(PartialDate(year), inferred, "order")
    return Found(to_date(f"{year}-{month}-{day}"), inferred)


def _short_year(plain: str, past: bool) -> PartialDate | None:
    match = _SHORT_YEAR.fullmatch(plain)
    if match is None:
        return None
    short = int(match[1])
    this = date.today().year
    latest = this - 14 if past else this + 1
    year = 2000 + short if 2000 + short <= latest else 1900 + short
    rest = re.sub(r"[月./-]+", "-", match[2].strip("日号")).strip("-")
    return to_date(f"{year}-{rest}" if rest else str(year))


def in_future(when: PartialDate) -> bool:
    """Say whether a date lies after today; of one without month or day, whether all of it does."""
    today = date.today()
    return (when.year, when.month or 1, when.day or 1) > (today.year, today.month, today.day)


@dataclass(frozen=True)
class Years:
    """The years of a cell, oldest spelling first; `date` when the one year came with a month."""

    years: tuple[int, ...] = ()
    inferred: bool = False
    date: PartialDate | None = None
    doubt: str = ""
    unknown: bool = False


def read_years(text: str, order: str = "", two_digits: bool = False) -> Years:
    """Read the cell that says when an honour was given; see `_read_years`."""
    return _read_years(text, isinstance(text, NumberText), order, two_digits)


@lru_cache(maxsize=16_384)
def _read_years(text: str, number: bool, order: str, two_digits: bool) -> Years:
    """Read the cell that says when an honour was given; several years mean several honours (1956、1959)."""
    if is_unknown(text):
        return Years(unknown=bool(text.strip()))
    span = _RANGE.search(normalise(text))
    if span and int(span[2]) > int(span[1]):
        return Years((int(span[2]),), bool(_INFERRED.search(text)), None, "range")
    found = _read_date(text, number, False, order, two_digits)
    if found.date and found.doubt != "impossible":
        exact = found.date if found.date.month else None
        return Years((found.date.year,), found.inferred, exact, found.doubt)
    several = years_in(text)
    if several:
        pieces = [read_date(piece, past=False) for piece in re.split(r"[、,，;；\s和及/]+", text) if piece]
        whole = all(piece.date for piece in pieces) and len({piece.date.year for piece in pieces if piece.date}) > 1
        return Years(several, found.inferred, None, "" if whole or len(several) == 1 else "several")
    return Years((), found.inferred, None, found.doubt or "unread")


def years_in(text: str) -> tuple[int, ...]:
    """Return the years that a text names, each once, in its order: 2024, 二〇二〇, １９９８."""
    text = unicodedata_digits(text)
    years = []
    for match in _YEAR.findall(text):
        year = to_int(match)
        if year is not None and 1900 <= year < 2100 and year not in years:
            years.append(year)
    return tuple(years)


def unicodedata_digits(text: str) -> str:
    """Return the text with full-width digits made narrow, all else left."""
    return text.translate({0xFF10 + digit: str(digit) for digit in range(10)})
