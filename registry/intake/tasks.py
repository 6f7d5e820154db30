"""What the worker does. A task takes keys, fetches, delegates, and may be run again."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from registry.accounts.models import User
from registry.bulk import write_columns
from registry.intake.committing import commit_all
from registry.intake.enums import BatchState, RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.private import forget
from registry.intake.states import WORKING
from registry.intake.undoing import undo_all

logger = logging.getLogger(__name__)
SILENCE = timedelta(seconds=30)


@task(queue_name="intake")
def commit_batch(batch_id: int, actor_id: int) -> None:
    """Commit what is left of a batch."""
    commit_all(batch_id, User.objects.get(pk=actor_id))


@task(queue_name="intake")
def undo_batch(batch_id: int, actor_id: int) -> None:
    """Take back what is left of a batch."""
    undo_all(batch_id, User.objects.get(pk=actor_id))


def start(batch: IntakeBatch) -> None:
    """Hand a batch that is being committed or undone to the worker."""
    job = commit_batch if batch.state == BatchState.COMMITTING else undo_batch
    job.enqueue(batch.pk, batch.worked_by_id or batch.uploaded_by_id)


def resume_stuck() -> int:
    """Enqueue again every batch whose worker fell silent for 30 seconds; return how many."""
    silent = IntakeBatch._base.filter(state__in=WORKING, heartbeat__lt=timezone.now() - SILENCE)
    number = 0
    for batch in silent:
        logger.warning("intake batch %s fell silent; resumed", batch.pk)
        claimed = silent.filter(pk=batch.pk).update(heartbeat=timezone.now())
        if claimed:
            start(batch)
            number += 1
    return number


def forget_old_files() -> int:
    """Delete kept lists older than the set number of days; return how many."""
    from registry.intake.actions import forget_file

    limit = timezone.now() - timedelta(days=settings.INTAKE_KEEP_DAYS)
    old = IntakeBatch._base.filter(uploaded_at__lt=limit).exclude(stored_as="").exclude(state__in=WORKING)
    names = list(old.values_list("pk", "stored_as"))
    for pk, name in names:
        forget_file(name)
        IntakeBatch._base.filter(pk=pk).update(stored_as="")
    # With the list go the private facts of rows that nobody committed.
    stale = IntakeRow._base.filter(batch__uploaded_at__lt=limit, committed=False, private__isnull=False)
    for batch in IntakeBatch._base.filter(pk__in=stale.values("batch")).exclude(state__in=WORKING):
        _let_go(batch, stale.filter(batch=batch))
    return len(names)


def _let_go(batch: IntakeBatch, rows: Any) -> None:
    text = _("The private facts of this row were deleted after the set time. Upload the list again.")
    said = {"level": "error", "column": "", "text": text, "code": "private_deleted"}
    kept = list(rows)
    for row in kept:
        row.status, row.messages = RowStatus.REFUSED, [*row.messages, said]
    with transaction.atomic():
        write_columns(IntakeRow, kept, ["status", "messages"])
        forget(rows)
