"""Reading batches: for the console's screens, the progress bar and the command."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from registry.intake.enums import RowStatus
from registry.intake.models import IntakeBatch, IntakeRow


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


def progress(batch: IntakeBatch) -> Progress:
    """How far the worker is. The rate is counted from the moment the commit began."""
    todo = rows_of(batch).exclude(status__in=(RowStatus.DOUBTFUL, RowStatus.REFUSED)).exclude(choice="skip").count()
    began = batch.heartbeat
    rate = 0.0
    if began and batch.done:
        first = batch.uploaded_at
        rate = batch.done / max((timezone.now() - first).total_seconds(), 1.0)
    left = int((todo - batch.done) / rate) if rate and todo > batch.done else None
    return Progress(batch.done, todo, rate, left)


def row_json(row: IntakeRow) -> dict[str, Any]:
    """One row for programs: what `manage.py intake --json` prints."""
    facts = row.data
    return {
        "row": row.source_row,
        "sheet": row.sheet,
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
