"""Recording, confirming, correcting and withdrawing events; verifying a file. The status follows."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.accounts.rules import require_second_person
from registry.audit.actions import REDACTED, changes, record
from registry.events import announce_honourees
from registry.life.enums import EventKind, EventState, Outcome, Status
from registry.life.models import Answered, FileStatus, LifeEvent
from registry.life.rules import (
    may_confirm_event,
    may_correct_event,
    may_record_event,
    may_verify_file,
    may_withdraw_event,
)
from registry.life.states import EVENTS, PRIVATE, STEPS
from registry.life.timeline import Played, Standing, check_day, play
from registry.people.actions import change_file, details
from registry.people.enums import CollectiveState, NameKind
from registry.people.models import Honouree, OtherName
from registry.text.normalise import clean_name, fold
from registry.transitions import WrongState, move

FACTS = ("kind", "happened_on", "document", "note", "new_name", "into", "into_name", "state")
FILES_AT_ONCE = 1000
CORRECTABLE = ("happened_on", "document", "note", "into_name")
# What the file itself says of a collective; the word for 撤并 is kept here alone.
COLLECTIVE_STATES = {
    Status.ACTIVE: CollectiveState.ACTIVE,
    Status.RENAMED: CollectiveState.RENAMED,
    Status.MERGED: CollectiveState.MERGED,
    Status.ABSORBED: CollectiveState.MERGED,
    Status.DISSOLVED: CollectiveState.DISSOLVED,
}


def require_reason(reason: str) -> str:
    """Return the reason, or raise `ValidationError` at it."""
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    return reason.strip()[:300]


def keep(thing: models.Model) -> None:
    """Check and save; when another was quicker the message of the broken rule is given, not the database's error."""
    thing.full_clean()
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError:
        # The other one is committed by now, so that this says which rule it is.
        thing.full_clean()
        raise


def require_answerer(actor: User, thing: Answered, may: Callable[[Any, Any], bool]) -> None:
    """Raise `SamePerson` or `PermissionDenied` unless the actor may answer; what waits no more is `move`'s to refuse."""
    if thing.waits:
        require_second_person(actor, thing)
        if not may(actor, thing):
            raise PermissionDenied


def lock_file(file: Honouree) -> Honouree:
    """Lock a file's row: whatever happens to one file happens one after another."""
    # Without joins: PostgreSQL would drop a row whose union changed while this waited for the lock.
    locked: Honouree = Honouree._base.select_for_update().get(pk=file.pk)
    return locked


def snapshot(event: LifeEvent) -> dict[str, Any]:
    """Return an event's facts, for the audit trail."""
    return {name: getattr(event, name) for name in FACTS}


@transaction.atomic
def record_event(
    file: Honouree,
    kind: str,
    *,
    actor: User,
    happened_on: str,
    document: str = "",
    note: str = "",
    new_name: str = "",
    into: Honouree | None = None,
    into_name: str = "",
) -> LifeEvent:
    """Record that something happened. An investigation, suspension, revocation or restoration waits for a second person.

    A death sets the date on the file where none is; a renaming renames it. Raises `PermissionDenied`, and `ValidationError` when the event
    isn't possible at that day, is recorded already, or lacks what its kind needs.
    """
    file = lock_file(file)
    if not may_record_event(actor, file):
        raise PermissionDenied
    private = kind in PRIVATE
    event = LifeEvent(
        file=file, kind=kind, happened_on=happened_on, document=document.strip(), note=note.strip(), new_name=clean_name(new_name),
        into=into, into_name=clean_name(into_name) or (into.name if into else ""), proposed_by=actor,
        state=EventState.WAITING if private else EventState.IN_FORCE,
    )  # fmt: skip
    event.full_clean()
    _check(event, file)
    _play_with(file, event)
    keep(event)
    record(event, "lifeevent.recorded", actor=actor, after=snapshot(event), scope_path=file.union.path)
    if private:
        _note_private(event, "event.proposed", actor)
    else:
        _take_effect(event, file, actor)
    return event


