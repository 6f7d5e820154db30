"""Bulk cleaning: propose, look and choose, apply in chunks, take back whole."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import Act, record, record_many
from registry.duplicates.cleaners import CLEANERS, Cleaner, Stale
from registry.duplicates.enums import CleaningKind, RunState
from registry.duplicates.gathering import parts
from registry.duplicates.models import CleaningRow, CleaningRun
from registry.duplicates.queries import rows_of
from registry.duplicates.rules import may_apply, may_clean, may_undo_run
from registry.events import announce_honourees
from registry.honours.models import HonourTitle
from registry.honours.standing import refresh_standing
from registry.organisations.models import UnionNode, Unit
from registry.transitions import move

MOST_ROWS = 50_000
CHUNK = 200
SHOWN = 10
YEARS = (1950, 2000)
TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.PROPOSED: frozenset({RunState.APPLYING, RunState.DISCARDED}),
    RunState.APPLYING: frozenset({RunState.APPLIED}),
    RunState.APPLIED: frozenset({RunState.UNDOING}),
    RunState.UNDOING: frozenset({RunState.UNDONE}),
    RunState.UNDONE: frozenset(),
    RunState.DISCARDED: frozenset(),
}
WORKING = (RunState.APPLYING, RunState.UNDOING)


@transaction.atomic
def propose_cleaning(kind: str, *, actor: User, union: UnionNode, options: dict[str, Any] | None = None) -> CleaningRun:
    """Work out every change and write none of them. Options by kind:

    titles: `mapping` {title's key: today's title's key}, `since`, `until` (years, 1950 to 2000 unless given). renamed: `names`
    [[former, today], …] beside what the units' records say. units: `at_least`, the files that must bear a name (2).

    Raises `PermissionDenied`; `ValidationError` when there is nothing to change, or more than 50,000 rows.
    """
    if not may_clean(actor, union):
        raise PermissionDenied
    run = CleaningRun(kind=CleaningKind(kind), union=union, options=_checked(kind, options or {}), made_by=actor)
    run.save()
    found = CLEANERS[kind](run).propose()
    while rows := list(islice(found, 1000)):
        for row in rows:
            run.total += 1
            row.run, row.number = run, run.total
            row.subject = row.subject[:200]
        if run.total > MOST_ROWS:
            raise ValidationError(
                _("More than %(number)d changes. Choose fewer years or titles, or a smaller union.")
                % {"number": MOST_ROWS}
            )
        CleaningRow.objects.bulk_create(rows)
    if not run.total:
        raise ValidationError(_("There is nothing to put right here."))
    run.save(update_fields=["total"])
    record(run, "cleaning.proposed", actor=actor, after={"kind": run.kind, "rows": run.total}, scope_path=union.path)
    return run


def _checked(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    if kind != CleaningKind.TITLES:
        return options
    mapping = {str(old): int(new) for old, new in options.get("mapping", {}).items() if int(old) != int(new)}
    if not mapping or HonourTitle.objects.filter(pk__in=mapping.values()).count() != len(set(mapping.values())):
        raise ValidationError(_("Choose today's title for at least one former title."))
    if {int(old) for old in mapping} & set(mapping.values()):
        raise ValidationError(_("A title can't be mapped and be mapped to in the same run."))
    since, until = int(options.get("since", YEARS[0])), int(options.get("until", YEARS[1]))
    if since > until:
        raise ValidationError(_("The first year is after the last."))
    return {**options, "mapping": mapping, "since": since, "until": until}


@transaction.atomic
def choose(run: CleaningRun, numbers: Iterable[int] | None, chosen: bool, *, actor: User) -> int:
    """Want these rows, or don't; None means all. What is impossible stays out. Return how many rows are wanted now."""
    locked = CleaningRun._base.select_for_update(of=("self",)).select_related("union").get(pk=run.pk)
    if not may_apply(actor, locked):
        raise PermissionDenied
    rows = rows_of(locked).filter(possible=True)
    for part in [None] if numbers is None else parts(numbers):
        (rows if part is None else rows.filter(number__in=part)).update(chosen=chosen)
    return rows.filter(chosen=True).count()


def apply(run: CleaningRun, *, actor: User, reason: str) -> CleaningRun:
    """Hand the chosen rows to the worker. Raises `PermissionDenied`; `ValidationError` without a reason, or when nothing is chosen."""
    if not may_apply(actor, run):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if not rows_of(run).filter(chosen=True).exists():
        raise ValidationError(_("Tick at least one row."))
    return _begin(run, RunState.APPLYING, actor, reason)


def undo(run: CleaningRun, *, actor: User, reason: str) -> CleaningRun:
    """Hand the run back to the worker, to be taken back whole. Raises `ValidationError` naming what later depends on it."""
    if not may_undo_run(actor, run):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if found := obstacles(run):
        raise ValidationError(found)
    return _begin(run, RunState.UNDOING, actor, reason)


def discard(run: CleaningRun, *, actor: User) -> CleaningRun:
    """Give a run up before anything is written."""
    if not may_apply(actor, run):
        raise PermissionDenied
    moved: CleaningRun = move(
        run, RunState.DISCARDED, table=TRANSITIONS, actor=actor, scope_path=run.union.path, finished_at=timezone.now()
    )
    return moved


def resume(run: CleaningRun, *, actor: User) -> None:
    """Let the worker go on with a run that it left; what is done is not done again."""
    if not may_clean(actor, run.union):
        raise PermissionDenied
    if run.state in WORKING:
        _enqueue(run.pk, run.state, actor.pk)


def obstacles(run: CleaningRun) -> list[str]:
    """Say what later depends on a run, up to ten sentences; empty when it can be taken back."""
    cleaner = CLEANERS[run.kind](run)
    rows = rows_of(run).filter(applied=True)
    said = (cleaner.obstacle(row) for row in rows.iterator(chunk_size=500))
    return list(islice((one for one in said if one), SHOWN))


@transaction.atomic
def _begin(run: CleaningRun, state: RunState, actor: User, reason: str) -> CleaningRun:
    moved: CleaningRun = move(
        run, state, table=TRANSITIONS, actor=actor, reason=reason.strip(), scope_path=run.union.path, worked_by=actor
    )
    CleaningRun._base.filter(pk=run.pk).update(reason=reason.strip()[:300])
    transaction.on_commit(lambda: _enqueue(run.pk, state, actor.pk))
    return moved


def _enqueue(run_id: int, state: str, actor_id: int) -> None:
    from registry.duplicates import tasks

    (tasks.apply_run if state == RunState.APPLYING else tasks.undo_run).enqueue(run_id, actor_id)


def apply_all(run_id: int, actor: User) -> CleaningRun:
    """Apply chunk after chunk; safe to call again after a crash."""
    while apply_chunk(run_id, actor):
        pass
    return CleaningRun._base.get(pk=run_id)


def undo_all(run_id: int, actor: User) -> CleaningRun:
    """Take back chunk after chunk, last row first; safe to call again after a crash."""
    while undo_chunk(run_id, actor):
        pass
    return CleaningRun._base.get(pk=run_id)


@transaction.atomic
def apply_chunk(run_id: int, actor: User) -> bool:
    """Apply some rows in one transaction; False when nothing is left. A row that changed since it was proposed is left out and says so."""
    run = _working(run_id, RunState.APPLYING)
    if run is None:
        return False
    rows = list(rows_of(run).filter(chosen=True, applied=False)[:CHUNK])
    if not rows:
        move(
            run, RunState.APPLIED, table=TRANSITIONS, actor=actor, scope_path=run.union.path, finished_at=timezone.now()
        )
        return False
    cleaner = CLEANERS[run.kind](run)
    acts: list[Act] = []
    for row in rows:
        try:
            acts += cleaner.apply(row)
            row.applied = True
        except Stale:
            row.chosen, row.remark = False, _("Changed since it was proposed; left as it is.")
    CleaningRow.objects.bulk_update(rows, ["applied", "chosen", "remark", "written"], batch_size=100)
    _close(run, cleaner, [row for row in rows if row.applied], acts, actor)
    return True


@transaction.atomic
def undo_chunk(run_id: int, actor: User) -> bool:
    """Take some rows back in one transaction; False when nothing is left. One that was changed meanwhile stays as it is and says so."""
    run = _working(run_id, RunState.UNDOING)
    if run is None:
        return False
    rows = list(rows_of(run).filter(applied=True).order_by("-number")[:CHUNK])
    if not rows:
        move(
            run, RunState.UNDONE, table=TRANSITIONS, actor=actor, scope_path=run.union.path, finished_at=timezone.now()
        )
        return False
    cleaner = CLEANERS[run.kind](run)
    acts: list[Act] = []
    touched: list[CleaningRow] = []
    for row in rows:
        if said := cleaner.obstacle(row):
            row.remark = said[:300]
        else:
            acts += cleaner.undo(row)
            touched.append(row)
        row.applied = False
    _close(run, cleaner, touched, acts, actor)
    gone = [row.written["unit"] for row in touched if row.written.get("added")]
    Unit._base.filter(pk__in=gone).delete()
    CleaningRow.objects.bulk_update(rows, ["applied", "remark"], batch_size=100)
    return True


def _working(run_id: int, state: RunState) -> CleaningRun | None:
    run = CleaningRun._base.select_for_update(of=("self",)).select_related("union").get(pk=run_id)
    return run if run.state == state else None


def _close(run: CleaningRun, cleaner: Cleaner, rows: list[CleaningRow], acts: list[Act], actor: User) -> None:
    """Write the trail of a chunk, derive the standing again, tell the rooms above, count."""
    record_many(acts, actor=actor)
    files = {key for row in rows for key in cleaner.files(row)}
    if run.kind == CleaningKind.TITLES:
        refresh_standing(files)
    announce_honourees(files)
    run.done += len(rows) if run.state == RunState.APPLYING else -len(rows)
    run.save(update_fields=["done"])
