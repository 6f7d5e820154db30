"""What the registry knows that a chunk of rows may touch, fetched once: a row costs no query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from registry.accounts.models import User
from registry.honours.models import Conferral, HonourTitle, TitleAlias
from registry.intake.matching import Candidate
from registry.intake.models import IntakeRow
from registry.intake.private import Holders
from registry.organisations.models import Region, UnionNode, Unit, UnitName
from registry.organisations.regions import wider_codes
from registry.people.models import Ethnicity, Honouree, OtherName, PoliticalStatus, Post
from registry.people.private import PrivateFacts
from registry.text.normalise import fold


class Book:
    """Lookup tables for one chunk of rows after the other."""

    def __init__(self, rows: Iterable[IntakeRow], *, actor: User, union: UnionNode) -> None:
        """Fetch what every list needs, and everything these rows name."""
        self.actor, self.union = actor, union
        self.titles = titles_by_key()
        self.ethnicities = {row.name: row for row in Ethnicity.objects.all()}
        self.politics = {name: row for row in PoliticalStatus.objects.all() for name in (row.name, row.short_name)}
        self.nodes = {
            node.region_id: node for node in UnionNode.objects.filter(kind="regional", is_active=True) if node.region_id
        }
        self.regions: dict[str, Region] = {}
        self.units: dict[str, Any] = {}
        self.candidates: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        self.files: dict[int, Honouree] = {}
        self.held: dict[int, list[Conferral]] = defaultdict(list)
        # Who has a number: the candidate of an identity digest; of a phone digest, the file or the row (as a negative number).
        self.numbers: dict[str, Candidate] = {}
        self.phones: dict[str, int] = {}
        self.private: dict[int, PrivateFacts] = {}
        self._asked: dict[str, set[str]] = defaultdict(set)
        self._nodes_of: dict[str, UnionNode | None] = {}
        self.fetch(rows)

    def fetch(self, staged: Iterable[IntakeRow]) -> None:
        """Fetch everything that further rows name and that isn't here yet."""
        staged = list(staged)
        rows = [row.data for row in staged]
        codes = self._new("region", (row["region_code"] for row in rows))
        self.regions |= {row.pk: row for row in Region.objects.filter(pk__in=codes)} if codes else {}
        self.units |= self._units(self._new("unit", (row["unit_key"] for row in rows)))
        holders = Holders(staged)
        for phone, file in holders.by_phone.items():
            self.phones.setdefault(phone, file)
        names = self._new("name", (row["name_key"] for row in rows))
        self._people(names, holders.by_identity, any(row.private is not None for row in staged))

    def _new(self, what: str, keys: Iterable[str]) -> set[str]:
        """Return the keys that weren't asked for yet."""
        found = {key for key in keys if key} - self._asked[what]
        self._asked[what] |= found
        return found

    def node_for(self, code: str) -> UnionNode | None:
        """The federation that keeps a region, or the nearest above it; None outside the tree."""
        if code not in self._nodes_of:
            near = (self.nodes[key] for key in reversed(wider_codes(code)) if key in self.nodes)
            self._nodes_of[code] = next(near, None)
        return self._nodes_of[code]

    def add(self, candidate: Candidate) -> None:
        """Let later rows find a file that an earlier row opens."""
        self.candidates[candidate.kind, fold(candidate.name)].append(candidate)
        if candidate.number:
            self.numbers.setdefault(candidate.number, candidate)

    def _units(self, keys: set[str]) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for part in parts(sorted(keys)):
            living = Unit.objects.visible_to(self.actor).filter(merged_into=None)
            former = UnitName.objects.filter(name_key__in=part, unit__in=living).select_related("unit__union")
            found.update({name.name_key: name.unit for name in former})
            units = living.filter(name_key__in=part)
            found.update({unit.name_key: unit for unit in units.select_related("union")})
        return found

    def _people(self, keys: set[str], numbered: dict[str, int], with_private: bool) -> None:
        fresh: dict[int, Honouree] = {}
        for part in parts(sorted(keys)):
            fresh |= self._files(Q(name_key__in=part))
            fresh |= self._files(Q(pk__in=OtherName.objects.filter(name_key__in=part).values("honouree")))
        for part in parts(sorted(set(numbered.values()) - set(fresh) - set(self.files))):
            fresh |= self._files(Q(pk__in=part))
        fresh = {pk: file for pk, file in fresh.items() if pk not in self.files}
        self.files |= fresh
        pks = sorted(fresh)
        if with_private:
            for part in parts(pks):
                facts = PrivateFacts._base.filter(honouree__in=part)
                self.private.update({one.honouree_id: one for one in facts})
        names: dict[int, set[str]] = defaultdict(set)
        posts: dict[int, set[str]] = defaultdict(set)
        for part in parts(pks):
            for other in OtherName.objects.filter(honouree__in=part):
                names[other.honouree_id].add(other.name_key)
            for post in Post.objects.filter(honouree__in=part):
                posts[post.honouree_id].add(fold(post.unit_name))
            for conferral in Conferral._base.filter(honouree__in=part).select_related("title"):
                self.held[conferral.honouree_id].append(conferral)
        spelled = self._spellings({file.unit_id for file in fresh.values() if file.unit_id})
        asked = {pk: number for number, pk in numbered.items()}
        for file in fresh.values():
            candidate = self._candidate(file, posts[file.pk] | spelled[file.unit_id or 0])
            for key in {file.name_key, *names[file.pk]}:
                self.candidates[file.kind, key].append(candidate)
            stored = self.private[file.pk].identity_digest if file.pk in self.private else None
            candidate.number = asked.get(file.pk) or stored or ""
            if candidate.number:
                self.numbers.setdefault(candidate.number, candidate)

    @staticmethod
    def _files(which: Q) -> dict[int, Honouree]:
        files = Honouree.objects.everywhere("matching; files of other unions are not shown").filter(which)
        joins = ("ethnicity", "union", "industry_union", "region", "political_status")
        return {file.pk: file for file in files.select_related(*joins)}

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


def parts(things: list[Any], size: int = 1000) -> Iterable[list[Any]]:
    """Cut a list so that a query never carries too many parameters."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
