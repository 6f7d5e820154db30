"""What the worker does for the statistics."""

from django_tasks import task

from registry.statistics import actions


@task()
def refresh() -> None:
    """Count again what is owed; may be run again at any time."""
    actions.catch_up()


def pay_debts() -> int:
    """Count what a worker that was killed left behind; called by `manage.py tick`."""
    return actions.catch_up()
