"""Serve the site on this machine with its worker, with the demonstration data on the first run."""

import os
import threading
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from django.utils.translation import gettext as _

from cms.pages import demo, serving
from search.indexing import is_empty

TICK_SECONDS = 30
PATIENCE_SECONDS = 90


class Command(BaseCommand):
    """`manage.py serve`: everything a newcomer needs, in one command that Ctrl-C ends."""

    help = "Migrate, load the demonstration data on the first run, then serve the site with its worker on PORT (8000)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address to listen on."""
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--new-passwords", action="store_true", help="Make the demonstration accounts' passwords anew."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, announce, watch."""
        host, port = options["host"], options["port"]
        if not serving.port_is_free(host, port):
            raise CommandError(
                f"Port {port} is taken on {host}. Stop what listens there, or choose another: PORT=8001 make run"
            )
        serving.environment()
        self.prepare()
        passwords = demo.passwords(anew=options["new_passwords"])
        supervisor = serving.Supervisor([serving.gunicorn(host, port), serving.worker()], self.stdout.write)
        address = f"http://{host}:{port}/"
        supervisor.start()
        try:
            if supervisor.wait_until(lambda: serving.answers(address), PATIENCE_SECONDS):
                self.announce(address, passwords)
                self.start_ticking()
                supervisor.run()
            elif not supervisor.stopping:
                supervisor.exit_code = 1
                self.stderr.write(f"The site did not answer at {address} within {PATIENCE_SECONDS} s.")
        finally:
            supervisor.stop()
        if supervisor.exit_code:
            raise SystemExit(supervisor.exit_code)

    def prepare(self) -> None:
        """Bring the database, the demonstration and the index up to date; quick when they are."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database")
            call_command("migrate", verbosity=0, interactive=False)
        if not demo.is_loaded():
            self.stdout.write("Loading the demonstration data (once)")
            demo.load(lambda line: self.stdout.write(f"  {line}"))
        else:
            # What a newer version lets the roles do in the console.
            demo.ensure_groups()
        self.fill_index()

    def fill_index(self) -> None:
        """Build the search index if it is empty."""
        if is_empty():
            self.stdout.write("Building the search index")
            call_command("rebuild_index", stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123

    def announce(self, address: str, passwords: dict[str, str]) -> None:
        """Say where the site is, who can sign in, and what to try; nothing of this is said before the site answers."""
        self.stdout.write(f"Ready: {address}")
        entries = demo.words()["accounts"]
        self.stdout.write("")
        with translation.override(settings.LANGUAGE_CODE):
            self.stdout.write(f"{_('Demonstration accounts')} ({address}console/)")
            for entry in entries:
                self.stdout.write(f"  {entry['username']:<20} {passwords[entry['username']]:<16} {entry['name']}")
        names = [word for _label, word in self.examples()]
        for language in ("zh-hans", "en"):
            with translation.override(language):
                self.stdout.write("")
                self.stdout.write(_("Five things to try"))
                for number, line in enumerate(self.to_try(address, names), 1):
                    self.stdout.write(f"  {number}. {line}")
        self.stdout.flush()

    def examples(self) -> list[tuple[str, str]]:
        """Return searches that find somebody."""
        from cms.pages.context import examples

        return examples()

    def to_try(self, address: str, names: list[str]) -> list[str]:
        """Return the five lines."""
        return [
            _("Search by name, pinyin or initials (%(words)s): %(address)ssearch/")
            % {"words": " / ".join(names), "address": address},
            _("Narrow the register by year, level and region: %(address)shonourees/") % {"address": address},
            _("Read a story and print it: %(address)sstories/") % {"address": address},
            _("Sign in as registrar and import a list: %(address)sconsole/") % {"address": address},
            _("Sign in as editor and write a story, then publish it as reviewer: %(address)sconsole/")
            % {"address": address},
        ]

    def start_ticking(self) -> None:
        """Do the chores every half minute, beside everything else."""

        def tick() -> None:
            call_command("tick")
            connection.close()
            again()

        def again() -> None:
            timer = threading.Timer(TICK_SECONDS, tick)
            timer.daemon = True
            timer.start()

        again()
