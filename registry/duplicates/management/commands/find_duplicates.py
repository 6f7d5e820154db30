"""Find files that may be about one person, all over the register."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from registry.duplicates.finding import Found, find_all, look_at


class Command(BaseCommand):
    """`manage.py find_duplicates`: look at every file; changed ones are looked at by the worker as they change."""

    help = "Find files that may be about one person and put them into the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        """Some files only."""
        parser.add_argument("--files", nargs="+", type=int, metavar="KEY", help="look at these files only")

    def handle(self, *args: Any, files: list[int] | None = None, verbosity: int = 1, **options: Any) -> None:
        """Look, and say what was found."""
        began = time.monotonic()
        found = look_at(files) if files else find_all(self._tell if verbosity > 1 else lambda _found: None)
        text = _(
            "%(files)d files, %(compared)d pairs compared, %(suspected)d suspected, %(fresh)d of them new; %(seconds).1f s"
        )
        self.stdout.write(text % {**vars(found), "seconds": time.monotonic() - began})

    def _tell(self, found: Found) -> None:
        self.stdout.write(f"{found.files} / {found.compared} / {found.suspected}")
