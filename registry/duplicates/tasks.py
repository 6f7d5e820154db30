"""What the worker does. A task takes keys, fetches, delegates, and may be run again."""

from django_tasks import task

from registry.accounts.models import User
from registry.duplicates.finding import look_at

# After everything that somebody waits for: a large import tells of many files.
LATER = -50


@task(priority=LATER)
def look_again(ids: list[int]) -> None:
    """Look at changed files again."""
    look_at(ids)


@task()
def apply_run(run_id: int, actor_id: int) -> None:
    """Apply what is left of a cleaning run."""
    from registry.duplicates.cleaning import apply_all

    apply_all(run_id, User.objects.get(pk=actor_id))


@task()
def undo_run(run_id: int, actor_id: int) -> None:
    """Take back what is left of a cleaning run."""
    from registry.duplicates.cleaning import undo_all

    undo_all(run_id, User.objects.get(pk=actor_id))
