"""Normal forms of Chinese text: one for reading on, one for matching, one for storing a name.

Conversion to simplified characters goes character by character, never by phrase: only so does any part of a text
have the normal form of its own letters (a search for 乾 finds 乾隆). `normalise` and `fold` are therefore forms to
compare, not to show; `clean_name` is the form to store and show and replaces no character by a variant.
"""

import re
import unicodedata
from functools import lru_cache

import opencc

MIDDLE_DOT = "·"
# Middle dots between the parts of a minority name, as lists really write them.
DOTS = "·•・．‧∙⋅●•･᛫⸱"
_DOT_BETWEEN = re.compile(rf"(?<=\w)\s*[{DOTS}]+\s*(?=\w)")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u3164]+")
# Ext A, URO, compatibility ideographs, 〇; planes 2 and 3 hold Ext B-J and the compatibility supplement.
HAN_CLASS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003fffd"
_HAN = re.compile(f"[{HAN_CLASS}]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_HAN_GAP = re.compile(f"(?<=[{HAN_CLASS}{MIDDLE_DOT}]) (?=[{HAN_CLASS}{MIDDLE_DOT}])")
_NOT_HAN = re.compile(f"[^{HAN_CLASS}\ue000-\uf8ff]+")
_SYMBOL = re.compile(r"[\W_]")
# Variants that the conversion table leaves alone though readers take them for the same character.
_VARIANTS = str.maketrans("爲眞淸靑衞溫説産戶閲啓敎晩呉", "为真清青卫温说产户阅启教晚吴")


def is_han(character: str) -> bool:
    """Say whether one character is a Han ideograph: URO, Ext A to J, compatibility ideographs, 〇."""
    return _HAN.fullmatch(character) is not None


@lru_cache(maxsize=1)
def simplified_table() -> dict[int, str]:
    """Return code point → simplified character, for those that change; read once from OpenCC's t2s."""
    codes = [*range(0x3400, 0xA000), *range(0x20000, 0x2EBE1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(map(chr, codes))).split("\n")
    table = {code: new for code, new in zip(codes, converted, strict=True) if chr(code) != new and len(new) == 1}
    table.update({code: chr(new) if isinstance(new, int) else new for code, new in _VARIANTS.items()})
    return table


def simplify(text: str) -> str:
    """Write each traditional character as its simplified one: 勞動模範 → 劳动模范."""
    return text if text.isascii() else text.translate(simplified_table())


def normalise(text: str) -> str:
    """Return the form to compare running text in: NFKC, simplified, half-width, white space collapsed, no controls.

    Case and punctuation stay. Idempotent.
    """
    text = _SELECTORS.sub("", unicodedata.normalize("NFKC", text)).translate(simplified_table())
    return _SPACE.sub(" ", text).strip()


def _kept(match: re.Match[str]) -> str:
    character = match[0]
    keep = is_han(character) or unicodedata.category(character) in ("Mn", "Mc", "Co")
    return character if keep else ""


def fold(text: str) -> str:
    """Return the key two spellings of one name share: normalised, lower case, no spaces, punctuation or symbols.

    `買買提・尼亞孜` and `买买提·尼亚孜` fold to the same. Empty when nothing but punctuation was there.
    """
    return _SYMBOL.sub(_kept, normalise(text).lower())


def clean_name(text: str) -> str:
    """Return a name as it is stored and shown: `张　三` → `张三`, `A  B` → `A B`, `买提•尼亚孜` → `买提·尼亚孜`.

    Full-width letters and digits become half-width, Chinese punctuation stays; Han characters stay exactly as written,
    rare, traditional and compatibility ones and those of the private use area included.
    """
    text = _DOT_BETWEEN.sub(MIDDLE_DOT, _SELECTORS.sub("", text))
    text = _NOT_HAN.sub(_half_width, text)
    text = _DOT_BETWEEN.sub(MIDDLE_DOT, _SPACE.sub(" ", text).strip())
    return _HAN_GAP.sub("", text)


def _half_width(match: re.Match[str]) -> str:
    # Chinese punctuation keeps its width: NFKC would turn the brackets of 银川市（集团） into ASCII ones.
    return "".join(
        character if character in "（），。：；！？、“”‘’《》「」—…" else unicodedata.normalize("NFKC", character)
        for character in unicodedata.normalize("NFC", match[0])
    )
