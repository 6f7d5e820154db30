"""The worker, with the text pipeline ready before it takes its first task."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from search.sources import warm


class Command(db_worker.Command):
    """`manage.py db_worker`, as it comes with django-tasks."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the dictionaries first, so that the first change is found as soon as the others."""
        warm()
        super().handle(*args, **options)
