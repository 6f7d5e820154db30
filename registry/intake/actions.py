"""What clerks do with a list: upload, answer, settle, check, commit, undo, discard."""

import hashlib
import uuid
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.accounts.rules import require_second_person
from registry.audit.actions import record
from registry.bulk import insert_rows, write_columns
from registry.intake.book import parts, titles_by_key
from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.facts import Place, facts_of, messages_of, public
from registry.intake.models import IntakeBatch, IntakeMemory, IntakeRow
from registry.intake.planning import CHUNK, Planning, check_rows
from registry.intake.private import note_keys, private_of, seal_in
from registry.intake.queries import ready_rows
from registry.intake.reading import Reading, UnreadableFile, read, read_text
from registry.intake.rules import (
    may_answer,
    may_commit,
    may_confirm_batch,
    may_import,
    may_send_back,
    may_undo,
    may_work_on,
)
from registry.intake.states import TRANSITIONS
from registry.intake.undoing import dependants
from registry.organisations.models import UnionNode
from registry.organisations.rules import home_node
from registry.secrets.sealing import CannotOpen, seal, unseal
from registry.transitions import move

REMEMBERED = ("column:", "level:")


def upload(
    content: bytes | str,
    filename: str,
    *,
    actor: User,
    union: UnionNode | None = None,
    answers: Mapping[str, str] | None = None,
    source: str = "",
) -> IntakeBatch:
    """Take in a file (bytes) or pasted text (str), read it and stage its rows.

    The file is kept privately for `INTAKE_KEEP_DAYS`. A file that can't be read gives a batch in the state *refused* with the reason.
    Raises `PermissionDenied` when the actor may not import at the union, `ValidationError` when nothing was given.
    """
    union = union or home_node(actor)
    if union is None or not may_import(actor):
        raise PermissionDenied
    data = content.encode() if isinstance(content, str) else content
    if not data.strip():
        raise ValidationError(_("There is nothing in it. Choose a file, or paste the list."))
    batch = IntakeBatch(
        union=union, uploaded_by=actor, proposed_by=actor,
        filename=public(Path(filename).name)[:200] or _("pasted text"), source=public(source)[:300],
        digest=hashlib.sha256(data).hexdigest(), answers=dict(answers or {}),
    )  # fmt: skip
    if not may_work_on(actor, batch):
        raise PermissionDenied
    batch.stored_as = _store(data, isinstance(content, str))
    batch.save()
    record(
        batch,
        "intake.uploaded",
        actor=actor,
        after={"file": batch.filename, "digest": batch.digest},
        scope_path=union.path,
    )
    return _stage(batch, actor)


def answer(batch: IntakeBatch, answers: Mapping[str, str], *, actor: User) -> IntakeBatch:
    """Answer the file's questions and read it again; what headings mean and which level a title has is remembered for the next list."""
    _require(may_answer(actor, batch))
    if not batch.stored_as:
        raise ValidationError(_("The file is no longer kept. Upload the list again."))
    given = {key: value.strip() for key, value in answers.items() if value.strip()}
    for key, value in given.items():
        if key.startswith(REMEMBERED):
            IntakeMemory.objects.update_or_create(key=key[:200], defaults={"value": value[:200], "answered_by": actor})
    batch.answers = {**batch.answers, **given}
    batch.save(update_fields=["answers"])
    record(batch, "intake.answered", actor=actor, after={"answers": given}, scope_path=batch.union.path)
    return _stage(batch, actor)


def settle(
    batch: IntakeBatch, numbers: Iterable[int], choice: str, *, actor: User, match: int | None = None
) -> IntakeBatch:
    """Decide doubtful rows in bulk: the same as the proposed file (`match`, or the best proposal), a new file, or leave out."""
    _require(may_commit(actor, batch))
    for part in parts(sorted(set(numbers))):
        rows = list(IntakeRow._base.filter(batch=batch, number__in=part, committed=False))
        for row in rows:
            row.choice = Choice(choice)
            best = row.matches[0]["file"] if row.matches else None
            row.match_id = (match or best) if choice == Choice.MATCH else None
        write_columns(IntakeRow, rows, ["choice", "match"])
    record(
        batch,
        "intake.settled",
        actor=actor,
        after={"rows": sorted(set(numbers))[:200], "choice": choice},
        scope_path=batch.union.path,
    )
    return check(batch, actor=actor)


def check(batch: IntakeBatch, *, actor: User) -> IntakeBatch:
    """Match every row that isn't committed yet and work out what it would do; nothing is written to the registry."""
    check_rows(batch, actor)
    return _checked(batch, actor)


