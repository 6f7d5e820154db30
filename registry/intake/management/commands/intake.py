"""Import a list from the command line: the same path as the console's screens."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.accounts.rules import SamePerson
from registry.intake.actions import begin, commit, confirm, forget_file, undo, upload
from registry.intake.committing import commit_all
from registry.intake.enums import BatchState, RowStatus
from registry.intake.models import IntakeBatch
from registry.intake.queries import row_json, rows_of, same_file_before, status_counts, summary
from registry.intake.undoing import undo_all

REFUSED, USAGE, OPEN = 1, 2, 3


class Command(BaseCommand):
    """`intake FILE --actor USER [--title T --level L --year Y] [--answers FILE] [--dry-run|--commit] [--json]`; `-` reads pasted text.

    `intake --confirm BATCH --actor OTHER` is the second person's word on a list with private facts, which `--json` masks.
    """

    help = "Import a published list. Without --commit it is a dry run that leaves nothing behind. Exit 1: refused, 2: usage, 3: open."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", nargs="?", help="XLSX, XLS, CSV or text; - reads pasted text from standard input")
        parser.add_argument("--actor", required=True, help="username of the registry officer who imports")
        for name in ("title", "level", "year"):
            parser.add_argument(f"--{name}", help=f"the {name} of rows that don't say it")
        parser.add_argument(
            "--answers", type=Path, help="JSON file with answers by question, as the asks of --json name them"
        )
        parser.add_argument("--source", default="", help="where the list was published")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="check only (the default)")
        how.add_argument("--commit", action="store_true", help="write into the registry")
        how.add_argument(
            "--confirm",
            type=int,
            metavar="BATCH",
            help="confirm, as the second person, a list with private facts, and write it",
        )
        how.add_argument("--undo", type=int, metavar="BATCH", help="take a committed batch back")
        parser.add_argument("--reason", default="", help="why it is taken back")
        parser.add_argument(
            "--skip-doubtful", action="store_true", help="commit the clear rows and leave the doubtful ones"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a source row on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        actor = User.objects.filter(username=options["actor"]).first()
        if actor is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": options["actor"]}, returncode=USAGE)
        if options["undo"] or options["confirm"]:
            (self._undo if options["undo"] else self._confirm)(actor, options)
            return
        content, filename = self._content(options["file"])
        answers = self._answers(options)
        try:
            if options["commit"]:
                self._commit(content, filename, actor, answers, options)
            else:
                self._dry_run(content, filename, actor, answers, options)
        except PermissionDenied:
            raise CommandError(_("This account may not import here."), returncode=USAGE) from None
        except ValidationError as refusal:
            raise self._fault("\n".join(refusal.messages), REFUSED, options) from None

    def _content(self, name: str | None) -> tuple[bytes | str, str]:
        if name is None:
            raise CommandError(_("Name a file, or - for pasted text."), returncode=USAGE)
        if name == "-":
            return sys.stdin.read(), ""
        path = Path(name)
        if not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": name}, returncode=USAGE)
        return path.read_bytes(), path.name

    def _answers(self, options: dict[str, Any]) -> dict[str, str]:
        answers: dict[str, str] = {}
        if options["answers"]:
            try:
                found = json.loads(options["answers"].read_text(encoding="utf-8"))
                answers = {str(key): str(value) for key, value in found.items()}
            except (OSError, ValueError, AttributeError) as fault:
                raise CommandError(
                    _("The answers can't be read: %(fault)s") % {"fault": fault}, returncode=USAGE
                ) from None
        answers |= {name: str(options[name]) for name in ("title", "level", "year") if options[name]}
        return answers

    def _upload(
        self, content: bytes | str, filename: str, actor: User, answers: dict[str, str], options: dict[str, Any]
    ) -> IntakeBatch:
        return upload(content, filename, actor=actor, answers=answers, source=options["source"])

    def _require_readable(self, batch: IntakeBatch, options: dict[str, Any]) -> None:
        if batch.state == BatchState.REFUSED:
            raise self._fault(batch.refusal, REFUSED, options)

    @staticmethod
    def _fault(text: str, code: int, options: dict[str, Any]) -> BaseException:
        """Say it to a reader, or as one JSON object to a program."""
        if not options["json"]:
            return CommandError(text, returncode=code)
        sys.stderr.write(json.dumps({"error": text}, ensure_ascii=False) + "\n")
        return SystemExit(code)

    def _report(self, batch: IntakeBatch, options: dict[str, Any]) -> None:
        if options["json"]:
            for row in rows_of(batch).iterator(chunk_size=1000):
                self.stdout.write(json.dumps(row_json(row), ensure_ascii=False))
            return
        self.stdout.write(f"{batch.filename}: {summary(batch)}")
        before = same_file_before(batch, batch.uploaded_by)
        if before is not None and before.batch is not None:
            text = _("This very file was committed before, as batch %(batch)s.")
            self.stdout.write(text % {"batch": before.batch.pk})
        elif before is not None:
            self.stdout.write(_("This very file was committed before, by another union."))
        for ask in batch.asks:
            self.stdout.write(f"? {ask['key']}: {ask['question']} ({ask['rows']})")
        for row in rows_of(batch).filter(status__in=(RowStatus.DOUBTFUL, RowStatus.REFUSED)):
            said = " ".join(message["text"] for message in row.messages)
            self.stdout.write(f"{row.source_row} {row.name} {RowStatus(row.status).label}: {said}")

    def _dry_run(
        self, content: bytes | str, filename: str, actor: User, answers: dict[str, str], options: dict[str, Any]
    ) -> None:
        batch = None
        try:
            with transaction.atomic():
                batch = self._upload(content, filename, actor, answers, options)
                self._require_readable(batch, options)
                self._report(batch, options)
                transaction.set_rollback(True)
        finally:
            if batch is not None:
                forget_file(batch.stored_as)

    def _commit(
        self, content: bytes | str, filename: str, actor: User, answers: dict[str, str], options: dict[str, Any]
    ) -> None:
        batch = self._upload(content, filename, actor, answers, options)
        self._require_readable(batch, options)
        counts = status_counts(batch)
        waits = bool(batch.asks) or (counts[RowStatus.DOUBTFUL] and not options["skip_doubtful"])
        if waits:
            self._report(batch, options)
            text = _(
                "Nothing was committed: batch %(batch)s waits for answers. Settle it in the console, or give --answers."
            )
            raise self._fault(text % {"batch": batch.pk}, OPEN, options)
        ready = counts[RowStatus.NEW] + counts[RowStatus.CHANGED] + counts[RowStatus.SAME]
        if ready and batch.has_private:
            commit(batch, actor=actor)
            self._report(batch, options)
            text = _(
                "Batch %(batch)s holds private facts and waits for a second person: "
                "another registry officer confirms it with --confirm %(batch)s, or in the console."
            )
            raise self._fault(text % {"batch": batch.pk}, OPEN, options)
        if ready:
            begin(batch, BatchState.COMMITTING, actor=actor, enqueue=False)
            batch = commit_all(batch.pk, actor)
        self._report(batch, options)

    def _confirm(self, actor: User, options: dict[str, Any]) -> None:
        batch = IntakeBatch._base.filter(pk=options["confirm"]).first()
        if batch is None:
            raise CommandError(_("There is no such batch."), returncode=USAGE)
        try:
            batch = confirm(batch, actor=actor, enqueue=False)
        except PermissionDenied:
            raise CommandError(_("This account may not confirm that batch."), returncode=USAGE) from None
        except SamePerson as refusal:
            raise CommandError(str(refusal), returncode=USAGE) from None
        self._report(commit_all(batch.pk, actor), options)

    def _undo(self, actor: User, options: dict[str, Any]) -> None:
        batch = IntakeBatch._base.filter(pk=options["undo"]).first()
        if batch is None:
            raise CommandError(_("There is no such batch."), returncode=USAGE)
        try:
            batch = undo(batch, actor=actor, reason=options["reason"], enqueue=False)
        except PermissionDenied:
            raise CommandError(_("This account may not take that batch back."), returncode=USAGE) from None
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages), returncode=REFUSED) from None
        undo_all(batch.pk, actor)
        self.stdout.write(_("Batch %(batch)s was taken back.") % {"batch": batch.pk})
