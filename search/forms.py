"""What a visitor may ask, made harmless."""

import unicodedata
from dataclasses import dataclass

from django.http import QueryDict

from registry.honours.queries import Filters
from search.analysis import MAX_CHARACTERS
from search.documents import FACTS, SORTS

LONGEST = 80


@dataclass(frozen=True)
class Asked:
    """A search as the address says it; what makes no sense counts as nothing."""

    text: str
    filters: Filters
    sort: str
    cursor: str


def read(data: QueryDict) -> Asked:
    """Read an address. Never raises."""
    sort = data.get("sort", "")
    return Asked(
        text=_plain(data.get("q", "")[: 4 * MAX_CHARACTERS])[:MAX_CHARACTERS].strip(),
        filters=Filters(**{name: _value(data.get(name, "")) for name in FACTS}),
        sort=sort if sort in SORTS else "relevance",
        cursor=data.get("cursor", "")[:2000],
    )


def _plain(text: str) -> str:
    return "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)


def _value(text: str) -> str:
    plain = _plain(text[: LONGEST + 1]).strip()
    return plain if len(plain) <= LONGEST else ""
