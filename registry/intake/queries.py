"""Reading batches: for the console's screens, the progress bar and the command."""

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry.accounts.enums import Role
from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.private import masked_in
from registry.intake.states import OPEN, READY, WORKING
from registry.organisations.rules import appointments_of


@dataclass(frozen=True)
class Progress:
    """How far a batch is. `rate` in rows a second; `seconds_left` is None until it can be told."""

    done: int
    total: int
    rate: float
    seconds_left: int | None


@dataclass(frozen=True)
class Earlier:
    """The same file was committed before: by `batch`, or, where that is None, by a batch that the user may not see."""

    batch: IntakeBatch | None


def batches_visible_to(user: Any) -> QuerySet[IntakeBatch]:
    """Batches of the user's subtree, newest first."""
    found: QuerySet[IntakeBatch] = IntakeBatch.objects.visible_to(user).select_related("union", "uploaded_by")
    return found


def rows_of(batch: IntakeBatch) -> QuerySet[IntakeRow]:
    """A batch's rows in order. Whoever may see the batch may see its rows."""
    found: QuerySet[IntakeRow] = (
        IntakeRow.objects.everywhere("the batch was scoped").filter(batch=batch).order_by("number")
    )
    return found


def ready_rows(batch: IntakeBatch) -> QuerySet[IntakeRow]:
    """The rows that a commit would write now: clear, neither left out nor written yet."""
    return rows_of(batch).filter(committed=False, status__in=READY).exclude(choice=Choice.SKIP)


def status_counts(batch: IntakeBatch) -> dict[str, int]:
    """How many rows of each status; every status is there."""
    return _by_status(rows_of(batch))


def ready_counts(batch: IntakeBatch) -> dict[str, int]:
    """How many rows of each status a commit would write now; every status is there."""
    return _by_status(ready_rows(batch))


def _by_status(rows: QuerySet[IntakeRow]) -> dict[str, int]:
    found = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in RowStatus.values}


def unfinished(batches: QuerySet[IntakeBatch]) -> QuerySet[IntakeBatch]:
    """Keep the batches with which somebody must do something: questions, doubts, rows not committed yet, also those left behind."""
    left = IntakeRow._base.filter(batch=OuterRef("pk"), committed=False, status=RowStatus.DOUBTFUL).exclude(
        choice=Choice.SKIP
    )
    return batches.filter(Q(state__in=OPEN) | Q(Exists(left), state=BatchState.COMMITTED))


def waiting_batches(user: Any) -> QuerySet[IntakeBatch]:
    """Lists with private facts that wait for a second person who could be this user: another registry officer of the batch's union."""
    within = Q(pk__in=[])
    for role, path in appointments_of(user):
        if role == Role.REGISTRAR:
            within |= Q(union__path__startswith=path)
    return batches_visible_to(user).filter(within, state=BatchState.WAITING).exclude(proposed_by=user)


def has_rows_left(batch: IntakeBatch) -> bool:
    """Whether rows wait that could still be committed, once their doubts are settled."""
    left = rows_of(batch).filter(committed=False).exclude(status=RowStatus.REFUSED).exclude(choice=Choice.SKIP)
    return left.exists()


def same_file_before(batch: IntakeBatch, user: Any) -> Earlier | None:
    """Return the newest other batch, of whichever union, that committed the very same file before this one; one the user may see first."""
    if batch.state not in (*OPEN, BatchState.COMMITTING, BatchState.COMMITTED):
        return None
    same = Q(digest=batch.digest, state=BatchState.COMMITTED) & ~Q(pk=batch.pk)
    if batch.state == BatchState.COMMITTED and batch.finished_at:
        same &= Q(finished_at__lt=batch.finished_at)
    visible = batches_visible_to(user).filter(same).first()
    if visible is not None:
        return Earlier(visible)
    hidden = IntakeBatch.objects.everywhere("whether there is one; nothing of it is shown").filter(same)
    return Earlier(None) if hidden.exists() else None


def progress(batch: IntakeBatch) -> Progress:
    """How far the worker is, at a commit or (counting taken-back rows) at an undo. The rate counts from when the work began."""
    rows = rows_of(batch)
    if batch.state == BatchState.UNDOING:
        total = rows.filter(committed=True).count() + batch.taken_back
        done = batch.taken_back
    else:
        ready = rows.exclude(status__in=(RowStatus.DOUBTFUL, RowStatus.REFUSED)).exclude(choice=Choice.SKIP)
        total, done = ready.count(), batch.done
    end = batch.finished_at if batch.finished_at and batch.state not in WORKING else timezone.now()
    spent = (end - batch.began_at).total_seconds() if batch.began_at else 0.0
    rate = (done - (0 if batch.state == BatchState.UNDOING else batch.done_before)) / spent if spent > 0 else 0.0
    left = ceil((total - done) / rate) if rate > 0 and total > done else None
    return Progress(done, total, rate, left)


def row_json(row: IntakeRow) -> dict[str, Any]:
    """One row for programs: what `manage.py intake --json` prints; private facts masked, and none of a committed row."""
    facts = row.data
    return {
        "row": row.source_row,
        "status": row.status,
        "name": facts["name"],
        "kind": facts["kind"],
        "sex": facts["sex"],
        "ethnicity": facts["ethnicity"],
        "unit": facts["unit"],
        "position": facts["position"],
        "title": facts["title"],
        "level": facts["level"],
        "region": facts["region"],
        "year": facts["year"],
        "messages": [message["text"] for message in row.messages],
        "asks": row.asks,
        "private": masked_in(row),
    }


def summary(batch: IntakeBatch) -> str:
    """One line: how many rows of each status."""
    counts: Counter[str] = Counter(status_counts(batch))
    return ", ".join(f"{RowStatus(status).label} {number}" for status, number in counts.items())
