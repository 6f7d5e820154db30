"""What the filters and their values are called, and where their links lead."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from registry.honours.enums import RANK, Level
from registry.honours.models import HonourTitle
from registry.honours.queries import Filters
from registry.organisations.models import Industry, Region
from registry.people.enums import Kind
from search.engines.base import Facets
from search.lists import FacetGroup, FacetValue

ADDRESS = "/search/"
PAGE = "page"
SECONDS = 60
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
    key = f"search:names:{language}"
    found: Names | None = cache.get(key)
    if found is None:
        found = _read(english=language.startswith("en"))
        # Nothing is kept before the reference data is there.
        if found["region"]:
            cache.set(key, found, SECONDS)
    return found


def _names_of_hits() -> Names:
    """The same, with the kind that only search has: pages."""
    known = names()
    return {**known, "kind": {**known["kind"], PAGE: gettext("Article")}}


def _read(*, english: bool) -> Names:
    titles = HonourTitle.objects.values_list("code", "name", "name_en")
    industries = Industry.objects.values_list("code", "name", "name_en")
    return {
        "kind": {value: str(label) for value, label in Kind.choices},
        "level": {value: str(label) for value, label in Level.choices},
        "region": dict(Region.objects.values_list("code", "name")),
        "title": {code: translated if english and translated else name for code, name, translated in titles},
        "industry": {code: translated if english else name for code, name, translated in industries},
    }


def label_of(fact: str, value: str, known: Names) -> str:
    """Name one value; a made-up one stands for itself."""
    if fact == "year":
        return gettext("year %(year)s") % {"year": value}
    return known.get(fact, {}).get(value, value)


def link(text: str, filters: Filters, **more: str) -> str:
    """Return the address of a search."""
    wanted = {"q": text, **filters.chosen(), **more}
    asked = {name: value for name, value in wanted.items() if value}
    return f"{ADDRESS}?{urlencode(asked)}" if asked else ADDRESS


def groups(text: str, filters: Filters, counts: Facets, sort: str) -> list[FacetGroup]:
    """Return the filters with their counts; those with nothing to choose stay empty."""
    known = _names_of_hits()
    found = []
    for fact, heading in GROUPS.items():
        chosen = getattr(filters, fact)
        numbers = dict(counts.get(fact, {}))
        if fact == "region":
            numbers = _near(numbers, chosen)
        if chosen and chosen not in numbers and (fact == "year" or chosen in known[fact]):
            numbers[chosen] = 0
        values = [
            FacetValue(
                value,
                value if fact == "year" else label_of(fact, value, known),
                number,
                link(text, replace(filters, **{fact: "" if value == chosen else value}), sort=sort),
                value == chosen,
            )
            for value, number in sorted(numbers.items(), key=_ordering(fact))
        ]
        found.append(FacetGroup(fact, str(heading), values if len(values) > 1 or chosen else []))
    return found


def chips(text: str, filters: Filters, sort: str) -> list[tuple[str, str]]:
    """Return every chosen filter with the address that leaves it out."""
    known = _names_of_hits() if filters.chosen() else {}
    return [
        (label_of(fact, value, known), link(text, replace(filters, **{fact: ""}), sort=sort))
        for fact, value in filters.chosen().items()
    ]


def _near(numbers: dict[str, int], chosen: str) -> dict[str, int]:
    """Keep the provinces, the chosen region with those above it, and what lies just below it."""
    return {
        code: number
        for code, number in numbers.items()
        if code.endswith("0000") or (chosen and (code == chosen or chosen in _wider(code) or code in _wider(chosen)))
    }


def _wider(code: str) -> tuple[str, ...]:
    if code.endswith("0000"):
        return ()
    return (code[:2] + "0000",) if code.endswith("00") else (code[:4] + "00",)


def _ordering(fact: str) -> Callable[[tuple[str, int]], Any]:
    if fact == "year":
        return lambda item: -int(item[0]) if item[0].isascii() and item[0].isdigit() else 0
    if fact == "level":
        return lambda item: (-RANK.get(item[0], 0), item[0])
    if fact == "kind":
        order = [*Kind.values, PAGE]
        return lambda item: order.index(item[0]) if item[0] in order else len(order)
    return lambda item: (-item[1], item[0])
