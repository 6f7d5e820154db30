"""Writing a batch into the registry: chunks, each all or nothing. A killed worker loses and doubles nothing."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.actions import Act, record_many
from registry.bulk import write_columns
from registry.events import announce_honourees
from registry.honours.actions import build_conferral, snapshot
from registry.honours.models import Conferral, HonourTitle
from registry.honours.standing import refresh_standing
from registry.intake.book import Book
from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.plan import Plan, fact, honour_values, plan_row
from registry.intake.planning import KEPT, keep
from registry.intake.resources import PERSONAL
from registry.intake.states import TRANSITIONS
from registry.organisations.models import UnionNode, Unit
from registry.people.actions import build_file
from registry.people.actions import snapshot as file_snapshot
from registry.people.models import Honouree, OtherName, Post, Source
from registry.text.normalise import fold
from registry.transitions import move

CHUNK = 500
READY = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.SAME)


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
    waiting = IntakeRow._base.filter(batch=batch, committed=False, number__gt=after).exclude(choice=Choice.SKIP)
    rows = list(waiting.filter(status__in=READY).order_by("number")[:CHUNK])
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
    Chunk(batch, rows, actor).write()
    batch.done = IntakeRow._base.filter(batch=batch, committed=True).count()
    batch.heartbeat = timezone.now()
    batch.save(update_fields=["done", "heartbeat"])
    return batch, rows[-1].number


def one_at_a_time() -> None:
    """Wait for the chunk of another import: two lists that name one new person at once must not open two files.

    Locks the top of the tree against other imports only; whoever merely refers to it doesn't wait.
    """
    list(UnionNode.objects.filter(parent=None).select_for_update(no_key=True))


def reason_of(batch: IntakeBatch) -> str:
    """Say in the trail that a batch wrote this; by it the undo knows later entries from the batch's own."""
    return f"intake {batch.pk}: {batch.filename}"


