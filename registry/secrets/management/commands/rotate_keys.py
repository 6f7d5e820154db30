"""Re-encrypt under the current key and suite."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.secrets.keys import blind_ring, ring
from registry.secrets.rotation import CHUNK, Progress, remaining, rotate
from registry.secrets.uses import BLIND, SEALING


class Command(BaseCommand):
    """`rotate_keys`, `rotate_keys --dry-run`."""

    help = (
        "Move every private fact to the first key of SECRET_KEYS, the first of BLIND_KEY and the suite of SECRET_SUITE. "
        "People may work meanwhile, and a run that was interrupted is simply started again. First restart every process with the new "
        "ring, so that nothing new is written under the old key; take the old key out of the ring when the command says that it may go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="only say how much is under which key")
        parser.add_argument("--chunk", type=int, default=CHUNK, help=f"rows in one transaction ({CHUNK})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it; exit 1 when something couldn't be moved."""
        if options["dry_run"]:
            self._tell(remaining())
            return
        last: dict[str, Progress] = {}
        began = time.monotonic()
        for progress in rotate(chunk=max(1, options["chunk"])):
            last[progress.model] = progress
            speed = progress.moved / max(time.monotonic() - began, 0.001)
            self.stdout.write(f"{progress.model}: {progress.moved:,} of {progress.total:,} rows, {speed:,.0f} rows/s")
        self._tell(remaining())
        failed = {f"{name} {key}": why for name, one in last.items() for key, why in one.failed.items()}
        for row, why in list(failed.items())[:20]:
            self.stderr.write(f"{row}: {why}")
        if failed:
            raise CommandError(f"{len(failed)} rows could not be moved; nothing of them was changed")

    def _tell(self, counts: dict[str, int]) -> None:
        current = {f"{SEALING}:{ring().current.id}", f"{BLIND}:{blind_ring().current.id}"}
        for name, count in counts.items():
            use, _colon, key_id = name.partition(":")
            setting = "SECRET_KEYS" if use == SEALING else "BLIND_KEY"
            note = "current" if name in current else "still needed" if count else "may leave the ring"
            self.stdout.write(f"{setting} {key_id}: {count:,} values, {note}")
