"""Load the demonstration data."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.pages import demo


class Command(BaseCommand):
    """`manage.py load_demo`: safe to run again."""

    help = (
        "Load the demonstration: published lists through the intake, stories as pages, accounts. What is there stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what."""
        demo.load(lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write("The demonstration data is there.")
