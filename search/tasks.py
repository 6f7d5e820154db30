"""What the worker does for search."""

from django_tasks import task

from search import indexing


@task()
def refresh(source: str, ids: list[int]) -> None:
    """Read these again and bring the indexes up to date."""
    indexing.refresh(source, ids)


def replay_debts() -> int:
    """Tell the search server what it missed; called by `manage.py tick`."""
    return indexing.replay_debts()
