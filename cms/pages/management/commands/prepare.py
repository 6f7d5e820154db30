"""What a deployment needs beside its tables: reference data, the roles' groups and workflow, the pages of the tree, an index."""

import secrets
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.console.setup import ensure_groups
from cms.pages import demo
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.organisations.actions import appoint
from registry.organisations.queries import top_node
from search.indexing import is_empty


class Command(BaseCommand):
    """`manage.py prepare`, after every `migrate`; safe to run again, what people changed stays."""

    help = "Load the reference data, the roles' rights and the site's first pages; build the search index if there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the first administrator's name."""
        parser.add_argument(
            "--administrator", metavar="NAME", help="Also make this account and print its password, once."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step leaves alone what is there."""
        call_command("load_reference", stdout=self.stdout)
        demo.load_site()
        ensure_groups()
        if is_empty():
            call_command("rebuild_index", stdout=self.stdout)
        if options["administrator"]:
            self.make_administrator(options["administrator"])

    def make_administrator(self, name: str) -> None:
        """Appoint the first administrator at the top of the tree; from then on people appoint each other."""
        if User.objects.filter(username=name).exists():
            raise CommandError(f"There is an account {name} already; an administrator gives it a role in the console.")
        password = secrets.token_urlsafe(12)
        appoint(User.objects.create_user(name, password=password), Role.ADMINISTRATOR, top_node(), actor=None)
        self.stdout.write(f"{name} {password}")
