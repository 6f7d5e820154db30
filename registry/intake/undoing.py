"""Taking a whole batch back, while nothing later depends on it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import Act, record_many
from registry.events import announce_honourees
from registry.honours.models import Conferral, HonourTitle, Revocation
from registry.honours.standing import refresh_standing
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.states import TRANSITIONS
from registry.organisations.models import Unit
from registry.people.models import Honouree, OtherName, Post, Source
from registry.transitions import move

CHUNK = 500
SHOWN = 10


def dependants(batch: IntakeBatch) -> list[str]:
    """Say what depends on the batch, up to ten sentences; empty when it can be taken back."""
    found: list[str] = []
    opened: set[int] = set()
    given: set[int] = set()
    for written in _written(batch):
        opened |= {written["opened"]} if written.get("opened") else set()
        given |= {written["conferral"]} if written.get("conferral") else set()
    for revocation in Revocation._base.filter(conferral__in=given).select_related("conferral__honouree")[:SHOWN]:
        found.append(_("%(name)s: a revocation hangs on this honour.") % {"name": revocation.conferral.honouree})
    later = Conferral._base.filter(honouree__in=opened).exclude(pk__in=given).select_related("honouree")
    found += [
        _("%(name)s: was given another honour since.") % {"name": conferral.honouree} for conferral in later[:SHOWN]
    ]
    found += _relations(opened)
    found += _changed_since(batch)
    return found[:SHOWN]


def _relations(opened: set[int]) -> list[str]:
    """Pages and whatever rooms above hang on the files, found by the relations themselves."""
    own = {Conferral, OtherName, Post, Source, IntakeRow}
    found: list[str] = []
    for relation in Honouree._meta.related_objects:
        model: Any = relation.related_model
        if model in own or relation.related_name == "+":
            continue
        things = model._base_manager.filter(**{f"{relation.field.name}__in": opened})[:SHOWN]
        found += [
            _("%(kind)s “%(thing)s” is about a file of this batch.")
            % {"kind": model._meta.verbose_name, "thing": thing}
            for thing in things
        ]
    return found


def _changed_since(batch: IntakeBatch) -> list[str]:
    found: list[str] = []
    rows = IntakeRow._base.filter(batch=batch, committed=True).select_related("match").order_by("number")
    last: dict[tuple[int, str], Any] = {}
    for row in rows.iterator(chunk_size=1000):
        for name, value in row.written.get("after", {}).items():
            last[row.match_id or 0, name] = (row.match, value)
    for (_pk, name), (file, value) in last.items():
        if file is not None and getattr(file, name) != value:
            found.append(_("%(name)s: was changed again since.") % {"name": file})
    return found


def _written(batch: IntakeBatch) -> Any:
    return (
        IntakeRow._base.filter(batch=batch, committed=True).values_list("written", flat=True).iterator(chunk_size=1000)
    )


def undo_all(batch_id: int, actor: User) -> IntakeBatch:
    """Take back chunk after chunk, last row first; safe to call again after a crash."""
    while True:
        batch, more = undo_chunk(batch_id, actor)
        if not more:
            return batch


@transaction.atomic
def undo_chunk(batch_id: int, actor: User) -> tuple[IntakeBatch, bool]:
    """Take back the last committed chunk in one transaction; False when nothing is left."""
    batch = IntakeBatch._base.select_for_update().select_related("union").get(pk=batch_id)
    if batch.state != BatchState.UNDOING:
        return batch, False
    rows = list(IntakeRow._base.filter(batch=batch, committed=True).order_by("-number")[:CHUNK])
    if not rows:
        done: IntakeBatch = move(
            batch,
            BatchState.UNDONE,
            table=TRANSITIONS,
            actor=actor,
            scope_path=batch.union.path,
            finished_at=timezone.now(),
        )
        return done, False
    acts: list[Act] = []
    touched: set[int] = set()
    for row in rows:
        touched |= _take_back(row, acts, f"undo intake {batch.pk}")
        row.committed, row.written = False, {}
    living = set(Honouree._base.filter(pk__in=touched).values_list("pk", flat=True))
    for row in rows:
        row.match_id = row.match_id if row.match_id in living else None
    IntakeRow._base.bulk_update(rows, ["committed", "written", "match"], batch_size=200)
    record_many(acts, actor=actor)
    refresh_standing(touched)
    announce_honourees(touched)
    batch.done = IntakeRow._base.filter(batch=batch, committed=True).count()
    batch.heartbeat = timezone.now()
    batch.save(update_fields=["done", "heartbeat"])
    return batch, True


def _take_back(row: IntakeRow, acts: list[Act], reason: str) -> set[int]:
    written = row.written
    file = Honouree._base.select_related("union").filter(pk=row.match_id).first()
    touched = {row.match_id} if row.match_id else set()
    OtherName.objects.filter(pk__in=written.get("names", [])).delete()
    Post.objects.filter(pk__in=written.get("posts", [])).delete()
    Source.objects.filter(pk__in=written.get("sources", [])).delete()
    path = file.union.path if file else ""
    conferral = Conferral._base.filter(pk=written.get("conferral")).first()
    if conferral is not None:
        acts.append(
            Act(_frozen(conferral), "honour.removed", before={"honour": str(conferral)}, reason=reason, scope_path=path)
        )
        conferral.delete()
    if written.get("filled"):
        Conferral._base.filter(pk=written["filled"]["conferral"]).update(**written["filled"]["before"])
    if file is not None and written.get("before"):
        for name, value in written["before"].items():
            setattr(file, name, value)
        file.save()
        acts.append(
            Act(file, "file.changed", before=written["after"], after=written["before"], reason=reason, scope_path=path)
        )
    if file is not None and written.get("opened") == file.pk:
        acts.append(Act(_frozen(file), "file.closed", before={"name": file.name}, reason=reason, scope_path=path))
        file.delete()
    _remove_unused(written)
    return touched


def _frozen(thing: Any) -> Any:
    """A copy that keeps its key after the thing is deleted, for the trail."""
    copy = type(thing)._base_manager.get(pk=thing.pk)
    str(copy)
    return copy


def _remove_unused(written: dict[str, Any]) -> None:
    unit = Unit._base.filter(pk=written.get("unit"), files=None, posts=None, merged_units=None).first()
    if unit is not None:
        unit.delete()
    title = HonourTitle.objects.filter(pk=written.get("title"), conferrals=None).first()
    if title is not None:
        title.delete()
