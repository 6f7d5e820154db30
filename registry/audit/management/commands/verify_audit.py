"""Check the audit trail, and write or compare checkpoints."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.audit.queries import checkpoint, verify_against, verify_chain


class Command(BaseCommand):
    """`verify_audit`, `verify_audit --write FILE`, `verify_audit --against FILE`."""

    help = "Recompute the audit trail's hashes; exit 1 and name the first broken entry."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--chain", default="", help="only this chain, such as people.honouree:12")
        parser.add_argument("--write", type=Path, help="write a checkpoint to keep outside the database")
        parser.add_argument("--against", type=Path, help="compare with a checkpoint kept outside")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the check."""
        broken = verify_chain(options["chain"])
        if broken is None and options["against"]:
            broken = verify_against(json.loads(options["against"].read_text()))
        if broken:
            raise CommandError(f"{broken.chain} entry {broken.position}: {broken.why}")
        if options["write"]:
            options["write"].write_text(json.dumps(checkpoint(), indent=0, sort_keys=True))
        self.stdout.write("the audit trail is whole")