@transaction.atomic
def confirm_event(event: LifeEvent, *, actor: User) -> LifeEvent:
    """Confirm as the second person; raises `PermissionDenied`, `SamePerson`, `WrongState`, or `ValidationError` when it no longer fits."""
    file, event = _locked(event)
    require_answerer(actor, event, may_confirm_event)
    event = move(
        event, EventState.IN_FORCE, table=EVENTS, actor=actor, scope_path=file.union.path,
        confirmed_by=actor, confirmed_at=timezone.now(),
    )  # fmt: skip
    event.file = file
    _check(event, file)
    _play_with(file, event)
    _note_private(event, "event.confirmed", actor)
    _take_effect(event, file, actor)
    return event


@transaction.atomic
def refuse_event(event: LifeEvent, *, actor: User, reason: str) -> LifeEvent:
    """Refuse, as the second person, to confirm what waits; with a reason."""
    file, event = _locked(event)
    require_answerer(actor, event, may_confirm_event)
    return _close(event, file, EventState.REFUSED, actor, reason)


@transaction.atomic
def withdraw_event(event: LifeEvent, *, actor: User, reason: str) -> LifeEvent:
    """Take back an event that was recorded wrongly, with the facts it set; a private one in force needs `propose_event_withdrawal`."""
    file, event = _locked(event)
    if not may_record_event(actor, file):
        raise PermissionDenied
    if event.in_force and not may_withdraw_event(actor, event):
        raise ValidationError(_("A second person must confirm that this is withdrawn: propose it."))
    return withdraw_confirmed(event, file, actor, reason)


def withdraw_confirmed(event: LifeEvent, file: Honouree, actor: User, reason: str) -> LifeEvent:
    """Withdraw an event whose withdrawal needs nobody else any more; the file is locked."""
    counted = event.in_force
    event = _close(event, file, EventState.WITHDRAWN, actor, reason)
    if counted:
        take_back(event, file, actor)
        refresh_status(file, actor=actor, because=event)
    return event


@transaction.atomic
def correct_event(event: LifeEvent, *, actor: User, reason: str, **facts: Any) -> LifeEvent:
    """Correct day, document or remark of an event in force, with a reason; a private one needs `propose_event_correction`."""
    file, event = _locked(event)
    if not may_correct_event(actor, event):
        raise PermissionDenied
    if event.is_private:
        raise ValidationError(_("A second person must confirm this correction: propose it."))
    return correct_confirmed(event, file, actor, reason, facts)


def correct_confirmed(event: LifeEvent, file: Honouree, actor: User, reason: str, facts: dict[str, Any]) -> LifeEvent:
    """Correct an event whose correction needs nobody else any more; the file is locked."""
    reason = require_reason(reason)
    unknown = set(facts) - set(CORRECTABLE)
    if unknown:
        raise ValidationError(_("Withdraw the event and record another one instead."))
    if not event.in_force:
        raise WrongState(
            _("This step isn't possible any more: the state is now “%(state)s”.") % {"state": event.get_state_display()}
        )
    before, day = snapshot(event), event.happened_on
    for name, value in facts.items():
        setattr(event, name, value)
    event.full_clean()
    _check(event, file)
    old, new = changes(before, snapshot(event))
    if not new:
        return event
    if event.kind == EventKind.DIED and file.died == day and "died" in event.written:
        event.written = {**event.written, "died": [event.written["died"][0], event.happened_on]}
        file = change_file(file, actor=actor, facts={"died": event.happened_on}, reason=reason)
    _play_with(file, event)
    keep(event)
    path = file.union.path
    record(event, "lifeevent.corrected", actor=actor, before=old, after=new, reason=reason, scope_path=path)
    refresh_status(file, actor=actor, because=event)
    return event


@transaction.atomic
def verify_file(file: Honouree, *, actor: User, outcome: str, note: str = "") -> FileStatus:
    """Write down that the file was checked today against its sources, or with its holder, and what came of it."""
    file = lock_file(file)
    if not may_verify_file(actor, file):
        raise PermissionDenied
    status = status_row(file)
    before = {"verified_on": status.verified_on, "outcome": status.outcome}
    status.verified_on, status.verified_by = timezone.localdate(), actor
    status.outcome, status.verified_note = outcome, note.strip()
    status.full_clean()
    status.save()
    after = {"verified_on": status.verified_on, "outcome": Outcome(outcome).value}
    record(file, "file.verified", actor=actor, before=before, after=after, reason=note, scope_path=file.union.path)
    return status


