"""Counts made readable: labels in the visitor's language, addresses, the chosen one marked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cms.pages.shapes import Facet, FacetGroup, Tally
from cms.pages.tallies import TIMEOUT
from registry.honours.enums import RANK, Level
from registry.honours.models import HonourTitle
from registry.honours.queries import Filters, region_prefix
from registry.organisations.models import Industry, Region
from registry.people.enums import Kind

DIRECTORY = "/honourees/"
GROUPS = {
    "kind": _("Person or collective"),
    "level": _("Level"),
    "year": _("Year"),
    "region": _("Region"),
    "title": _("Honour"),
    "industry": _("Industry"),
}
Names = dict[str, dict[str, str]]


def names() -> Names:
    """Return what every value of every fact is called, in the visitor's language; read once a minute."""
    language = get_language() or ""
    key = f"pages:names:{language}"
    found: Names | None = cache.get(key)
    if found is None:
        found = _read_names(english=language.startswith("en"))
        # Nothing is kept before the reference data is there.
        if found["region"]:
            cache.set(key, found, TIMEOUT)
    return found


def _read_names(*, english: bool) -> Names:
    titles = HonourTitle.objects.values_list("code", "name", "name_en")
    industries = Industry.objects.values_list("code", "name", "name_en")
    return {
        "kind": {value: str(label) for value, label in Kind.choices},
        "level": {value: str(label) for value, label in Level.choices},
        "region": dict(Region.objects.values_list("code", "name")),
        "title": {code: english_name if english and english_name else name for code, name, english_name in titles},
        "industry": {code: english_name if english else name for code, name, english_name in industries},
    }


def label_of(fact: str, value: str, known: Names) -> str:
    """Name one value; a made-up one stands for itself."""
    if fact == "year":
        return gettext("year %(year)s") % {"year": value}
    return known.get(fact, {}).get(value, value)


def link(filters: Filters, **more: str) -> str:
    """Return the address of the directory under these filters."""
    wanted = {**filters.chosen(), **{name: value for name, value in more.items() if value}}
    return f"{DIRECTORY}?{urlencode(wanted)}" if wanted else DIRECTORY


def groups(filters: Filters, counted: Tally | None, everything: Tally, *, sort: str = "") -> list[FacetGroup]:
    """Return the filters with their counts; without counts (`counted` is None) the values of the whole register stand alone."""
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


def ways_in(everything: Tally, fact: str) -> list[Facet]:
    """Return the ways into the register by one fact, for the front page."""
    known, nothing = names(), Filters()
    counts = _regions(everything.counts[fact], "") if fact == "region" else everything.counts[fact]
    return [
        _facet(fact, value, number, nothing, known, "")
        for value, number in sorted(counts.items(), key=_ordering(fact, known))
    ]


def _facet(fact: str, value: str, number: int | str, filters: Filters, known: Names, sort: str) -> Facet:
    selected = getattr(filters, fact) == value
    url = link(replace(filters, **{fact: "" if selected else value}), sort=sort)
    label = value if fact == "year" else label_of(fact, value, known)
    return Facet(value, label, number, url, selected)


def _regions(counts: dict[str, int], chosen: str) -> dict[str, int]:
    """Sum up to provinces; below a chosen region, its children; the chosen one and those above it stay."""
    shown: dict[str, int] = {}
    for code, number in counts.items():
        for wider in {code[:2] + "0000", code[:4] + "00", code}:
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