class Chunk:
    """One chunk being written."""

    def __init__(self, batch: IntakeBatch, rows: list[IntakeRow], actor: User) -> None:
        """Fetch what the rows need. An earlier chunk may have opened the file that a row of this one follows."""
        self.batch, self.rows, self.actor = batch, rows, actor
        earlier = IntakeRow._base.filter(
            batch=batch, committed=True, number__in={row.follows for row in rows if row.follows}
        )
        self.opened: dict[int, int | None] = dict(earlier.values_list("number", "match"))
        for row in rows:
            if row.follows in self.opened and self.opened[row.follows]:
                row.match_id = self.opened[row.follows]
        self.book = Book((row.data for row in rows), actor=actor, union=batch.union)
        self.files: dict[int, Honouree] = {}
        self.fresh: list[Honouree] = []
        self.acts: list[Act] = []
        self.touched: set[int] = set()

    def write(self) -> None:
        """Plan again inside the transaction, then write: units and titles, files, honours, what hangs on files, the trail."""
        plans = []
        for row in self.rows:
            plan = plan_row(row, self.book)
            keep(row, plan)
            if plan.status in READY:
                row.written = {}
                plans.append((row, plan))
        self._titles(plans)
        self._units(plans)
        self._open_files(plans)
        self._change_files(plans)
        self._honours(plans)
        self._details(plans)
        for row, _plan in plans:
            row.committed, row.match = True, self.files[row.number]
        write_columns(IntakeRow, self.rows, [*KEPT, "committed", "written"])
        record_many(self.acts, actor=self.actor)
        refresh_standing(self.touched)
        announce_honourees(self.touched)

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
        self.acts.append(Act(title, "title.added", after=after, reason=self._reason()))
        return title

    def _units(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        wanted: dict[str, tuple[IntakeRow, Plan]] = {}
        for row, plan in plans:
            key = row.data["unit_key"]
            if key and key not in self.book.units:
                wanted.setdefault(key, (row, plan))
        made = [
            Unit(
                name=row.data["unit"],
                name_key=key,
                union=plan.union or self.batch.union,
                region_id=row.data["unit_region_code"] or None,
            )
            for key, (row, plan) in wanted.items()
        ]
        for unit in Unit._base.bulk_create(made):
            self.book.units[unit.name_key] = unit
            row, _plan = wanted[unit.name_key]
            row.written["unit"] = unit.pk
            after = {"name": unit.name}
            self.acts.append(Act(unit, "unit.added", after=after, reason=self._reason(), scope_path=unit.union.path))

    def _open_files(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        openers: list[tuple[IntakeRow, Honouree]] = []
        followers: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row, plan in plans:
            if plan.follows is not None:
                followers[plan.follows].append(row.data)
        for row, plan in plans:
            if plan.file is None and plan.follows is None:
                facts = together([row.data, *followers[row.number]])
                openers.append((row, self._build(facts, plan.union or self.batch.union)))
        Honouree._base.bulk_create([file for _row, file in openers])
        for row, file in openers:
            row.written["opened"] = file.pk
            self.files[row.number] = file
            self.touched.add(file.pk)
            self.acts.append(
                Act(file, "file.opened", after=file_snapshot(file), reason=self._reason(), scope_path=file.union.path)
            )
        for row, plan in plans:
            if plan.file is not None:
                self.files[row.number] = plan.file
            elif plan.follows is not None:
                self.files[row.number] = self._followed(plan.follows)
            self.touched.add(self.files[row.number].pk)

    def _followed(self, number: int) -> Honouree:
        if number in self.files:
            return self.files[number]
        return Honouree._base.select_related("union").get(pk=self.opened[number] or 0)

    def _build(self, facts: dict[str, Any], union: UnionNode) -> Honouree:
        values: dict[str, Any] = {
            "region": self.book.regions.get(facts["region_code"]),
            "unit": self.book.units.get(facts["unit_key"]),
            "unit_name": facts["unit"],
            "position": facts["position"],
        }
        file = build_file(facts["kind"], facts["name"], union=union, facts={})
        if facts["kind"] == "individual":
            values |= {key: facts[key] for key in ("sex", "born", "died", "native_place", "education")}
            values |= {
                "ethnicity": self.book.ethnicities.get(facts["ethnicity"]),
                "political_status": self.book.politics.get(facts["political_status"]),
            }
        for key, value in values.items():
            setattr(file, key, value)
        return file

    def _change_files(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        changed: dict[int, Honouree] = {}
        written: dict[int, set[str]] = defaultdict(set)
        for row, plan in plans:
            names = [
                one["field"] for one in plan.differences if one["applied"] and not one["field"].startswith("honour")
            ]
            if plan.file is None or not names:
                continue
            file = changed.setdefault(plan.file.pk, plan.file)
            before = file_snapshot(file)
            row.written["before"] = {name: self._raw(file, name) for name in self._stored(names)}
            for name in names:
                self._set(file, name, row.data)
            row.written["after"] = {name: self._raw(file, name) for name in self._stored(names)}
            after = {key: value for key, value in file_snapshot(file).items() if before[key] != value}
            old = {key: before[key] for key in after}
            self.acts.append(
                Act(file, "file.changed", before=old, after=after, reason=self._reason(), scope_path=file.union.path)
            )
            written[file.pk] |= set(row.written["after"])
        for file in changed.values():
            file.save(update_fields=[*sorted(written[file.pk]), "updated_at"])

    @staticmethod
    def _stored(names: list[str]) -> list[str]:
        stored = {"ethnicity": "ethnicity_id", "political_status": "political_status_id", "region": "region_id"}
        return [stored.get(name, name) for name in names] + (["unit_id"] if "unit_name" in names else [])

    @staticmethod
    def _raw(file: Honouree, name: str) -> Any:
        return getattr(file, name)

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
                file.unit = self.book.units.get(facts["unit_key"])

    def _honours(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        fresh: dict[tuple[int, int, int | None], tuple[IntakeRow, Conferral]] = {}
        for row, plan in plans:
            file = self.files[row.number]
            if plan.title is None:
                raise AssertionError("titles are made before honours")
            if plan.conferral is not None:
                self._fill(row, plan.conferral)
                continue
            key = (file.pk, plan.title.pk, row.data["year"])
            if key not in fresh:
                fresh[key] = (row, self._conferral(file, plan.title, row.data))
        Conferral._base.bulk_create([conferral for _row, conferral in fresh.values()])
        for row, conferral in fresh.values():
            row.written["conferral"] = conferral.pk
            file = self.files[row.number]
            path = file.union.path
            self.acts.append(
                Act(conferral, "honour.conferred", after=snapshot(conferral), reason=self._reason(), scope_path=path)
            )
            self.acts.append(
                Act(file, "honour.conferred", after={"honour": str(conferral)}, reason=self._reason(), scope_path=path)
            )

    def _conferral(self, file: Honouree, title: HonourTitle, facts: dict[str, Any]) -> Conferral:
        values = {key: value for key, value in honour_values(facts).items() if value}
        return build_conferral(
            file, title, level=facts["level"] or title.level, year=facts["year"], year_inferred=facts["year_inferred"],
            region=self.book.regions.get(facts["region_code"]), unit_name=facts["unit"], position=facts["position"], **values,
        )  # fmt: skip

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
        path = self.files[row.number].union.path
        self.acts.append(
            Act(conferral, "honour.corrected", before=before, after=after, reason=self._reason(), scope_path=path)
        )

    def _details(self, plans: list[tuple[IntakeRow, Plan]]) -> None:
        pks = {file.pk for file in self.files.values()}
        names = set(OtherName.objects.filter(honouree__in=pks).values_list("honouree", "name_key", "kind"))
        posts = set(Post.objects.filter(honouree__in=pks).values_list("honouree", "unit_name", "position"))
        sources = set(Source.objects.filter(honouree__in=pks).values_list("honouree", "title"))
        made: list[tuple[IntakeRow, str, Any]] = []
        for row, _plan in plans:
            facts, file = row.data, self.files[row.number]
            for kind, word in [("former", n) for n in facts["former_names"]] + [
                ("known_as", n) for n in facts["known_as"]
            ]:
                key = fold(word)[:120]
                if key and key != file.name_key and (file.pk, key, kind) not in names:
                    names.add((file.pk, key, kind))
                    made.append((row, "names", OtherName(honouree=file, name=word[:120], name_key=key, kind=kind)))
            if (
                facts["kind"] == "individual"
                and facts["unit"]
                and (file.pk, facts["unit"], facts["position"]) not in posts
            ):
                posts.add((file.pk, facts["unit"], facts["position"]))
                unit = self.book.units.get(facts["unit_key"])
                post = Post(
                    honouree=file, unit=unit, unit_name=facts["unit"], position=facts["position"], seen_in=facts["year"]
                )
                made.append((row, "posts", post))
            if facts["source"] and (file.pk, facts["source"]) not in sources:
                sources.add((file.pk, facts["source"]))
                made.append((row, "sources", Source(honouree=file, title=facts["source"], note=facts["note"])))
        for model in (OtherName, Post, Source):
            model._base_manager.bulk_create([thing for _row, _key, thing in made if isinstance(thing, model)])
        for row, key, thing in made:
            row.written.setdefault(key, []).append(thing.pk)

    def _reason(self) -> str:
        return reason_of(self.batch)
