"""What a list says that nobody sees without a reason: checked row by row, sealed in the staged row, compared by keyed digests.

Plaintext lives in the reading and here, never in a message, a difference or a log.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.bulk import insert_rows
from registry.intake.models import IntakeRow
from registry.intake.reading import ReadRow
from registry.people.enums import Kind
from registry.people.privacy import clean_fact
from registry.people.private import PHONE, PRIVATE_FACTS, PrivateFacts
from registry.secrets import identity
from registry.secrets.fields import DOTS, Sealed
from registry.secrets.identity import Identity
from registry.secrets.keys import blind_ring, ring
from registry.secrets.numbers import card_warning, mask_number
from registry.secrets.sealing import digest, digest_prefix, digests, seal
from registry.secrets.suites import SUITES
from registry.secrets.uses import BLIND, note_use

# What the reader found about the number itself; the check here says the same, and refuses the row.
BY_READER = frozenset({"identity_length", "identity_wrong"})
LOST = "digits_lost"
STARS = ("*", "＊", "×", "●", "•")


@dataclass
class Private:
    """One row's private facts in their normal form, with remarks. Its repr shows nothing of them."""

    facts: dict[str, str] = field(default_factory=dict, repr=False)
    messages: list[dict[str, str]] = field(default_factory=list)

    def say(self, level: str, column: str, text: str, code: str) -> None:
        """Add a remark."""
        self.messages.append({"level": level, "column": column, "text": text, "code": code})


def private_of(row: ReadRow) -> Private:
    """Check a read row's private facts. A wrong identity number refuses the row; another wrong fact is left out with a warning."""
    given = {"identity_number": row.identity_number, "phone": row.phone, **row.private}
    given = {name: text for name, text in given.items() if text}
    found = Private()
    if row.kind == Kind.COLLECTIVE:
        if given:
            found.say(
                "warning",
                "",
                _("A collective has no private facts; those in the row were left out."),
                "private_of_collective",
            )
        return found
    for name in PRIVATE_FACTS:
        if name in given:
            _take(found, name, given[name])
    return found


def _take(found: Private, name: str, text: str) -> None:
    if any(star in text for star in STARS):
        found.say(
            "warning",
            name,
            _("The number is masked in the list and was left out. Enter the whole number to have it kept."),
            "masked",
        )
        return
    try:
        if name == "identity_number":
            read = identity.read(text)
            found.facts[name] = read.number
            _warn(found, read)
        else:
            found.facts[name] = clean_fact(name, text)
            if name == "bank_card" and (warning := card_warning(found.facts[name])):
                found.say("warning", name, warning, "card_check")
    except ValidationError as error:
        said = " ".join(error.messages)
        if name == "identity_number":
            found.say("error", name, said, "identity_wrong")
        else:
            text = _("%(label)s: %(said)s It was left out.")
            found.say("warning", name, text % {"label": label_of(name), "said": said}, f"{name}_wrong")


def _warn(found: Private, read: Identity) -> None:
    for warning in read.warnings:
        found.say("warning", "identity_number", warning, "identity_doubtful")


