"""What must happen now and then: resume silent batches, delete old lists."""

from typing import Any

from django.core.management.base import BaseCommand

from registry.intake.tasks import forget_old_files, resume_stuck


class Command(BaseCommand):
    """`manage.py tick`, every half minute."""

    help = "Resume imports whose worker fell silent and delete kept lists that are old enough."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        self.stdout.write(f"resumed {resume_stuck()}, deleted {forget_old_files()}")