def _checked(batch: IntakeBatch, actor: User) -> IntakeBatch:
    state = BatchState.ASKING if batch.asks else BatchState.CHECKING
    if batch.state == BatchState.COMMITTED:
        state = BatchState.COMMITTED
    moved: IntakeBatch = move(batch, state, table=TRANSITIONS, actor=actor, scope_path=batch.union.path)
    return moved


def commit(batch: IntakeBatch, *, actor: User) -> IntakeBatch:
    """Hand the batch to the worker; doubtful rows that nobody settled stay behind and can be committed later.

    A list with private facts waits for a second person instead, who looks at it and confirms (`confirm`).
    Raises `ValidationError` while a question is open, or when no row is ready.
    """
    _require(may_commit(actor, batch))
    if batch.asks:
        raise ValidationError(_("Answer the open questions first."))
    if not ready_rows(batch).exists():
        raise ValidationError(_("No row is ready. Settle the doubtful rows, or correct the file and upload it again."))
    if batch.has_private:
        move(
            batch, BatchState.WAITING, table=TRANSITIONS, actor=actor, scope_path=batch.union.path, proposed_by=actor,
            proposed_at=timezone.now(), confirmed_by=None, confirmed_at=None,
        )  # fmt: skip
    else:
        begin(batch, BatchState.COMMITTING, actor=actor)
    return IntakeBatch._base.get(pk=batch.pk)


@transaction.atomic
def confirm(batch: IntakeBatch, *, actor: User, enqueue: bool = True) -> IntakeBatch:
    """Confirm a list with private facts as the second person, and hand it to the worker, unless the caller works itself.

    Raises `PermissionDenied`, and `SamePerson` for the officer who proposed it.
    """
    locked = IntakeBatch._base.select_for_update(of=("self",)).select_related("union").get(pk=batch.pk)
    require_second_person(actor, locked)
    _require(may_confirm_batch(actor, locked))
    # In the order that the database's constraints ask for: nothing is being committed before two have agreed.
    now = timezone.now()
    IntakeBatch._base.filter(pk=locked.pk).update(confirmed_by=actor, confirmed_at=now)
    return begin(locked, BatchState.COMMITTING, actor=actor, enqueue=enqueue)


def send_back(batch: IntakeBatch, *, actor: User, reason: str) -> IntakeBatch:
    """Give a waiting list back to be worked on: the second person, or who proposed it. A reason is required."""
    _require(may_send_back(actor, batch))
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    state = BatchState.COMMITTED if batch.done else BatchState.CHECKING
    moved: IntakeBatch = move(
        batch, state, table=TRANSITIONS, actor=actor, reason=reason.strip(), scope_path=batch.union.path,
    )  # fmt: skip
    return moved


@transaction.atomic
def begin(batch: IntakeBatch, state: str, *, actor: User, reason: str = "", enqueue: bool = True) -> IntakeBatch:
    """Move a batch to *being committed* or *being undone*; the worker takes it up after the transaction, unless the caller works itself."""
    from registry.intake import tasks

    now = timezone.now()
    moved: IntakeBatch = move(
        batch, state, table=TRANSITIONS, actor=actor, reason=reason, scope_path=batch.union.path, worked_by=actor,
        began_at=now, heartbeat=now, done_before=batch.done, taken_back=0,
    )  # fmt: skip
    if enqueue:
        transaction.on_commit(lambda: tasks.start(moved))
    return moved


def undo(batch: IntakeBatch, *, actor: User, reason: str, enqueue: bool = True) -> IntakeBatch:
    """Take the whole batch back, as long as nothing later depends on it; a reason is required.

    Raises `ValidationError` with the first dependants. The worker does it, unless the caller works itself (`enqueue=False`).
    """
    _require(may_undo(actor, batch))
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    found = dependants(batch)
    if found:
        raise ValidationError([_("This batch can't be taken back any more: later work depends on it."), *found])
    begin(batch, BatchState.UNDOING, actor=actor, reason=reason, enqueue=enqueue)
    return IntakeBatch._base.get(pk=batch.pk)


def discard(batch: IntakeBatch, *, actor: User) -> IntakeBatch:
    """Give an uncommitted batch up; its rows and its file go."""
    _require(may_work_on(actor, batch))
    moved: IntakeBatch = move(
        batch, BatchState.DISCARDED, table=TRANSITIONS, actor=actor, scope_path=batch.union.path, stored_as=""
    )
    IntakeRow._base.filter(batch=batch).delete()
    forget_file(batch.stored_as)
    return moved


def folder() -> Path:
    """Where uploaded lists lie: outside everything that is served."""
    return Path(settings.PRIVATE_ROOT) / "intake"


