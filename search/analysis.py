"""The one text pipeline of search: what goes into an index and what a visitor's words ask of it, for every engine.

Alphabet of terms. A term never holds white space or punctuation other than `_`, is lower case, and stays one token in
FTS5 with `tokenize="unicode61 remove_diacritics 0 tokenchars '_'"`, as a quoted lexeme of a tsvector and in
Elasticsearch's `whitespace` analyzer:

- Han bigrams and single characters, Latin words and numbers: as they are (`王进`, `王`, `2024`), in names and in text;
- of names only: `n_` whole folded name, `w_` whole pinyin, `i_` whole initials (for exact hits), `p_` pinyin from each
  syllable on (searched by prefix while one types), `l_` initials likewise, `s_` one syllable. One letter and `_`, so that
  no word asked for by its beginning (two letters at least) runs into them.

Accents are dropped, letters beyond a-z escaped (`u6ab`), as the engines' Unicode tables differ there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import pairwise

from registry.text.normalise import HAN_CLASS, fold, normalise
from registry.text.pinyin import initials_of, name_readings, plain

MAX_CHARACTERS = 100
MAX_GROUPS = 16
WINDOW = 6  # syllables that a search may begin with inside a long name
_HAN = f"{HAN_CLASS}\ue000-\uf8ff々"
_RUN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_HAN_RUN = re.compile(f"[{_HAN}]+")
_ESCAPED = re.compile(f"[^a-z0-9{_HAN}]")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ`](?=[^\W\d_])")
_FINALS = (
    "a|o|e|ai|ei|ao|ou|an|en|ang|eng|er|i|ia|ie|iao|iu|ian|in|iang|ing|u|ua|uo|uai|ui|uan|un|uang|ong|ue|iong|v|ve|yu"
)
_SYLLABLE = re.compile(f"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:{_FINALS})")
# What may be one syllable or two: xian is 先 or 西安.
_TWO = re.compile(f"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)(?:{_FINALS})(?:a|ai|an|ang|ao|e|ei|en|eng|er|o|ou)")


class Kind(StrEnum):
    """What a field holds: the name of somebody or something, or running text."""

    NAME = "name"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the index; with `prefix` every term that begins so."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms of which a document has to have all, in whichever field."""

    all_of: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One word as typed: a document has to satisfy at least one alternative."""

    word: str
    any_of: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor typed: a document has to satisfy every group. `text` is the cleaned input, `words` its words."""

    text: str
    words: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing to search for was typed."""
        return not self.groups

    @property
    def joined(self) -> str:
        """All words in one, to compare with a whole name."""
        return "".join(self.words)


class Rank(IntEnum):
    """How well a hit's names fit, best first."""

    EXACT = 0
    PREFIX = 1
    CONTAINS = 2
    PINYIN = 3
    TEXT = 4


@dataclass(frozen=True, slots=True)
class Tier:
    """A rank and what a document has to have, in its NAME fields, to be in it; a document's rank is its best tier."""

    rank: Rank
    any_of: tuple[Alternative, ...]


def _safe(word: str) -> str:
    return word if word.isascii() else _ESCAPED.sub(lambda match: f"u{ord(match[0]):x}", word)


def _is_han(run: str) -> bool:
    return _HAN_RUN.match(run) is not None


def _latin(run: str) -> str:
    return _safe(plain(run))


