"""What an index holds: one document for each thing that can be found, with public facts only.

Every engine indexes the same `terms`: those of names and texts, and markers that no word can be mistaken for.

- `m_` a plain term that stands in a name, `f_` a fact to filter by (`f_k_individual`, `f_r_6401`), `f_all` everybody;
- `p_zha_` and `l_zw_` stand in a name by which something begins so: short beginnings are asked for too often, and are
  those of too many terms, to be gathered each time;
- `f_h_LEVEL_TITLE_YEAR` what is true of ONE honour, any of the three may be left out. Year, level and title chosen
  together therefore hold of one and the same honour, as `registry.honours.queries.filtered` has it, in both engines.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from registry.honours.queries import Filters
from registry.organisations.regions import region_prefix, wider_codes
from search.analysis import Alternative, Query, Term, Tier, name_tiers

LONGEST_TERM = 200
SHORT = 4  # letters of a beginning that is a term of its own
BEGUN = ("p_", "l_")
HONOUR_FACTS = ("level", "title", "year")
PLAIN_FACTS = ("kind", "region", "industry")
FACTS = (*HONOUR_FACTS, *PLAIN_FACTS)
SORTS = ("relevance", "year", "pinyin", "stroke")
EVERYTHING = "f_all"
HONOUREES = "f_honouree"
IMPOSSIBLE = "f_none"
_VALUE = re.compile(r"[a-z0-9_-]{1,80}")
_BITS_OF_ORDINAL = 40


@dataclass(frozen=True, order=True)
class Honour:
    """One honour in force: level, code of the title, year (0 when unknown)."""

    level: str
    title: str
    year: int = 0


@dataclass(frozen=True)
class SearchDocument:
    """One thing to be found. `key` is `honouree:12` or `page:5`; `version` grows with every reading of the facts (µs)."""

    key: str
    kind: str
    title: str
    url: str
    summary: str
    name_terms: tuple[str, ...]
    text_terms: tuple[str, ...]
    exact_keys: tuple[str, ...] = ()
    honours: tuple[Honour, ...] = ()
    region: str = ""
    industry: str = ""
    highest_rank: int = 0
    latest_year: int = 0
    pinyin_key: str = ""
    stroke_key: str = ""
    version: int = 0

    @cached_property
    def source(self) -> str:
        """Where it comes from: `honouree` or `page`."""
        return self.key.partition(":")[0]

    @cached_property
    def position(self) -> int:
        """Its place among equally good hits, smallest first: highest level, then latest honour, then the number.

        One whole number below 2^57, unique, so that an index kept in this order has its best hits in front.
        """
        number = int(self.key.partition(":")[2])
        ordinal = number * 2 + (self.source != "honouree")
        return ((7 - self.highest_rank) * 4096 + 4095 - self.latest_year) << _BITS_OF_ORDINAL | ordinal

    @cached_property
    def facets(self) -> dict[str, list[str]]:
        """What it is counted under: `{fact: [value]}`; a region also under the wider ones."""
        return {
            "kind": [self.kind],
            "region": list(wider_codes(self.region)),
            "industry": [self.industry] if self.industry else [],
            "level": sorted({honour.level for honour in self.honours}),
            "title": sorted({honour.title for honour in self.honours}),
            "year": sorted({str(honour.year) for honour in self.honours if honour.year}),
        }

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Everything an engine indexes, each term once, none longer than `LONGEST_TERM`."""
        plain = [fit("m_" + term) for term in self.name_terms if "_" not in term]
        words = map(fit, (*self.name_terms, *self.exact_keys, *self.text_terms))
        return tuple(dict.fromkeys([*words, *plain, *beginnings(self.name_terms), *self._facts()]))

    @cached_property
    def digest(self) -> str:
        """A fingerprint of everything but the version: equal means nothing changed."""
        # The terms stand for the fields that they are made of, and for the way they are made.
        made = ("version", "honours", "name_terms", "text_terms", "exact_keys")
        facts = [getattr(self, name) for name in self.__dataclass_fields__ if name not in made]
        held = [[honour.level, honour.title, honour.year] for honour in self.honours]
        text = json.dumps([*facts, held, self.terms], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _facts(self) -> list[str]:
        facts = [EVERYTHING, f"f_k_{self.kind}"]
        if self.source == "honouree":
            facts.append(HONOUREES)
        if self.industry:
            facts.append(f"f_i_{self.industry.lower()}")
        facts += [f"f_r_{region_prefix(code)}" for code in wider_codes(self.region)]
        for honour in self.honours:
            facts += [honour_term(*parts) for parts in combinations(honour)]
        return facts


def fit(term: str) -> str:
    """Cut a term to the length that every engine takes; query and index alike."""
    return term[:LONGEST_TERM]


def beginnings(name_terms: Iterable[str]) -> Iterable[str]:
    """Yield the terms that stand for the short beginnings of pinyin and initials."""
    for term in name_terms:
        if term.startswith(BEGUN):
            yield from (f"{term[:end]}_" for end in range(3, min(len(term), SHORT + 2) + 1))


def combinations(honour: Honour) -> Iterable[tuple[str, str, str]]:
    """Yield what can be asked of one honour: (level, title, year) with any but all of them left out."""
    year = str(honour.year) if honour.year else ""
    for mask in range(1, 8):
        parts = (honour.level if mask & 1 else "", honour.title if mask & 2 else "", year if mask & 4 else "")
        if not (mask & 4 and not year):
            yield parts


def honour_term(level: str, title: str, year: str) -> str:
    """Write a combination as one term."""
    return f"f_h_{level}_{title}_{year}".lower()


def filter_terms(filters: Filters) -> list[str]:
    """Return the terms a document must have under these filters; a value that can't exist gives one that nothing has."""
    found: list[str] = []
    chosen = filters.chosen()
    if any(not _VALUE.fullmatch(value.lower()) for value in chosen.values()):
        return [IMPOSSIBLE]
    if any(name in chosen for name in HONOUR_FACTS):
        year = year_of(filters)
        if year < 0:
            return [IMPOSSIBLE]
        found.append(honour_term(filters.level, filters.title, str(year) if year else ""))
    if filters.kind:
        found.append(f"f_k_{filters.kind.lower()}")
    if filters.region:
        found.append(f"f_r_{region_prefix(filters.region.lower())}")
    if filters.industry:
        found.append(f"f_i_{filters.industry.lower()}")
    return found


def year_of(filters: Filters) -> int:
    """Return the year asked for: 0 when none is, -1 when it can't be one."""
    text = filters.year
    if not text:
        return 0
    return (int(text) or -1) if text.isascii() and text.isdigit() and len(text) <= 4 else -1


def without(filters: Filters, fact: str) -> Filters:
    """Return the filters but one: what the counts of that fact are taken under."""
    return replace(filters, **{fact: ""})


@dataclass(frozen=True)
class Plan:
    """A query as every engine asks it: groups of alternatives, and the tiers hits are ordered by, best first."""

    groups: tuple[tuple[tuple[Term, ...], ...], ...]
    tiers: tuple[tuple[int, tuple[tuple[Term, ...], ...]], ...]


def plan(query: Query, *, names_only: bool = False) -> Plan:
    """Turn a parsed query into terms of `SearchDocument.terms`; an empty one asks for everything."""
    groups = tuple(_alternatives(group.any_of, names_only) for group in query.groups)
    return Plan(groups, tuple(_tier(tier) for tier in name_tiers(query)))


def _tier(tier: Tier) -> tuple[int, tuple[tuple[Term, ...], ...]]:
    return int(tier.rank), _alternatives(tier.any_of, True)


def _alternatives(any_of: Iterable[Alternative], names_only: bool) -> tuple[tuple[Term, ...], ...]:
    return tuple(tuple(_term(term, names_only) for term in alternative.all_of) for alternative in any_of)


def _term(term: Term, names_only: bool) -> Term:
    if term.prefix and term.text.startswith(BEGUN) and len(term.text) <= SHORT + 2:
        return Term(f"{term.text}_")
    marked = "m_" + term.text if names_only and "_" not in term.text else term.text
    return Term(fit(marked), term.prefix)
