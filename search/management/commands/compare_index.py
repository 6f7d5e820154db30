"""Find what an index lost."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import indexing, service
from search.engines.base import EngineAway

SHOWN = 20


class Command(BaseCommand):
    """`manage.py compare_index`: exit 1 when something is missing, stale or extra and wasn't repaired."""

    help = "Hold the search index against the public facts: what is missing, stale or shouldn't be there."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the engine and whether to repair."""
        parser.add_argument("--engine", choices=["embedded", "elasticsearch"])
        parser.add_argument("--repair", action="store_true", help="bring what was found up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare each engine in use."""
        wanted = [options["engine"]] if options["engine"] else list(dict.fromkeys(["embedded", settings.SEARCH_ENGINE]))
        wrong = 0
        for name in wanted:
            try:
                found = indexing.compare(service.engine_named(name))
            except EngineAway as error:
                raise CommandError(f"{name}: {error}") from error
            for word in ("missing", "stale", "extra"):
                keys = getattr(found, word)
                more = " ..." if len(keys) > SHOWN else ""
                self.stdout.write(f"{name}: {len(keys)} {word}{': ' if keys else ''}{' '.join(keys[:SHOWN])}{more}")
            if options["repair"] and found.wrong:
                indexing.repair(found)
                self.stdout.write(f"{name}: {len(found.wrong)} read again")
            elif found.wrong:
                wrong += 1
        if wrong:
            raise CommandError("run it again with --repair")
