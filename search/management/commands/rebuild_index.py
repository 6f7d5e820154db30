"""Write the search indexes anew."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import indexing, service
from search.engines.base import EngineAway


class Command(BaseCommand):
    """`manage.py rebuild_index`: searching goes on meanwhile, and changes made meanwhile are not lost."""

    help = "Write the search index anew from the public facts while searching goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the engine."""
        parser.add_argument(
            "--engine", choices=["embedded", "elasticsearch"], help="only this one; else every engine in use"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, telling how far it is."""
        wanted = [options["engine"]] if options["engine"] else list(dict.fromkeys(["embedded", settings.SEARCH_ENGINE]))
        for name in wanted:
            try:
                number = indexing.rebuild(service.engine_named(name), partial(self._tell, name))
            except EngineAway as error:
                raise CommandError(f"{name}: {error}") from error
            self.stdout.write(f"{name}: {number} documents")

    def _tell(self, name: str, done: int) -> None:
        if done % 5000 < 500:
            self.stdout.write(f"{name}: {done} ...")
