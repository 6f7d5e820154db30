"""What has to be looked at again and again: interrupted imports, and search updates that were lost."""

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

# Where the rooms keep what is to be called; each function takes nothing.
CHORES = (
    ("registry.intake.tasks", "resume_stuck"),
    ("registry.intake.tasks", "forget_old_files"),
    ("registry.statistics.tasks", "pay_debts"),
    ("search.tasks", "replay_debts"),
)


class Command(BaseCommand):
    """`manage.py tick`: run it every half minute (`serve` does)."""

    help = "Resume what was interrupted and repair what was lost; run it every half minute."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do every chore; one that fails doesn't keep the others from being done."""
        failed = []
        for module, name in CHORES:
            try:
                chore = getattr(import_module(module), name, None)
                if chore is not None:
                    chore()
            except ModuleNotFoundError as error:
                if error.name != module:
                    failed.append(f"{name}: {error}")
            except Exception as error:
                failed.append(f"{name}: {error}")
        for line in failed:
            self.stderr.write(line)
