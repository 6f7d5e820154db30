"""What the worker does. A task takes keys, fetches, delegates, and may be run again."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from registry.accounts.models import User
from registry.intake.committing import commit_all
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch
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
    return len(names)
