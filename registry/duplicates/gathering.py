"""Fetching what is compared of many files, in a few queries a thousand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count

from registry.duplicates.evidence import Facts
from registry.honours.models import Conferral
from registry.organisations.models import Unit, UnitName
from registry.people.models import Honouree, OtherName, Post
from registry.people.private import PrivateFacts
from registry.text.likeness import CONTAINED, unit_core
from registry.text.normalise import fold

CHUNK = 1000
UNITS = 6
COLUMNS = (
    "pk", "kind", "name", "sex", "ethnicity", "born", "region", "native_place", "position", "unit", "unit_name",
)  # fmt: skip


def parts(keys: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Cut into pieces that a statement can name."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def facts_of(ids: Iterable[int]) -> dict[int, Facts]:
    """Return the facts of these files by key; files that are gone are left out."""
    found: dict[int, Facts] = {}
    for part in parts(set(ids)):
        found.update(_gather(part))
    return found


def _gather(ids: Sequence[int]) -> dict[int, Facts]:
    files = list(Honouree._base.filter(pk__in=ids).values(*COLUMNS))
    others: dict[int, list[str]] = defaultdict(list)
    written: dict[int, list[str]] = defaultdict(list)
    honours: dict[int, list[tuple[int, int]]] = defaultdict(list)
    certificates: dict[int, list[str]] = defaultdict(list)
    for pk, name in OtherName.objects.filter(honouree__in=ids).order_by("pk").values_list("honouree", "name"):
        others[pk].append(name)
    for pk, name in Post.objects.filter(honouree__in=ids).order_by("pk").values_list("honouree", "unit_name"):
        written[pk].append(name)
    given = Conferral._base.filter(honouree__in=ids).order_by("pk")
    for pk, title, year, unit, number in given.values_list(
        "honouree", "title", "year", "unit_name", "certificate_number"
    ):
        written[pk] += [unit] if unit else []
        honours[pk] += [(title, year)] if year else []
        certificates[pk] += [fold(number)] if fold(number) else []
    digests = dict(PrivateFacts._base.filter(honouree__in=ids).values_list("honouree", "identity_digest"))
    names = {file["pk"]: [file["unit_name"], *written[file["pk"]]] for file in files}
    nodes = _nodes(
        {fold(name)[:200] for several in names.values() for name in several}, {file["unit"] for file in files}
    )
    found = {}
    for file in files:
        pk = file["pk"]
        cores = dict.fromkeys(core for name in names[pk] if len(core := unit_core(name)) >= CONTAINED)
        known = {node for name in names[pk] for node in nodes.get(fold(name)[:200], ())} | nodes.get(
            file["unit"], set()
        )
        found[pk] = Facts(
            pk=pk,
            kind=file["kind"],
            name=file["name"],
            others=tuple(dict.fromkeys(others[pk])),
            sex=file["sex"],
            ethnicity=file["ethnicity"] or "",
            born=file["born"],
            region=file["region"] or "",
            native_place=file["native_place"],
            position=file["position"],
            digest=digests.get(pk) or "",
            units=frozenset(list(cores)[:UNITS]),
            nodes=frozenset(known),
            honours=frozenset(honours[pk]),
            certificates=frozenset(certificates[pk]),
        )
    return found


def _nodes(names: set[str], linked: set[int | None]) -> dict[Any, set[int]]:
    """Return which units of today stand behind folded unit names, present or former, and behind the keys of linked units."""
    found: dict[Any, set[int]] = defaultdict(set)
    for part in parts(names - {""}):
        for key, pk in Unit._base.filter(name_key__in=part).values_list("name_key", "pk"):
            found[key].add(pk)
        for key, pk in UnitName.objects.filter(name_key__in=part).values_list("name_key", "unit"):
            found[key].add(pk)
    for linked_pk in linked - {None}:
        found[linked_pk].add(linked_pk or 0)
    every = {pk for several in found.values() for pk in several}
    today = {pk: pk for pk in every}
    for part in parts(every):
        merged = Unit._base.filter(pk__in=part, merged_into__isnull=False).values_list("pk", "merged_into")
        today.update({pk: into for pk, into in merged if into})
    return {key: {today[pk] for pk in several} for key, several in found.items()}


def count_bearers(facts: Iterable[Facts]) -> None:
    """Say on each how many files bear its name."""
    facts = list(facts)
    names = {one.pk: fold(one.name)[:120] for one in facts}
    found: dict[str, int] = {}
    for part in parts(set(names.values()) - {""}):
        rows = Honouree._base.filter(name_key__in=part).order_by().values_list("name_key").annotate(Count("pk"))
        found.update(dict(rows))
    for one in facts:
        one.bearers = found.get(names[one.pk], 0)