def forget_file(name: str) -> None:
    """Delete a kept file."""
    if name:
        (folder() / name).unlink(missing_ok=True)


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _store(data: bytes, pasted: bool) -> str:
    """Keep a list sealed: it may hold what nobody may read in passing."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{uuid.uuid4().hex}{'.pasted' if pasted else ''}"
    path = folder() / name
    path.touch(mode=0o600)
    note_keys()
    path.write_text(seal(b2a_base64(data, newline=False).decode(), _place(name)), encoding="ascii")
    return name


def kept_file(batch: IntakeBatch) -> bytes:
    """Open the kept list. Raises `ValidationError` when it is kept no longer."""
    try:
        return a2b_base64(unseal((folder() / batch.stored_as).read_text(encoding="ascii"), _place(batch.stored_as)))
    except (OSError, CannotOpen):
        raise ValidationError(_("The file is no longer kept. Upload the list again.")) from None


def _place(name: str) -> str:
    return f"intake.intakebatch.file:{name}"


def _read(batch: IntakeBatch) -> Reading:
    titles = titles_by_key()
    remembered = dict(IntakeMemory.objects.values_list("key", "value"))
    known = {f"level:{title.name}": title.level for title in titles.values()}
    answers = {**known, **remembered, **batch.answers}
    data = kept_file(batch)
    if batch.stored_as.endswith(".pasted"):
        return read_text(data.decode(), answers=answers)
    return read(data, batch.filename, answers=answers)


def _stage(batch: IntakeBatch, actor: User) -> IntakeBatch:
    """Read the kept file, put its rows in place of those staged before, and check them."""
    try:
        reading = _read(batch)
    except UnreadableFile as refusal:
        moved: IntakeBatch = move(
            batch, BatchState.REFUSED, table=TRANSITIONS, actor=actor, scope_path=batch.union.path, refusal=str(refusal)
        )
        return moved
    with transaction.atomic():
        IntakeRow._base.filter(batch=batch).delete()
        batch.total, batch.done = len(reading.rows), 0
        batch.has_private = _stage_rows(reading.rows, batch, actor)
        batch.layout = [
            {
                "sheet": sheet.name,
                "headings": sheet.headings,
                "columns": [[place, label, key] for place, (label, key) in sorted(sheet.places.items())],
            }
            for sheet in reading.sheets
            if sheet.read
        ]
        batch.asks = [
            {
                "key": ask.key,
                "question": str(ask.question),
                "kind": ask.kind,
                "options": [[str(value), str(label)] for value, label in ask.options],
                "rows": ask.rows,
                "context": ask.context,
            }
            for ask in reading.asks
        ]
        batch.skipped = [
            {"sheet": sheet.name, "row": line.row, "text": line.text[:200], "reason": str(line.reason)}
            for sheet in reading.sheets
            for line in sheet.skipped
        ][:2000]
        batch.save(update_fields=["total", "done", "asks", "skipped", "layout", "has_private"])
        return _checked(batch, actor)


def _stage_rows(read: list[Any], batch: IntakeBatch, actor: User) -> bool:
    """Check, seal, plan and write the rows chunk after chunk; `read` is used up. Return whether any has private facts."""
    within = batch.union.region_id or ""
    planning, private = Planning(batch, actor), False
    read.reverse()
    number = 0
    places: dict[tuple[str, str], Place] = {}
    while read:
        chunk: list[IntakeRow] = []
        while read and len(chunk) < CHUNK:
            number += 1
            chunk.append(_row(batch, number, read.pop(), within, places))
        planning.plan(chunk)
        private = private or any(row.private is not None for row in chunk)
        _write([row for row in chunk if row.status != RowStatus.DOUBTFUL])
    _write(planning.again())
    return private


def _row(batch: IntakeBatch, number: int, row: Any, within: str, places: dict[tuple[str, str], Place]) -> IntakeRow:
    facts = facts_of(row, within=within, places=places)
    facts["source"] = facts["source"] or batch.source or batch.filename
    private = private_of(row)
    staged = IntakeRow(
        batch_id=batch.pk, number=number, sheet=row.sheet[:100], source_row=row.source_row, name=facts["name"], data=facts,
        messages=[*messages_of(row, private), *private.messages], asks=list(row.asks),
    )  # fmt: skip
    seal_in(staged, private.facts)
    return staged


_STAGED = (
    "uid", "batch_id", "number", "sheet", "source_row", "name", "data", "private", "identity_digest", "phone_digest", "messages", "asks",
    "status", "matches", "match_id", "follows", "choice", "differences", "committed", "written",
)  # fmt: skip


def _write(rows: list[IntakeRow]) -> None:
    if any(row.private is not None for row in rows):
        note_keys()
    insert_rows(IntakeRow, _STAGED, ([vars(row).get(name) for name in _STAGED] for row in rows))
