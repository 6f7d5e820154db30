"""What the registry knows that a chunk of rows may touch, fetched once: a row costs no query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from registry.accounts.models import User
from registry.honours.models import Conferral, HonourTitle, TitleAlias
from registry.intake.matching import Candidate
from registry.organisations.models import Region, UnionNode, Unit, UnitName
from registry.organisations.regions import wider_codes
from registry.people.models import Ethnicity, Honouree, OtherName, PoliticalStatus, Post
from registry.text.normalise import fold


class Book:
    """Lookup tables for one chunk of rows."""

    def __init__(self, rows: Iterable[dict[str, Any]], *, actor: User, union: UnionNode) -> None:
        """Fetch everything these rows name. `rows` are dictionaries as `facts.facts_of` makes them."""
        rows = list(rows)
        self.actor, self.union = actor, union
        self.titles = titles_by_key()
        self.ethnicities = {row.name: row for row in Ethnicity.objects.all()}
        self.politics = {name: row for row in PoliticalStatus.objects.all() for name in (row.name, row.short_name)}
        self.regions = {row.pk: row for row in Region.objects.filter(pk__in={row["region_code"] for row in rows})}
        self.nodes = {
            node.region_id: node for node in UnionNode.objects.filter(kind="regional", is_active=True) if node.region_id
        }
        self.units = self._units({row["unit_key"] for row in rows if row["unit_key"]})
        self.candidates: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        self.files: dict[int, Honouree] = {}
        self.held: dict[int, list[Conferral]] = defaultdict(list)
        self._people({row["name_key"] for row in rows if row["name_key"]})

    def node_for(self, code: str) -> UnionNode | None:
        """The federation that keeps a region, or the nearest above it; None outside the tree."""
        for key in reversed(wider_codes(code)):
            if key in self.nodes:
                return self.nodes[key]
        return None

    def add(self, candidate: Candidate) -> None:
        """Let later rows find a file that an earlier row opens."""
        self.candidates[candidate.kind, fold(candidate.name)].append(candidate)

    def _units(self, keys: set[str]) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for part in parts(sorted(keys)):
            living = Unit.objects.visible_to(self.actor).filter(merged_into=None)
            former = UnitName.objects.filter(name_key__in=part, unit__in=living).select_related("unit__union")
            found.update({name.name_key: name.unit for name in former})
            units = living.filter(name_key__in=part)
            found.update({unit.name_key: unit for unit in units.select_related("union")})
        return found

    def _people(self, keys: set[str]) -> None:
        for part in parts(sorted(keys)):
            named = Q(name_key__in=part) | Q(pk__in=OtherName.objects.filter(name_key__in=part).values("honouree"))
            files = Honouree.objects.everywhere("matching; files of other unions are not shown").filter(named)
            for file in files.select_related("ethnicity", "union", "industry_union", "region", "political_status"):
                self.files[file.pk] = file
        pks = sorted(self.files)
        names: dict[int, set[str]] = defaultdict(set)
        posts: dict[int, set[str]] = defaultdict(set)
        for part in parts(pks):
            for other in OtherName.objects.filter(honouree__in=part):
                names[other.honouree_id].add(other.name_key)
            for post in Post.objects.filter(honouree__in=part):
                posts[post.honouree_id].add(fold(post.unit_name))
            for conferral in Conferral._base.filter(honouree__in=part).select_related("title"):
                self.held[conferral.honouree_id].append(conferral)
        spelled = self._spellings({file.unit_id for file in self.files.values() if file.unit_id})
        for file in self.files.values():
            candidate = self._candidate(file, posts[file.pk] | spelled[file.unit_id or 0])
            for key in {file.name_key, *names[file.pk]}:
                self.candidates[file.kind, key].append(candidate)

    @staticmethod
    def _spellings(units: set[int]) -> dict[int, set[str]]:
        """Return each unit's present and former names, folded."""
        found: dict[int, set[str]] = defaultdict(set)
        for part in parts(sorted(units)):
            for pk, key in Unit._base.filter(pk__in=part).values_list("pk", "name_key"):
                found[pk].add(key)
            for pk, key in UnitName.objects.filter(unit__in=part).values_list("unit", "name_key"):
                found[pk].add(key)
        return found

    def _candidate(self, file: Honouree, posts: set[str]) -> Candidate:
        held = self.held[file.pk]
        units = {fold(file.unit_name), *posts, *(fold(conferral.unit_name) for conferral in held)} - {""}
        return Candidate(
            kind=file.kind,
            name=file.name,
            pk=file.pk,
            sex=file.sex,
            ethnicity=file.ethnicity.name if file.ethnicity else "",
            born=file.born,
            region=file.region_id or "",
            unit=file.unit_name,
            paths=tuple(node.path for node in (file.union, file.industry_union) if node),
            units=units,
            honours={(conferral.title.name_key, conferral.year) for conferral in held},
            sources={conferral.source for conferral in held} - {""},
        )


def titles_by_key() -> dict[str, HonourTitle]:
    """Every award title by each of its folded spellings."""
    found = {alias.name_key: alias.title for alias in TitleAlias.objects.select_related("title")}
    found.update({title.name_key: title for title in HonourTitle.objects.all()})
    return found


def parts(things: list[Any], size: int = 500) -> Iterable[list[Any]]:
    """Cut a list so that a query never carries too many parameters."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