def _bigrams(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def index_terms(kind: Kind, text: str) -> list[str]:
    """Return the terms of one field's text. NAME: each once. TEXT: in order, repeated as often as they occur."""
    return _name_terms(text) if kind == Kind.NAME else _text_terms(text)


def _text_terms(text: str) -> list[str]:
    terms: list[str] = []
    end = -1  # where the run before ended, to see whether two runs touch
    before: str | None = None
    for match in _RUN.finditer(_APOSTROPHE.sub("", normalise(text).lower())):
        run, touches = match[0], match.start() == end
        if not _is_han(run):
            # `第3`, `2024年`: the neighbours of a number are asked for as single characters.
            terms += [before[-1]] if touches and before and len(before) > 1 else []
            terms.append(_latin(run))
            before = None
        else:
            terms += [run[0]] if touches and len(run) > 1 else []
            terms += _bigrams(run) or [run]
            before = run
        end = match.end()
    return terms


def _name_terms(name: str) -> list[str]:
    folded = fold(name)
    if not folded:
        return []
    terms: list[str] = ["n_" + _safe(plain(folded))]
    for run in _HAN_RUN.findall(folded):
        terms += run
        terms += _bigrams(run)
    if not _HAN_RUN.fullmatch(folded):
        terms += [_latin(run) for run in _RUN.findall(_APOSTROPHE.sub("", normalise(name).lower())) if not _is_han(run)]
    for reading in name_readings(_APOSTROPHE.sub("", name)):
        terms += _reading_terms(tuple(map(_safe, reading)))
    return list(dict.fromkeys(terms))


def _reading_terms(reading: tuple[str, ...]) -> list[str]:
    full, letters = "".join(reading), initials_of(reading)
    terms = ["w_" + full, "i_" + letters, "p_" + full, "l_" + letters]
    count = len(reading)
    for start, syllable in enumerate(reading):
        terms.append("s_" + syllable)
        if start:
            terms.append("p_" + "".join(reading[start : start + WINDOW]))
            if start < count - 1:
                terms.append("l_" + initials_of(reading[start : start + 2 * WINDOW]))
    return terms


def exact_keys(name: str) -> list[str]:
    """Return the terms that stand for the whole of a name: folded name, then pinyin and initials of each reading."""
    return [term for term in _name_terms(name) if term.startswith(("n_", "w_", "i_"))]


def parse_query(text: str) -> Query:
    """Read what a visitor typed. Never raises; takes 100 characters and 16 words at most, whatever else there was."""
    text = normalise(text[: 4 * MAX_CHARACTERS])[:MAX_CHARACTERS].strip()
    runs = _RUN.findall(_APOSTROPHE.sub("", text.lower()))[:MAX_GROUPS]
    words = tuple(run if _is_han(run) else _latin(run) for run in runs)
    last = len(words) - 1
    groups = tuple(Group(word, _alternatives(word, typing=place == last)) for place, word in enumerate(words) if word)
    return Query(text, tuple(word for word in words if word), groups)


def _alternatives(word: str, *, typing: bool) -> tuple[Alternative, ...]:
    """Return what a word may mean; `typing` says that it is the last one and perhaps not finished."""
    if _is_han(word):
        return (Alternative(tuple(Term(part) for part in dict.fromkeys(_bigrams(word) or [word]))),)
    if word.isdigit():
        return (Alternative((Term(word),)),)
    if not typing and _SYLLABLE.fullmatch(word) and not _TWO.fullmatch(word):
        terms = [Term("s_" + word), Term(word)]
    else:
        terms = [
            Term("p_" + word, prefix=True),
            Term("l_" + word, prefix=True),
            Term(word, prefix=typing and len(word) > 1),
        ]
    return tuple(Alternative((term,)) for term in terms)


def name_tiers(query: Query) -> tuple[Tier, ...]:
    """Return the tiers of a query, best first, for engines that rank by their index; other hits are `Rank.TEXT`."""
    if query.is_empty:
        return ()
    whole = query.joined
    tiers = [
        Tier(Rank.EXACT, (Alternative((Term("n_" + whole),)),)),
        Tier(Rank.PREFIX, (Alternative((Term("n_" + whole, prefix=True),)),)),
    ]
    if _HAN_RUN.search(whole):
        if len(query.groups) == 1:
            tiers.append(Tier(Rank.CONTAINS, query.groups[0].any_of))
    else:
        tiers.append(Tier(Rank.PINYIN, tuple(Alternative((Term(key + whole),)) for key in ("w_", "i_"))))
    return tuple(tiers)


def rank_names(query: Query, names: Iterable[str]) -> Rank:
    """Return how well the best of a hit's names and aliases fits: what `name_tiers` says, without an index."""
    return min((_rank(query, name) for name in names), default=Rank.TEXT)


def _rank(query: Query, name: str) -> Rank:
    if query.is_empty:
        return Rank.TEXT
    keys = set(_name_terms(name))
    whole = "n_" + query.joined
    if whole in keys:
        return Rank.EXACT
    if any(key.startswith(whole) for key in keys):
        return Rank.PREFIX
    for tier in name_tiers(query)[2:]:
        if any(all(term.text in keys for term in alternative.all_of) for alternative in tier.any_of):
            return tier.rank
    return Rank.TEXT


def matches(query: Query, terms: Iterable[str]) -> bool:
    """Say whether a document with these terms satisfies the query: the meaning engines have to reproduce."""
    have = set(terms)

    def has(term: Term) -> bool:
        return term.text in have or (term.prefix and any(other.startswith(term.text) for other in have))

    return not query.is_empty and all(
        any(all(has(term) for term in alternative.all_of) for alternative in group.any_of) for group in query.groups
    )


@lru_cache(maxsize=20_000)
def _letter(character: str) -> str:
    """Fold one character of a text being highlighted; a blank stands for what parts words."""
    folded = _safe("".join(_RUN.findall(plain(normalise(character).lower()))))
    return folded or " "


def highlight(text: str, query: Query, kind: Kind = Kind.TEXT) -> list[tuple[str, bool]]:
    """Cut a text into segments, each with whether it matches the query. They join to the very text: no markup is added.

    Han words match as a whole or else by their bigrams, Latin ones at the beginning of a word; with `Kind.NAME` pinyin
    and initials too.
    """
    folded, origin = "", []
    for place, character in enumerate(text):
        letters = _letter(character)
        if letters != " " or kind == Kind.TEXT or not folded.strip() or folded[-1].isascii():
            folded += letters
            origin += [place] * len(letters)
    marked: set[int] = set()
    for word in query.words:
        found = _found(folded, word) or (_found_bigrams(folded, word) if _is_han(word) else set())
        if not found and kind == Kind.NAME and not _is_han(word):
            marked |= _found_pinyin(text, word)
        marked |= {origin[place] for place in found}
    return _segments(text, marked)


def _found(folded: str, word: str) -> set[int]:
    pattern = re.escape(word) if _is_han(word) else rf"(?<![^\W{_HAN}]){re.escape(word)}"
    return {place for match in re.finditer(pattern, folded) for place in range(*match.span())}


def _found_bigrams(folded: str, word: str) -> set[int]:
    return {place for pair in _bigrams(word) for place in _found(folded, pair)}


def _found_pinyin(name: str, word: str) -> set[int]:
    """Return the places in a name whose pinyin, else whose initials, begin with the word; the first such."""
    units: list[range] = []
    for match in _RUN.finditer(name):
        span = range(*match.span())
        units += [range(place, place + 1) for place in span] if _is_han(match[0]) else [span]
    readings = [reading for reading in name_readings(name) if len(reading) == len(units)]
    for by_letter in (False, True):
        for reading in readings:
            parts = [syllable if not by_letter else initials_of((syllable,)) for syllable in reading]
            for start in range(len(parts)):
                stop, joined = start, ""
                while stop < len(parts) and len(joined) < len(word):
                    joined += parts[stop]
                    stop += 1
                if joined.startswith(word):
                    return {place for unit in units[start:stop] for place in unit}
    return set()


def _segments(text: str, marked: set[int]) -> list[tuple[str, bool]]:
    segments: list[tuple[str, bool]] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (place in marked) != (start in marked):
            segments.append((text[start:place], start in marked))
            start = place
    return segments