def label_of(name: str) -> str:
    """A private fact's name in the language now active."""
    return str(PrivateFacts._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def seal_in(row: IntakeRow, facts: dict[str, str]) -> None:
    """Put a row's private facts into it, sealed, with the digests they are compared by."""
    if not facts:
        return
    row.private = json.dumps(facts, ensure_ascii=False)
    if number := facts.get("identity_number"):
        row.identity_digest = digest(identity.KIND, full_number(number))
    if phone := facts.get("phone"):
        row.phone_digest = digest(PHONE, phone)


def full_number(number: str) -> str:
    """The form of a checked number that is digested: most are in it already."""
    return number if len(number) == 18 else identity.canonical(number)


def facts_in(row: IntakeRow) -> dict[str, str]:
    """Open a staged row's private facts; raises `CannotOpen`. For the commit and for masks."""
    found: dict[str, str] = json.loads(row.private.reveal()) if row.private else {}
    return found


def masked_in(row: IntakeRow) -> dict[str, str]:
    """What screens and programs show of a staged row's private facts, by name; raises `CannotOpen`."""
    masks = {"identity_number": mask_number, "phone": mask_number, "bank_card": mask_number}
    return {name: masks[name](text) if name in masks else DOTS for name, text in facts_in(row).items()}


def note_keys() -> None:
    """Remember that the current keys are in use: what is written past the fields' own `save` needs it said."""
    note_use(ring().current.id)
    note_use(blind_ring().current.id, use=BLIND)


class Holders:
    """Whose numbers the register holds already, of the digests that staged rows carry."""

    def __init__(self, rows: Iterable[IntakeRow]) -> None:
        """Ask for all of them at once. Digests under older keys are found too: then the rows are opened to compute them."""
        from registry.intake.book import parts

        rows = [row for row in rows if row.private is not None]
        identities = {row.identity_digest: row.identity_digest for row in rows if row.identity_digest}
        phones = {row.phone_digest: row.phone_digest for row in rows if row.phone_digest}
        if rows and _older_digests(rows):
            for row in rows:
                facts = facts_in(row)
                if number := facts.get("identity_number"):
                    identities |= dict.fromkeys(digests(identity.KIND, full_number(number)), row.identity_digest)
                if phone := facts.get("phone"):
                    phones |= dict.fromkeys(digests(PHONE, phone), row.phone_digest)
        self.by_identity: dict[str, int] = {}
        self.by_phone: dict[str, int] = {}
        for held, asked, column in (
            (self.by_identity, identities, "identity_digest"),
            (self.by_phone, phones, "phone_digest"),
        ):
            for part in parts(sorted(asked)):
                found = PrivateFacts._base.filter(**{f"{column}__in": part}).values_list(column, "honouree")
                held.update({str(asked[stored]): file for stored, file in found})


def _older_digests(rows: list[IntakeRow]) -> bool:
    """Whether any digest, in the register or in these rows, is under another key or suite than the current one."""
    current = digest_prefix()
    others = {f"{suite}.{key_id}." for suite in SUITES for key_id in blind_ring().keys} - {current}
    stored = PrivateFacts._base.all()
    return any(
        not value.startswith(current) for row in rows for value in (row.identity_digest, row.phone_digest) if value
    ) or any(
        stored.filter(**{f"{column}__startswith": other}).exists()
        for other in others
        for column in ("identity_digest", "phone_digest")
    )


def forget(rows: Any) -> int:
    """Erase what staged rows still hold of private facts; return of how many rows."""
    number: int = rows.filter(private__isnull=False).update(private=None, identity_digest=None, phone_digest=None)
    return number


PLACES = {name: f"{PrivateFacts._meta.label_lower}.{name}:" for name in PRIVATE_FACTS}
PRIVATE_COLUMNS = ("id", "honouree_id", *PRIVATE_FACTS, "identity_digest", "phone_digest", "updated_at")


class PrivateWriter:
    """Hands a chunk's private facts over to the files. `given` tells which facts each file got."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.given: dict[int, list[str]] = {}
        # Rows of the table by file, by column: of files that have none yet.
        self._fresh: dict[int, dict[str, Any]] = {}
        self._held: dict[int, PrivateFacts] = {}

    def rows(self, plans: list[tuple[IntakeRow, Any, Any]]) -> None:
        """Seal every fact again for the file's own row; say on the staged rows what is taken back at an undo."""
        for row, plan, holder in plans:
            if row.private is None:
                continue
            facts = facts_in(row)
            if plan.file is not None:
                facts = {name: facts[name] for name in plan.private}
            if plan.phone_taken:
                facts.pop("phone", None)
            if holder.pk in self.book.private:
                self._fill(row, self.book.private[holder.pk], facts)
            else:
                self._make(row, holder.pk, facts)

    def _make(self, row: IntakeRow, file: int, facts: dict[str, str]) -> None:
        line = self._fresh.get(file)
        if line is None:
            line = self._fresh[file] = {"id": uuid.uuid4(), "honouree_id": file}
        fresh = [name for name in facts if name not in line]
        for name in fresh:
            line[name] = Sealed(seal(facts[name], f"{PLACES[name]}{line['id']}"))
            if column := DIGESTS.get(name):
                line[column] = _digest_of(row, column, name, facts[name])
        self._note(row, file, fresh)

    def _fill(self, row: IntakeRow, held: PrivateFacts, facts: dict[str, str]) -> None:
        fresh = [name for name in facts if not getattr(held, name)]
        for name in fresh:
            held.put(name, facts[name])
            self._held[held.honouree_id] = held
        self._note(row, held.honouree_id, fresh)

    def _note(self, row: IntakeRow, file: int, names: list[str]) -> None:
        if names:
            row.written["private"] = sorted(names)
            self.given.setdefault(file, []).extend(names)

    def write(self) -> None:
        """Write what `rows` gathered; the database's unique digests stand behind the plan."""
        if not self.given:
            return
        note_keys()
        now = timezone.now()
        lines = [
            [*(line.get(name) for name in PRIVATE_COLUMNS[:-1]), now] for line in self._fresh.values() if len(line) > 2
        ]
        insert_rows(PrivateFacts, PRIVATE_COLUMNS, lines)
        for facts in self._held.values():
            facts.save()


DIGESTS = {"identity_number": "identity_digest", "phone": "phone_digest"}


def _digest_of(row: IntakeRow, column: str, name: str, text: str) -> str:
    """The digest that the row has already, while its key is the current one."""
    known = getattr(row, column)
    if known and known.startswith(digest_prefix()):
        return str(known)
    return digest(identity.KIND, full_number(text)) if name == "identity_number" else digest(PHONE, text)
