"""Reading batches: for the console's screens, the progress bar and the command."""

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.states import OPEN, WORKING


@dataclass(frozen=True)
class Progress:
    """How far a batch is. `rate` in rows a second; `seconds_left` is None until it can be told."""

    done: int
    total: int
    rate: float
    seconds_left: int | None


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


def status_counts(batch: IntakeBatch) -> dict[str, int]:
    """How many rows of each status; every status is there."""
    found = dict(rows_of(batch).order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in RowStatus.values}


def unfinished(batches: QuerySet[IntakeBatch]) -> QuerySet[IntakeBatch]:
    """Keep the batches with which somebody must do something: questions, doubts, rows not committed yet, also those left behind."""
    left = IntakeRow._base.filter(batch=OuterRef("pk"), committed=False, status=RowStatus.DOUBTFUL).exclude(
        choice=Choice.SKIP
    )
    return batches.filter(Q(state__in=OPEN) | Q(Exists(left), state=BatchState.COMMITTED))


def has_rows_left(batch: IntakeBatch) -> bool:
    """Whether rows wait that could still be committed, once their doubts are settled."""
    left = rows_of(batch).filter(committed=False).exclude(status=RowStatus.REFUSED).exclude(choice=Choice.SKIP)
    return left.exists()


def same_file_before(batch: IntakeBatch) -> IntakeBatch | None:
    """Return the newest committed batch of the same union or one below it that came from the very same file."""
    found: IntakeBatch | None = (
        IntakeBatch.objects.everywhere("narrowed to the batch's own union")
        .filter(digest=batch.digest, state=BatchState.COMMITTED, union__path__startswith=batch.union.path)
        .exclude(pk=batch.pk)
        .first()
    )
    return found


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
    """One row for programs: what `manage.py intake --json` prints."""
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
    }


def summary(batch: IntakeBatch) -> str:
    """One line: how many rows of each status."""
    counts: Counter[str] = Counter(status_counts(batch))
    return ", ".join(f"{RowStatus(status).label} {number}" for status, number in counts.items())
