"""The official order of names on a list, 以姓氏笔画为序, as keys that sort as plain strings (`data/README.md`)."""

from functools import lru_cache
from importlib.resources import files

from registry.text.normalise import clean_name, is_han

UNKNOWN = 99
_COUNT_BASE = 40
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Ranks of characters without a known sequence begin here, after every known one: the first of "1000" in base 36.
_AFTER_KNOWN = 36**3


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, tuple[int, int]], list[tuple[int, str]]]:
    """Return character → (count, rank within the count), and the runs (first code point, counts) of all others."""
    ranked: dict[str, tuple[int, int]] = {}
    runs = []
    for line in (files("registry.text") / "data" / "strokes.txt").read_text("utf-8").split("\n"):
        head, _, body = line.partition(" ")
        if head.startswith("="):
            ranked.update((character, (int(head[1:]), rank)) for rank, character in enumerate(body))
        elif head.startswith("+"):
            runs.append((int(head[1:], 16), body))
    return ranked, runs


def strokes(character: str) -> int:
    """Return the number of strokes of one Han character as written on the mainland, 99 when unknown."""
    ranked = _data()[0].get(character)
    return ranked[0] if ranked else _counted(ord(character))


def _counted(point: int) -> int:
    for start, counts in _data()[1]:
        if start <= point < start + len(counts):
            count = ord(counts[point - start]) - _COUNT_BASE
            return count if count > 0 else UNKNOWN
    return UNKNOWN


def _base36(number: int) -> str:
    return "".join(_DIGITS[number // 36**power % 36] for power in (3, 2, 1, 0))


def _is_ideograph(character: str) -> bool:
    """Say whether it is Han or of the private use area, where systems before Unicode 5 put rare characters of names."""
    return is_han(character) or 0xE000 <= ord(character) < 0xF900


@lru_cache(maxsize=20_000)
def _key(character: str) -> str:
    """Return 6 characters: strokes (2 digits; 00 for letters and digits), then the order within them in base 36."""
    ranked = _data()[0].get(character)
    if ranked:
        return f"{ranked[0]:02}{_base36(ranked[1])}"
    if not _is_ideograph(character):
        return f"00{_base36(ord(character))}"
    return f"{_counted(ord(character)):02}{_base36(_AFTER_KNOWN + ord(character))}"


def stroke_key(name: str) -> str:
    """Return the key that sorts names by strokes: [0-9a-z] only, 6 signs per letter, so every collation sorts it alike.

    Order: strokes of the first character, its strokes by 横竖撇点折, then one-character given names before longer ones,
    then the following characters in the same way. Names in letters or digits come first. Punctuation doesn't count.
    """
    letters = [letter for letter in clean_name(name).lower() if letter.isalnum() or _is_ideograph(letter)]
    if not letters:
        return ""
    return _key(letters[0]) + "0123"[min(len(letters) - 1, 2)] + "".join(map(_key, letters[1:]))
