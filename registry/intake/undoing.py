"""Taking a whole batch back, while nothing later depends on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import Act, chain_of, record_all
from registry.audit.models import AuditEntry
from registry.bulk import delete_rows, update_rows
from registry.events import announce_honourees
from registry.honours.models import Conferral, HonourTitle
from registry.honours.standing import refresh_standing
from registry.intake.book import parts
from registry.intake.committing import one_at_a_time
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.reasons import reason_of, reason_of_undo
from registry.intake.states import TRANSITIONS
from registry.organisations.models import Unit
from registry.people.models import Honouree, OtherName, Post, Source
from registry.people.private import PRIVATE_FACTS, PrivateFacts
from registry.transitions import move

CHUNK = 2000
# What other rooms derive from files and make anew by themselves, and pairs that only the finder thought of: nobody's work.
DERIVED: dict[str, Q] = {
    "people.privatefacts": Q(),
    "duplicates.trace": Q(),
    "life.filestatus": Q(),
    "duplicates.suspicion": Q(reported_by=None, decided_by=None),
}
SHOWN = 10
PART = 5000
LISTS: tuple[tuple[str, Any], ...] = (("names", OtherName), ("posts", Post), ("sources", Source))


def dependants(batch: IntakeBatch) -> list[str]:
    """Say what depends on the batch, up to ten sentences; empty when it can be taken back.

    Nothing may be lost that came later: whatever refers to a file or an honour of this batch and isn't of this batch itself, facts changed
    again since, and files or honours that somebody else touched.
    """
    made = Made(batch)
    found: list[str] = []
    for sentence in made.later_work():
        if sentence not in found:
            found.append(sentence)
        if len(found) == SHOWN:
            break
    return found


class Made:
    """What a batch wrote, by kind."""

    def __init__(self, batch: IntakeBatch) -> None:
        """Collect the keys from the batch's rows."""
        self.batch = batch
        self.files: set[int] = set()
        self.own: dict[Any, set[int]] = {Conferral: set(), OtherName: set(), Post: set(), Source: set()}
        self.changed: dict[tuple[int, str], Any] = {}
        self.filled: dict[tuple[int, str], Any] = {}
        self.given: set[int] = set()
        rows = IntakeRow._base.filter(batch=batch, committed=True).order_by("number").values_list("match", "written")
        for pk, written in rows.iterator(chunk_size=1000):
            self._add(pk, written)

    def _add(self, pk: int | None, written: dict[str, Any]) -> None:
        self.files |= {written["opened"]} if written.get("opened") else set()
        self.own[Conferral] |= {written["conferral"]} if written.get("conferral") else set()
        for key, model in LISTS:
            self.own[model] |= set(written.get(key, []))
        self.given |= {pk} if pk and written.get("private") and not written.get("opened") else set()
        for name, value in written.get("after", {}).items():
            self.changed[pk or 0, name] = value
        filled = written.get("filled", {})
        for name, value in filled.get("after", {}).items():
            self.filled[filled["conferral"], name] = value

    def later_work(self) -> Iterator[str]:
        """Give a sentence for each thing that depends on the batch."""
        yield from self._referring(Honouree, self.files, _("%(kind)s “%(thing)s” is about a file of this batch."))
        honours = self.own[Conferral]
        yield from self._referring(Conferral, honours, _("%(kind)s “%(thing)s” is about an honour of this batch."))
        yield from self._touched(Honouree, self.files)
        yield from self._touched(Conferral, honours)
        yield from self._changed_again(Honouree, self.changed)
        yield from self._changed_again(Conferral, self.filled)
        yield from self._touched(Honouree, self.given - self.files, verb__in=["private.changed", "private.erased"])

    def _referring(self, model: Any, keys: set[int], sentence: str) -> Iterator[str]:
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created or relation.concrete:
                continue
            other: Any = relation.related_model
            own = self.own.get(other, set())
            derived = DERIVED.get(other._meta.label_lower)
            if derived == Q():
                continue
            for part in parts(sorted(keys), PART):
                things = other._base_manager.filter(**{f"{relation.field.name}__in": part})
                if derived:
                    things = things.exclude(derived)
                if other is IntakeRow:
                    things = things.filter(committed=True).exclude(batch=self.batch)
                if own:
                    things = things.filter(pk__in=[pk for pk in things.values_list("pk", flat=True) if pk not in own])
                for thing in things[:SHOWN]:
                    yield sentence % {"kind": other._meta.verbose_name, "thing": thing}

    def _touched(self, model: Any, keys: set[int], **which: Any) -> Iterator[str]:
        label = model._meta.label_lower
        since = self.batch.began_at or self.batch.uploaded_at
        for part in parts(sorted(keys), PART):
            entries = AuditEntry.objects.filter(
                object_type=label, object_id__in=[str(key) for key in part], at__gte=since
            )
            others = entries.exclude(reason=reason_of(self.batch)).exclude(verb="status.derived")
            for entry in others.order_by("pk")[:SHOWN]:
                yield _("%(name)s: was changed again since.") % {"name": entry.object_label}

    def _changed_again(self, model: Any, last: dict[tuple[int, str], Any]) -> Iterator[str]:
        for part in parts(sorted({pk for pk, _name in last})):
            things = model._base_manager.in_bulk(part)
            for (pk, name), value in last.items():
                if pk in things and getattr(things[pk], name) != value:
                    yield _("%(name)s: was changed again since.") % {"name": things[pk]}


