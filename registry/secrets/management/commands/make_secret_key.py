"""Write a new key for the environment."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.secrets.keys import make_key


class Command(BaseCommand):
    """`make_secret_key k2`: prints `k2:base64`, to put in front of SECRET_KEYS or BLIND_KEY."""

    help = "Print a new random key under this id. Put it first in SECRET_KEYS (or BLIND_KEY) and keep the older ones behind it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("id", help="1 to 16 lower-case letters, digits and hyphens; never one that was used before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(make_key(options["id"]))