def status_row(file: Honouree) -> FileStatus:
    """Return the file's status row, made at need from what the file says."""
    return FileStatus.objects.get_or_create(
        file=file, defaults={"imported": file.collective_state, **vars(standing_from([], file))}
    )[0]


def standing_from(events: list[LifeEvent], file: Honouree, imported: str | None = None) -> Standing:
    """Where the file stands after these events."""
    said = file.collective_state if imported is None else imported
    return play(events, died=file.died, imported=said)[0]


def refresh_status(file: Honouree, *, actor: User | None, because: LifeEvent | None = None) -> FileStatus:
    """Play the file's events and write what follows: the status row, old and new status of every event, a collective's state."""
    row = status_row(file)
    events = list(LifeEvent._base.filter(file=file, state=EventState.IN_FORCE))
    standing, steps = play(events, died=file.died, imported=row.imported)
    _write_steps(steps)
    for step in steps:
        if because is not None and step.event.pk == because.pk:
            because.old_status, because.new_status = step.before, step.after
    before: dict[str, Any] = {"life_status": row.status} if file.is_person else {}
    row.status, row.hold, row.since = standing.status, standing.hold, standing.since
    row.save(update_fields=["status", "hold", "since"])
    after: dict[str, Any] = {"life_status": row.status} if file.is_person else {}
    if not file.is_person:
        before["collective_state"] = file.collective_state
        spoken = any(not step.event.is_private for step in steps)
        file.collective_state = COLLECTIVE_STATES[Status(row.status)] if spoken else row.imported
        file.save(update_fields=["collective_state", "updated_at"])
        after["collective_state"] = file.collective_state
    old, new = changes(before, after)
    if because is not None and not because.is_private:
        told = {"event": because.kind, "happened_on": because.happened_on, "event_state": because.state}
        record(
            file, "event.counted", actor=actor, before=old, after={**new, **told}, reason=because.answer,
            scope_path=file.union.path,
        )  # fmt: skip
    elif new:
        record(file, "status.derived", actor=actor, before=old, after=new, scope_path=file.union.path)
    announce_honourees([file.pk])
    return row


def follow_facts(ids: Iterable[int]) -> None:
    """Let the status rows follow what forms, imports and merges wrote: dates of death, a collective's state, events of another file.

    Two queries a thousand files, and one for each row that changes. Nothing is recorded: what it follows is in the trail already.
    """
    keys = sorted(set(ids))
    for start in range(0, len(keys), FILES_AT_ONCE):
        rows = list(FileStatus.objects.filter(file__in=keys[start : start + FILES_AT_ONCE]).select_related("file"))
        events: dict[int, list[LifeEvent]] = {row.file_id: [] for row in rows}
        for event in LifeEvent._base.filter(file__in=events, state=EventState.IN_FORCE):
            events[event.file_id].append(event)
        for row in rows:
            _follow(row, events[row.file_id])


def _follow(row: FileStatus, events: list[LifeEvent]) -> None:
    was = (row.status, row.hold, row.since, row.imported)
    if all(event.is_private for event in events):
        row.imported = row.file.collective_state
    try:
        standing, steps = play(events, died=row.file.died, imported=row.imported)
    except ValidationError:
        # Events that contradict each other, or the typed death: the screen shows them, nothing is decided here.
        return
    _write_steps(steps)
    row.status, row.hold, row.since = standing.status, standing.hold, standing.since
    if was != (row.status, row.hold, row.since, row.imported):
        row.save(update_fields=["status", "hold", "since", "imported"])


def _write_steps(steps: list[Played]) -> None:
    for step in steps:
        if (step.event.old_status, step.event.new_status) != (step.before, step.after):
            LifeEvent._base.filter(pk=step.event.pk).update(old_status=step.before, new_status=step.after)
            step.event.old_status, step.event.new_status = step.before, step.after


def take_back(event: LifeEvent, file: Honouree, actor: User) -> None:
    """Take back the facts an event set, where nobody changed them since."""
    for name, (old, new) in event.written.items():
        if getattr(file, name) != new:
            continue
        changed = change_file(file, actor=actor, facts={name: old}, reason=event.answer)
        file.__dict__.update({key: value for key, value in changed.__dict__.items() if key != "_state"})
        if name == "name":
            before = details(file)
            file.other_names.filter(kind=NameKind.FORMER, name_key__in=[fold(old), fold(new)]).delete()
            gone, left = changes(before, details(file))
            record(file, "file.details", actor=actor, before=gone, after=left, scope_path=file.union.path)


