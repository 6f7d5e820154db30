"""Writing a batch into the registry: chunks, each all or nothing. A killed worker loses and doubles nothing.

What a list mostly brings is new files. They are written as plain records by COPY, each with one entry in the trail that holds its honour,
posts and sources together; what touches files that are there goes the way a clerk's correction goes.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.actions import REDACTED, Act, First, record_all, record_first
from registry.bulk import update_rows, write_columns
from registry.events import announce_honourees
from registry.honours.models import Conferral, HonourTitle
from registry.honours.standing import apply_standing, refresh_standing
from registry.intake.book import Book
from registry.intake.enums import BatchState
from registry.intake.fresh import (
    Record,
    facts_for_trail,
    honour_for_trail,
    honour_words,
    new_file,
    new_honour,
    number,
    record_of,
    write,
)
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.plan import Plan, fact, honour_values, plan_row
from registry.intake.planning import KEPT, keep, kept
from registry.intake.private import PrivateWriter
from registry.intake.queries import ready_rows
from registry.intake.reasons import reason_of
from registry.intake.resources import PERSONAL
from registry.intake.states import READY, TRANSITIONS
from registry.organisations.models import UnionNode, Unit
from registry.people.actions import snapshot as file_snapshot
from registry.people.models import Honouree, OtherName, Post, Source
from registry.text.normalise import fold
from registry.transitions import move

CHUNK = 2000


def together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Make of what several rows say of one holder the facts of one file: the first that says a fact counts, the latest unit and post."""
    facts = dict(rows[0])
    for row in rows[1:]:
        facts |= {key: row[key] for key in (*PERSONAL, "region_code") if row[key] and not facts[key]}
        later = (row["year"] or 0) > (facts["year"] or 0) or not facts["unit"]
        if row["unit"] and later:
            facts |= {key: row[key] for key in ("unit", "unit_key", "position", "year")}
    return facts


def commit_all(batch_id: int, actor: User) -> IntakeBatch:
    """Commit chunk after chunk until none is left; safe to call again after a crash, and by two workers at once."""
    after = 0
    while True:
        batch, last = commit_chunk(batch_id, actor, after)
        if last is None:
            return batch
        after = last


@transaction.atomic
def commit_chunk(batch_id: int, actor: User, after: int = 0) -> tuple[IntakeBatch, int | None]:
    """Commit the next chunk behind row number `after` in one transaction.

    The batch's row is locked, so a second worker waits and then finds the chunk done. Imports write one after the other (`one_at_a_time`).
    Returns the batch and the last row number looked at, or None when the batch is finished.
    """
    one_at_a_time()
    batch = IntakeBatch._base.select_for_update(of=("self",)).select_related("union").get(pk=batch_id)
    if batch.state != BatchState.COMMITTING:
        return batch, None
    rows = list(ready_rows(batch).filter(number__gt=after)[:CHUNK])
    if not rows:
        finished: IntakeBatch = move(
            batch,
            BatchState.COMMITTED,
            table=TRANSITIONS,
            actor=actor,
            scope_path=batch.union.path,
            finished_at=timezone.now(),
        )
        return finished, None
    batch.done += Chunk(batch, rows, actor).write()
    batch.heartbeat = timezone.now()
    batch.save(update_fields=["done", "heartbeat"])
    return batch, rows[-1].number


def one_at_a_time() -> None:
    """Wait for the chunk of another import: two lists that name one new person at once must not open two files.

    Locks the top of the tree against other imports only; whoever merely refers to it doesn't wait.
    """
    list(UnionNode.objects.filter(parent=None).select_for_update(no_key=True))


@dataclass
class Holder:
    """Whose honour a row is: a file that is there (`file`), or one that this chunk opens (`fresh`)."""

    pk: int
    path: str
    name: str
    name_key: str
    file: Honouree | None = None
    fresh: Record | None = None
    honours: list[Record] = field(default_factory=list)
    trail: dict[str, Any] = field(default_factory=dict)


