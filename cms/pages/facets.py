"""Counts made readable: labels in the visitor's language, addresses, the chosen one marked."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language

from cms.pages.shapes import Tally
from registry.honours.enums import RANK
from registry.honours.queries import Filters
from registry.organisations.regions import region_prefix, wider_codes
from registry.people.enums import Kind
from search.labels import GROUPS, SECONDS, Names, label_of, names
from search.lists import FacetGroup, FacetValue

DIRECTORY = "/honourees/"


def link(filters: Filters, **more: str) -> str:
    """Return the address of the directory under these filters."""
    wanted = {**filters.chosen(), **{name: value for name, value in more.items() if value}}
    return f"{DIRECTORY}?{urlencode(wanted)}" if wanted else DIRECTORY


def groups(filters: Filters, counted: Tally | None, everything: Tally, *, sort: str = "") -> list[FacetGroup]:
    """Return the filters with their counts; without counts (`counted` is None) the values of the whole register stand alone."""
    return _groups(filters, counted, everything, sort, get_language() or "", int(time.time()) // SECONDS)


@lru_cache(maxsize=64)
def _groups(
    filters: Filters, counted: Tally | None, everything: Tally, sort: str, _language: str, _minute: int
) -> list[FacetGroup]:
    known = names()
    found = []
    for fact, heading in GROUPS.items():
        chosen = getattr(filters, fact)
        counts: dict[str, Any] = dict((counted or everything).counts[fact])
        if fact == "region":
            counts = _regions(counts, chosen)
        elif chosen and chosen not in counts and chosen in known.get(fact, {chosen: ""}):
            counts[chosen] = 0
        values = [
            _facet(fact, value, "" if counted is None else number, filters, known, sort)
            for value, number in sorted(counts.items(), key=_ordering(fact, known))
        ]
        found.append(FacetGroup(fact, str(heading), values if len(values) > 1 or chosen else []))
    return found


def ways_in(everything: Tally, fact: str) -> list[FacetValue]:
    """Return the ways into the register by one fact, for the front page."""
    known, nothing = names(), Filters()
    counts = _regions(everything.counts[fact], "") if fact == "region" else everything.counts[fact]
    return [
        _facet(fact, value, number, nothing, known, "")
        for value, number in sorted(counts.items(), key=_ordering(fact, known))
    ]


def _facet(fact: str, value: str, number: int | str, filters: Filters, known: Names, sort: str) -> FacetValue:
    selected = getattr(filters, fact) == value
    url = link(replace(filters, **{fact: "" if selected else value}), sort=sort)
    label = value if fact == "year" else label_of(fact, value, known)
    return FacetValue(value, label, number, url, selected)


def _regions(counts: dict[str, int], chosen: str) -> dict[str, int]:
    """Sum up to provinces; below a chosen region, its children; the chosen one and those above it stay."""
    shown: dict[str, int] = {}
    for code, number in counts.items():
        for wider in wider_codes(code):
            is_province = wider.endswith("0000")
            parent = wider[:2] + "0000" if wider.endswith("00") else wider[:4] + "00"
            if is_province or chosen in (wider, parent) or (chosen and chosen[:4] + "00" == wider):
                shown[wider] = shown.get(wider, 0) + number
    if chosen and chosen not in shown and len(chosen) == 6 and chosen.isdigit():
        prefix = region_prefix(chosen)
        shown[chosen] = sum(number for code, number in counts.items() if code.startswith(prefix))
    return shown


def _ordering(fact: str, known: Names) -> Callable[[tuple[str, Any]], Any]:
    if fact == "year":
        return lambda item: (-int(item[0]) if item[0].isdigit() else 0, item[0])
    if fact == "level":
        return lambda item: (-RANK.get(item[0], 0), item[0])
    if fact == "kind":
        return lambda item: Kind.values.index(item[0]) if item[0] in Kind.values else 9
    return lambda item: (-int(item[1] or 0), item[0])