def _locked(event: LifeEvent) -> tuple[Honouree, LifeEvent]:
    file = lock_file(event.file)
    fresh: LifeEvent = LifeEvent._base.select_for_update(of=("self",)).get(pk=event.pk)
    fresh.file = file
    return file, fresh


def _check(event: LifeEvent, file: Honouree) -> None:
    kind, step = event.kind, STEPS[event.kind]
    if file.kind not in step.of:
        raise ValidationError({"kind": _("This doesn't happen to a file of this kind.")})
    check_day(file, event.happened_on, timezone.localdate().isoformat())
    if event.is_private and not event.document:
        raise ValidationError({"document": _("Name the document: this keeps entitlements back, or gives them again.")})
    if kind == EventKind.RENAMED and not event.new_name:
        raise ValidationError({"new_name": _("Write the new name.")})
    if kind in (EventKind.MERGED, EventKind.ABSORBED) and not event.into_name:
        raise ValidationError({"into_name": _("Write what it became part of.")})
    if kind == EventKind.REVOKED and file.conferrals.filter(is_revoked=False).exists():
        raise ValidationError(
            _("Honours of this file are in force: revoke each of them first, by its conferring level.")
        )


def _play_with(file: Honouree, event: LifeEvent) -> None:
    others = LifeEvent._base.filter(file=file, state=EventState.IN_FORCE).exclude(pk=event.pk)
    play([*others, event], died=file.died)


def _take_effect(event: LifeEvent, file: Honouree, actor: User) -> None:
    written: dict[str, list[str]] = {}
    reason = f"{event.get_kind_display()} {event.document}".strip()
    if event.kind == EventKind.DIED and not file.died:
        written["died"] = ["", event.happened_on]
    if event.kind == EventKind.RENAMED:
        if _is_latest_renaming(event):
            if event.new_name != file.name:
                written["name"] = [file.name, event.new_name]
        else:
            _add_former_name(event, file, actor)
    # Before the facts change: what the file said until the first event is what it says again without any.
    row = status_row(file)
    if not _told(file).exclude(pk=event.pk).exists():
        row.imported = file.collective_state
        row.save(update_fields=["imported"])
    if written:
        facts = {name: new for name, (_old, new) in written.items()}
        file = change_file(file, actor=actor, facts=facts, reason=reason)
        event.written = written
        event.save(update_fields=["written"])
    refresh_status(file, actor=actor, because=event)


def _told(file: Honouree) -> QuerySet[LifeEvent]:
    told: QuerySet[LifeEvent] = LifeEvent._base.filter(file=file, state=EventState.IN_FORCE)
    return told.exclude(kind__in=PRIVATE)


def _is_latest_renaming(event: LifeEvent) -> bool:
    later = LifeEvent._base.filter(file=event.file, kind=EventKind.RENAMED, state=EventState.IN_FORCE)
    return not later.filter(happened_on__gt=event.happened_on).exists()


def _add_former_name(event: LifeEvent, file: Honouree, actor: User) -> None:
    before = details(file)
    key = fold(event.new_name)
    if key != file.name_key:
        OtherName.objects.get_or_create(
            honouree=file, name_key=key, kind=NameKind.FORMER, defaults={"name": event.new_name}
        )
    old, new = changes(before, details(file))
    if new:
        record(file, "file.details", actor=actor, before=old, after=new, scope_path=file.union.path)


def _note_private(event: LifeEvent, verb: str, actor: User) -> None:
    # Whoever reads the file's history needn't know what it is about; the event's own chain says it.
    record(event.file, verb, actor=actor, after={"event": REDACTED}, scope_path=event.file.union.path)


def _close(event: LifeEvent, file: Honouree, to: str, actor: User, reason: str) -> LifeEvent:
    reason = require_reason(reason)
    closed: LifeEvent = move(
        event, to, table=EVENTS, actor=actor, reason=reason, scope_path=file.union.path,
        answered_by=actor, answered_at=timezone.now(), answer=reason,
    )  # fmt: skip
    closed.file = file
    if closed.is_private:
        _note_private(closed, f"event.{to}", actor)
    return closed
