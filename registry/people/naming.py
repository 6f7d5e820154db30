"""What is derived from a name when a file is written: folded key, sort keys, public address."""

import secrets
from typing import Any

from registry.text.normalise import clean_name, fold
from registry.text.pinyin import name_readings, sort_key
from registry.text.strokes import stroke_key

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """Return a new file number: 8 characters without look-alikes, about 10^12 of them."""
    number, signs = secrets.randbelow(len(ALPHABET) ** 8), []
    for _ in range(8):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)


def apply_name(file: Any, name: str) -> None:
    """Set a file's name with everything derived from it; the address is set once and stays."""
    file.name = clean_name(name)
    file.name_key = fold(file.name)[:120]
    file.pinyin_key = sort_key(file.name)[:400]
    file.stroke_key = stroke_key(file.name)[:400]
    if not file.slug:
        readable = "-".join(
            "".join(part for part in syllable if part.isascii()) for syllable in name_readings(file.name)[0]
        )
        readable = "-".join(part for part in readable.lower().split("-") if part.isalnum())[:80].strip("-")
        file.slug = f"{readable}-{file.code}" if readable else file.code
