"""Recount the register and hold it against the summary tables."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.statistics import actions


class Command(BaseCommand):
    """`manage.py check_statistics [--rebuild]`: exit code 1 when a number is wrong."""

    help = "Recount all files and honours, and say where the summary tables differ; --rebuild makes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--rebuild", action="store_true", help="make the tables anew instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, or check."""
        if options["rebuild"]:
            self.stdout.write(f"{actions.rebuild():,} files counted anew")
            return
        found = actions.check()
        for pk in found.spans[: actions.SHOWN]:
            self.stderr.write(f"file {pk} isn't counted as the register has it")
        for line in [*found.cells[: actions.SHOWN], *found.totals]:
            self.stderr.write(line)
        if not found.is_right:
            text = "%d of %d files and %d cells are wrong; --rebuild makes the tables anew"
            raise CommandError(text % (len(found.spans), found.files, len(found.cells)))
        self.stdout.write(f"{found.files:,} files recounted; every number is right")