class Chunk:
    """One chunk being written."""

    def __init__(self, batch: IntakeBatch, rows: list[IntakeRow], actor: User) -> None:
        """Fetch what the rows need. An earlier chunk may have opened the file that a row of this one follows."""
        self.batch, self.rows, self.actor = batch, rows, actor
        self.reason = reason_of(batch)
        earlier = IntakeRow._base.filter(
            batch=batch, committed=True, number__in={row.follows for row in rows if row.follows}
        )
        self.opened: dict[int, int | None] = dict(earlier.values_list("number", "match"))
        for row in rows:
            if row.follows in self.opened and self.opened[row.follows]:
                row.match_id = self.opened[row.follows]
        self.book = Book(rows, actor=actor, union=batch.union)
        self.private = PrivateWriter(self.book)
        self.holders: dict[int, Holder] = {}
        self.first: list[First] = []
        self.acts: list[Act] = []

    def write(self) -> int:
        """Plan again inside the transaction, then write: units and titles, files, honours, what hangs on files, the trail.

        Returns how many rows were written; what turned doubtful since the check stays behind.
        """
        plans = self._plans()
        self._titles(plans)
        self._units(plans)
        self._open_files(plans)
        self._change_files(plans)
        honours = self._honours(plans)
        details = self._details(plans)
        self.private.rows([(row, plan, self.holders[row.number]) for row, plan in plans])
        fresh = [holder for holder in self.holders.values() if holder.fresh]
        fresh = list({holder.pk: holder for holder in fresh}.values())
        for holder in fresh:
            apply_standing(holder.fresh, holder.honours)  # type: ignore[arg-type]  # a record has a file's columns
        write(Honouree, [holder.fresh for holder in fresh if holder.fresh])
        write(Conferral, honours)
        for model, records in details.items():
            write(model, records)
        self.private.write()
        self._outcome(plans)
        self._trail(fresh)
        there = {holder.pk for holder in self.holders.values() if holder.file}
        refresh_standing(there)
        announce_honourees({holder.pk for holder in self.holders.values()})
        return len(plans)

    def _plans(self) -> list[tuple[IntakeRow, Plan]]:
        plans, changed = [], []
        for row in self.rows:
            before = kept(row)
            plan = plan_row(row, self.book)
            keep(row, plan)
            if kept(row) != before:
                changed.append(row)
            if plan.status in READY:
                row.written = {}
                plans.append((row, plan))
        write_columns(IntakeRow, changed, KEPT)
        return plans

    def _outcome(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        """Say on the rows what became of them. The file has the private facts now; the row forgets them."""
        names = ("committed", "match_id", "written", "private", "identity_digest", "phone_digest")
        lines = [(row.pk, True, self.holders[row.number].pk, row.written, None, None, None) for row, _plan in plans]
        update_rows(IntakeRow, names, lines)

    def _titles(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        for row, plan in plans:
            plan.title = plan.title or self.book.titles.get(row.data["title_key"])
            if plan.title is None:
                plan.title = self._add_title(row)
                row.written["title"] = plan.title.pk

    def _add_title(self, row: IntakeRow) -> HonourTitle:
        facts = row.data
        person = facts["kind"] == "individual"
        title = HonourTitle.objects.create(
            code=f"added-{HonourTitle.objects.order_by('-pk').values_list('pk', flat=True).first() or 0}-{row.pk}", name=facts["title"],
            name_key=facts["title_key"], level=facts["level"], for_individuals=person, for_collectives=not person,
        )  # fmt: skip
        self.book.titles[facts["title_key"]] = title
        after = {"name": title.name, "level": title.level}
        self.first.append(First(HonourTitle, title.pk, title.name, "title.added", after, self.reason))
        return title

    def _units(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        wanted: dict[str, tuple[IntakeRow, Plan]] = {}
        for row, plan in plans:
            key = row.data["unit_key"]
            if key and key not in self.book.units:
                wanted.setdefault(key, (row, plan))
        made = [
            record_of(
                Unit,
                name=row.data["unit"],
                name_key=key,
                union_id=(plan.union or self.batch.union).pk,
                region_id=row.data["unit_region_code"] or None,
            )
            for key, (row, plan) in wanted.items()
        ]
        number(Unit, made)
        write(Unit, made)
        for unit in made:
            row, plan = wanted[unit.name_key]
            self.book.units[unit.name_key] = unit
            row.written["unit"] = unit.pk
            path = (plan.union or self.batch.union).path
            self.first.append(First(Unit, unit.pk, unit.name, "unit.added", {"name": unit.name}, self.reason, path))

    def _open_files(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        followers: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row, plan in plans:
            if plan.follows is not None:
                followers[plan.follows].append(row.data)
        openers = [
            (row, self._build(together([row.data, *followers[row.number]]), plan.union or self.batch.union))
            for row, plan in plans
            if plan.file is None and plan.follows is None
        ]
        number(Honouree, [holder.fresh for _row, holder in openers if holder.fresh])
        for row, holder in openers:
            holder.pk = holder.fresh.pk  # type: ignore[union-attr]  # made just above
            row.written["opened"] = holder.pk
            self.holders[row.number] = holder
        there: dict[int, Holder] = {}
        for row, plan in plans:
            if plan.file is not None:
                holder = there.get(plan.file.pk) or _holder(plan.file)
                self.holders[row.number] = there.setdefault(holder.pk, holder)
            elif plan.follows is not None:
                self.holders[row.number] = self._followed(plan.follows)

    def _followed(self, number: int) -> Holder:
        if number not in self.holders:
            self.holders[number] = _holder(Honouree._base.select_related("union").get(pk=self.opened[number] or 0))
        return self.holders[number]

    def _build(self, facts: dict[str, Any], union: UnionNode) -> Holder:
        region = self.book.regions.get(facts["region_code"])
        unit = self.book.units.get(facts["unit_key"])
        values: dict[str, Any] = {
            "region_id": region.pk if region else None,
            "unit_id": unit.pk if unit else None,
            "unit_name": facts["unit"],
            "position": facts["position"],
        }
        words = {"region": region.name if region else "", "unit": unit.name if unit else ""}
        if facts["kind"] == "individual":
            ethnicity = self.book.ethnicities.get(facts["ethnicity"])
            politics = self.book.politics.get(facts["political_status"])
            values |= {key: facts[key] for key in ("sex", "born", "died", "native_place", "education")}
            values |= {
                "ethnicity_id": ethnicity.pk if ethnicity else None,
                "political_status_id": politics.pk if politics else None,
            }
            words |= {"ethnicity": str(ethnicity or ""), "political_status": str(politics or "")}
        file = new_file(facts["kind"], facts["name"], union, values)
        trail = {"union": union.name, **facts_for_trail(file, words)}
        return Holder(0, union.path, file.name, file.name_key, fresh=file, trail=trail)

    def _change_files(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        changed: dict[int, Honouree] = {}
        written: dict[int, set[str]] = defaultdict(set)
        for row, plan in plans:
            names = [one["field"] for one in plan.differences if one["applied"] and "." not in one["field"]]
            names = [name for name in names if name != "honour"]
            if plan.file is None or not names:
                continue
            file = changed.setdefault(plan.file.pk, plan.file)
            before = file_snapshot(file)
            row.written["before"] = {name: getattr(file, name) for name in self._stored(names)}
            for name in names:
                self._set(file, name, row.data)
            row.written["after"] = {name: getattr(file, name) for name in self._stored(names)}
            after = {key: value for key, value in file_snapshot(file).items() if before[key] != value}
            old = {key: before[key] for key in after}
            self.acts.append(
                Act(file, "file.changed", before=old, after=after, reason=self.reason, scope_path=file.union.path)
            )
            written[file.pk] |= set(row.written["after"])
        for file in changed.values():
            file.save(update_fields=[*sorted(written[file.pk]), "updated_at"])

    @staticmethod
    def _stored(names: list[str]) -> list[str]:
        stored = {"ethnicity": "ethnicity_id", "political_status": "political_status_id", "region": "region_id"}
        return [stored.get(name, name) for name in names] + (["unit_id"] if "unit_name" in names else [])

    def _set(self, file: Honouree, name: str, facts: dict[str, Any]) -> None:
        if name == "ethnicity":
            file.ethnicity = self.book.ethnicities.get(facts["ethnicity"])
        elif name == "political_status":
            file.political_status = self.book.politics.get(facts["political_status"])
        elif name == "region":
            file.region = self.book.regions.get(facts["region_code"])
        else:
            setattr(file, name, fact(facts, name))
            if name == "unit_name":
                unit = self.book.units.get(facts["unit_key"])
                file.unit_id = unit.pk if unit else None

    def _honours(self, plans: list[tuple[IntakeRow, Plan]]) -> list[Record]:
        fresh: dict[tuple[int, int, int | None], tuple[IntakeRow, Record]] = {}
        for row, plan in plans:
            holder = self.holders[row.number]
            if plan.title is None:
                raise AssertionError("titles are made before honours")
            if plan.conferral is not None:
                self._fill(row, plan.conferral)
                continue
            key = (holder.pk, plan.title.pk, row.data["year"])
            if key not in fresh:
                fresh[key] = (row, self._honour(holder, plan.title, row.data))
        records = [honour for _row, honour in fresh.values()]
        number(Conferral, records)
        for row, honour in fresh.values():
            row.written["conferral"] = honour.pk
            self._tell_honour(self.holders[row.number], honour)
        return records

    def _tell_honour(self, holder: Holder, honour: Record) -> None:
        """Put a new file's first honour into the entry that opens the file; another honour has an entry on itself and on its holder."""
        holder.honours.append(honour)
        region = self.book.regions.get(honour.region_id)
        told = honour_for_trail(honour, region.name if region else "")
        words = honour_words(honour)
        if holder.fresh is not None and len(holder.honours) == 1:
            holder.trail |= {**told, **holder.trail, "honour": words}
            return
        after = {"honour": words}
        self.first.append(First(Conferral, honour.pk, words, "honour.conferred", told, self.reason, holder.path))
        if holder.fresh is not None:
            holder.trail.setdefault("honours", []).append(words)
        else:
            thing = holder.file or Honouree(pk=holder.pk)
            self.acts.append(Act(thing, "honour.conferred", after=after, reason=self.reason, scope_path=holder.path))

    def _honour(self, holder: Holder, title: HonourTitle, facts: dict[str, Any]) -> Record:
        region = self.book.regions.get(facts["region_code"])
        values = {
            **honour_values(facts), "level": facts["level"], "year": facts["year"], "year_inferred": facts["year_inferred"],
            "region_id": region.pk if region else None, "unit_name": facts["unit"], "position": facts["position"],
        }  # fmt: skip
        return new_honour(holder.pk, title, values)

    def _fill(self, row: IntakeRow, conferral: Conferral) -> None:
        names = [one["field"].removeprefix("honour.") for one in row.differences if one["field"].startswith("honour.")]
        if not names:
            return
        values = {**honour_values(row.data), "year": row.data["year"], "year_inferred": row.data["year_inferred"]}
        before = {name: getattr(conferral, name) for name in names}
        for name in names:
            setattr(conferral, name, values[name])
        conferral.save(update_fields=names)
        after = {name: values[name] for name in names}
        row.written["filled"] = {"conferral": conferral.pk, "before": before, "after": after}
        path = self.holders[row.number].path
        self.acts.append(
            Act(conferral, "honour.corrected", before=before, after=after, reason=self.reason, scope_path=path)
        )

    def _details(self, plans: list[tuple[IntakeRow, Plan]]) -> dict[Any, list[Record]]:
        """Make the names, posts and sources that the files don't have yet."""
        there = {holder.pk for holder in self.holders.values() if holder.file}
        names = set(OtherName.objects.filter(honouree__in=there).values_list("honouree", "name_key", "kind"))
        posts = set(Post.objects.filter(honouree__in=there).values_list("honouree", "unit_name", "position"))
        sources = set(Source.objects.filter(honouree__in=there).values_list("honouree", "title"))
        made: dict[Any, list[tuple[IntakeRow, str, Record]]] = {OtherName: [], Post: [], Source: []}
        for row, _plan in plans:
            facts, holder = row.data, self.holders[row.number]
            for kind, word in [("former", n) for n in facts["former_names"]] + [
                ("known_as", n) for n in facts["known_as"]
            ]:
                key = fold(word)[:120]
                if key and key != holder.name_key and (holder.pk, key, kind) not in names:
                    names.add((holder.pk, key, kind))
                    name = record_of(OtherName, honouree_id=holder.pk, name=word[:120], name_key=key, kind=kind)
                    made[OtherName].append((row, "names", name))
            unit_name, position = facts["unit"], facts["position"]
            if facts["kind"] == "individual" and unit_name and (holder.pk, unit_name, position) not in posts:
                posts.add((holder.pk, unit_name, position))
                unit = self.book.units.get(facts["unit_key"])
                post = record_of(
                    Post, honouree_id=holder.pk, unit_id=unit.pk if unit else None, unit_name=unit_name, position=position,
                    seen_in=facts["year"],
                )  # fmt: skip
                made[Post].append((row, "posts", post))
            if facts["source"] and (holder.pk, facts["source"]) not in sources:
                sources.add((holder.pk, facts["source"]))
                source = record_of(Source, honouree_id=holder.pk, title=facts["source"], note=facts["note"])
                made[Source].append((row, "sources", source))
        found = {}
        for model, lines in made.items():
            found[model] = [record for _row, _key, record in lines]
            number(model, found[model])
            for row, key, record in lines:
                row.written.setdefault(key, []).append(record.pk)
        return found

    def _trail(self, fresh: list[Holder]) -> None:
        for holder in fresh:
            after = {**holder.trail, **dict.fromkeys(self.private.given.get(holder.pk, ()), REDACTED)}
            self.first.append(First(Honouree, holder.pk, holder.name, "file.opened", after, self.reason, holder.path))
        for holder in {holder.pk: holder for holder in self.holders.values() if holder.file}.values():
            if names := self.private.given.get(holder.pk):
                after = dict.fromkeys(names, REDACTED)
                self.acts.append(
                    Act(holder.file, "private.changed", after=after, reason=self.reason, scope_path=holder.path)  # type: ignore[arg-type]  # filtered above
                )
        record_first(self.first, actor=self.actor)
        record_all(self.acts, actor=self.actor)


def _holder(file: Honouree) -> Holder:
    return Holder(file.pk, file.union.path, file.name, file.name_key, file=file)
