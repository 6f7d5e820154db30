"""Load the reference data that comes with the system."""

from typing import Any

from django.core.management.base import BaseCommand

from registry.honours.reference import load_reference


class Command(BaseCommand):
    """`manage.py load_reference`: safe to run again."""

    help = "Load regions, the union tree, code tables and award titles; what people added stays."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how much."""
        for kind, number in load_reference().items():
            self.stdout.write(f"{kind}: {number}")