def undo_all(batch_id: int, actor: User) -> IntakeBatch:
    """Take back chunk after chunk, last row first; safe to call again after a crash."""
    while True:
        batch, more = undo_chunk(batch_id, actor)
        if not more:
            return batch


@transaction.atomic
def undo_chunk(batch_id: int, actor: User) -> tuple[IntakeBatch, bool]:
    """Take back the last committed chunk in one transaction; False when nothing is left."""
    one_at_a_time()
    batch = IntakeBatch._base.select_for_update(of=("self",)).select_related("union").get(pk=batch_id)
    if batch.state != BatchState.UNDOING:
        return batch, False
    rows = list(IntakeRow._base.filter(batch=batch, committed=True).order_by("-number")[:CHUNK])
    if not rows:
        done: IntakeBatch = move(
            batch, BatchState.UNDONE, table=TRANSITIONS, actor=actor, scope_path=batch.union.path, finished_at=timezone.now(),
        )  # fmt: skip
        return done, False
    Reversal(rows, actor, reason_of_undo(batch)).run()
    batch.done -= len(rows)
    batch.taken_back += len(rows)
    batch.heartbeat = timezone.now()
    batch.save(update_fields=["done", "taken_back", "heartbeat"])
    return batch, True


class Reversal:
    """One chunk being taken back; rows come last first."""

    def __init__(self, rows: list[IntakeRow], actor: User, reason: str) -> None:
        """Fetch the files concerned."""
        self.rows, self.actor, self.reason = rows, actor, reason
        self.opened: set[int] = {row.written["opened"] for row in rows if row.written.get("opened")}
        keys = sorted({row.match_id for row in rows if row.match_id} - self.opened)
        files = Honouree._base.select_related("union", "ethnicity", "political_status", "region", "unit")
        self.files: dict[int, Honouree] = files.in_bulk(keys)
        self.acts: list[Act] = []
        # The honours that go with their files, in the one entry that closes the file.
        self.lost: dict[int, list[str]] = defaultdict(list)

    def run(self) -> None:
        """Take back in the opposite order of writing: what hangs on files, honours, facts, files, units and titles."""
        for key, model in LISTS:
            model._base_manager.filter(pk__in=[pk for row in self.rows for pk in row.written.get(key, [])]).delete()
        self._honours()
        self._facts()
        self._private()
        self._close_files()
        self._remove_untouched(Unit, "unit", "unit.removed")
        self._remove_untouched(HonourTitle, "title", "title.removed")
        lines: list[tuple[Any, ...]] = [
            (row.pk, False, row.match_id if row.match_id in self.files else None, {}) for row in self.rows
        ]
        update_rows(IntakeRow, ("committed", "match_id", "written"), lines)
        record_all(self.acts, actor=self.actor)
        refresh_standing(set(self.files))
        announce_honourees(set(self.files) | self.opened)

    def _act(self, thing: models.Model, verb: str, path: str, **states: dict[str, Any]) -> None:
        self.acts.append(Act(thing, verb, reason=self.reason, scope_path=path, **states))

    def _honours(self) -> None:
        keys = [row.written["conferral"] for row in self.rows if row.written.get("conferral")]
        given = Conferral._base.filter(pk__in=keys)
        words = given.filter(honouree__in=self.opened).values_list("honouree", "title__name", "year")
        for pk, title, year in words:
            self.lost[pk].append(f"{title} {year or ''}".strip())
        others = given.exclude(honouree__in=self.opened).select_related("title", "honouree__union")
        for conferral in others:
            path = conferral.honouree.union.path
            for thing in (conferral, conferral.honouree):
                self._act(thing, "honour.removed", path, before={"honour": str(conferral)})
        delete_rows(Conferral, "id", keys)
        filled = [row.written["filled"] for row in self.rows if row.written.get("filled")]
        honours = Conferral._base.select_related("title", "honouree__union").in_bulk(
            {one["conferral"] for one in filled}
        )
        for one in filled:
            if one["conferral"] not in honours:
                continue
            corrected = honours[one["conferral"]]
            Conferral._base.filter(pk=corrected.pk).update(**one["before"])
            path = corrected.honouree.union.path
            self._act(corrected, "honour.corrected", path, before=one["after"], after=one["before"])

    def _facts(self) -> None:
        changed: dict[int, set[str]] = {}
        for row in self.rows:
            before, file = row.written.get("before"), self.files.get(row.match_id or 0)
            if not before or file is None:
                continue
            for name, value in before.items():
                setattr(file, name, value)
            changed.setdefault(file.pk, set()).update(before)
            self._act(file, "file.changed", file.union.path, before=row.written["after"], after=before)
        for pk, names in changed.items():
            self.files[pk].save(update_fields=[*sorted(names), "updated_at"])

    def _private(self) -> None:
        """Take back what files that were there before got; a file that goes takes its private facts with it."""
        given: dict[int, list[str]] = {}
        for row in self.rows:
            if row.match_id and row.match_id not in self.opened and row.written.get("private"):
                given.setdefault(row.match_id, []).extend(row.written["private"])
        for held in PrivateFacts._base.filter(honouree__in=given):
            names = [name for name in given[held.honouree_id] if getattr(held, name)]
            before = {name: getattr(held, name) for name in names}
            for name in names:
                held.put(name, "")
            if any(getattr(held, name) for name in PRIVATE_FACTS):
                held.save()
            else:
                held.delete()
            file = self.files[held.honouree_id]
            after = dict.fromkeys(names, "")
            self._act(file, "private.changed", file.union.path, before=before, after=after)

    def _close_files(self) -> None:
        """Delete the files that the batch opened, with what is derived from them; anything else that refers to one stops it."""
        names = Honouree._base.filter(pk__in=self.opened).values_list("pk", "name", "union__path").order_by("pk")
        for pk, name, path in names:
            self._act(Honouree(pk=pk, name=name), "file.closed", path, before={"name": name, "honours": self.lost[pk]})
        for relation in Honouree._meta.get_fields(include_hidden=True):
            label = relation.related_model._meta.label_lower if relation.is_relation and relation.auto_created else ""  # type: ignore[union-attr]
            if label in DERIVED:
                delete_rows(relation.related_model, relation.field.name, self.opened)  # type: ignore[union-attr]
        delete_rows(Honouree, "id", self.opened)
        IntakeRow._base.filter(match__in=self.opened).exclude(batch=self.rows[0].batch_id).update(match=None)

    def _remove_untouched(self, model: Any, key: str, verb: str) -> None:
        """Remove what the batch added, unless somebody uses or has edited it since."""
        added = {row.written[key] for row in self.rows if row.written.get(key)}
        joins = ["union"] if model is Unit else []
        found = list(model._base_manager.select_related(*joins).filter(pk__in=added))
        edited = _edited(found)
        things = [thing for thing in found if thing.pk not in edited]
        if not _remove(model, things):
            things = [thing for thing in things if _remove(model, [thing])]
        for thing in things:
            path = thing.union.path if isinstance(thing, Unit) else ""
            self._act(thing, verb, path, before={"name": thing.name})


def _edited(things: Iterable[Any]) -> set[int]:
    chains = {chain_of(thing): thing.pk for thing in things}
    later = AuditEntry.objects.filter(chain__in=chains, position__gt=1).values_list("chain", flat=True)
    return {chains[chain] for chain in later}


def _remove(model: Any, things: list[Any]) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=[thing.pk for thing in things]).delete()
    except (ProtectedError, RestrictedError):
        return False
    return True
