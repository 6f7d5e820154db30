"""Every way to a person's private facts: set, reveal, export, erase, and look up by number. Nothing here writes a plaintext anywhere."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import record
from registry.people.models import Honouree
from registry.people.private import PHONE, PRIVATE_FACTS, PrivateFacts
from registry.people.rules import REVEAL, may_allow_reveal, may_reveal_private, may_set_private
from registry.secrets import identity
from registry.secrets.identity import Conflict, Identity
from registry.secrets.numbers import card_warning, clean_card, clean_phone
from registry.secrets.sealing import digests

MIN_REASON = 4
MAX_TEXT = 2_000


@dataclass(frozen=True)
class Outcome:
    """What setting private facts brought to light: conflicts with the file to settle, warnings by fact. Holds no secret."""

    facts: PrivateFacts
    conflicts: tuple[Conflict, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


def _clean_text(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("\x00", "").strip()
    if len(text) > MAX_TEXT:
        raise ValidationError(_("Write at most %(count)d characters.") % {"count": MAX_TEXT})
    return text


_CLEAN: dict[str, Callable[[str], str]] = {
    "identity_number": lambda text: identity.read(text).number,
    "phone": clean_phone,
    "bank_card": clean_card,
}


def clean_fact(name: str, text: str | None) -> str:
    """Return a private fact in its normal form, "" for none; raises `ValidationError` naming what is wrong, without the value."""
    text = text or ""
    return _CLEAN.get(name, _clean_text)(text) if text.strip() else ""


def clean_facts(facts: dict[str, str | None]) -> dict[str, str]:
    """Bring several facts into their normal form; raises one `ValidationError` with the message of each bad one, by name."""
    errors: dict[str, Any] = {name: _("There is no such private fact.") for name in facts if name not in PRIVATE_FACTS}
    cleaned = {}
    for name, text in facts.items():
        try:
            cleaned[name] = clean_fact(name, text)
        except ValidationError as error:
            errors.setdefault(name, error)
    if errors:
        raise ValidationError(errors)
    return cleaned


@transaction.atomic
def set_private(person: Honouree, *, actor: User, reason: str = "", **facts: str | None) -> Outcome:
    """Set private facts of a person, `identity_number="…", phone="…"`; "" or None takes one away, what isn't named stays.

    The trail says what changed, never from what to what. Sex and birth date on the file are never touched: where the number
    contradicts them the outcome names the conflict. Raises `PermissionDenied`, and `ValidationError` by fact: a bad value, or a
    number that another file holds.
    """
    if not may_set_private(actor, person):
        raise PermissionDenied
    cleaned = clean_facts(facts)
    file = Honouree._base.select_for_update().get(pk=person.pk)
    held = PrivateFacts._base.select_for_update().filter(honouree=file).first() or PrivateFacts(honouree=file)
    changed = [name for name, text in cleaned.items() if text != held.plain(name)]
    before = {name: getattr(held, name) for name in changed}
    _refuse_taken(held, {name: cleaned[name] for name in changed})
    for name in changed:
        held.put(name, cleaned[name])
    if changed:
        _save(held)
        record(
            file,
            "private.changed",
            actor=actor,
            before=before,
            after={name: getattr(held, name) for name in changed},
            reason=reason,
            scope_path=file.union.path,
        )
    return _outcome(held, file, cleaned)


def _outcome(held: PrivateFacts, file: Honouree, cleaned: dict[str, str]) -> Outcome:
    found: list[tuple[str, str]] = []
    told: tuple[Conflict, ...] = ()
    if number := cleaned.get("identity_number"):
        read = identity.read(number)
        found += [("identity_number", warning) for warning in read.warnings]
        told = identity.conflicts(read, sex=file.sex, birth=file.born)
    if (card := cleaned.get("bank_card")) and (warning := card_warning(card)):
        found.append(("bank_card", warning))
    return Outcome(held, told, tuple(found))


def conflicts_of(person: Honouree) -> tuple[Conflict, ...]:
    """Name where the person's stored number contradicts the file; raises `CannotOpen`."""
    held = PrivateFacts._base.filter(honouree=person).first()
    number = held.plain("identity_number") if held else ""
    return identity.conflicts(number, sex=person.sex, birth=person.born) if number else ()


def _taken(name: str) -> ValidationError:
    # Not whose: the other file may lie outside the officer's subtree.
    message = (
        _("Another file holds this identity number. One person has one file: look it up by the number.")
        if name == "identity_number"
        else _("Another file holds this phone number. Ask for the person's own, or look the file up by the number.")
    )
    return ValidationError({name: ValidationError(message, code="taken")})


def _refuse_taken(held: PrivateFacts, changed: dict[str, str]) -> None:
    # The unique constraints stand behind this; asking first also covers digests under an older key or another suite.
    others = PrivateFacts._base.exclude(pk=held.pk)
    for name, wanted in (
        ("identity_number", _identity_digests(changed.get("identity_number", ""))),
        ("phone", digests(PHONE, changed["phone"]) if changed.get("phone") else []),
    ):
        column = "identity_digest" if name == "identity_number" else "phone_digest"
        if wanted and others.filter(**{f"{column}__in": wanted}).exists():
            raise _taken(name)


def _save(held: PrivateFacts) -> None:
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as error:
        # Somebody else was quicker. The database's message would name the digest: it isn't passed on.
        raise _taken("phone" if "phone_digest" in str(error) else "identity_number") from None


def _require_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise ValidationError(
            {
                "reason": _("Write the reason, at least %(count)d characters: it stays in the trail.")
                % {"count": MIN_REASON}
            }
        )
    return reason


@transaction.atomic(durable=True)
def reveal(person: Honouree, field: str, *, actor: User, reason: str) -> str:
    """Return one private fact in plain, "" for none, and write who saw it and why; the entry is committed before the caller has the text.

    Raises `PermissionDenied`, `ValidationError` without a reason, `CannotOpen`, and `RuntimeError` within a transaction, which
    could be undone.
    """
    if field not in PRIVATE_FACTS:
        raise ValidationError(_("There is no such private fact."))
    file = Honouree._base.select_related("union", "industry_union").get(pk=person.pk)
    if not may_reveal_private(actor, file):
        raise PermissionDenied
    reason = _require_reason(reason)
    held = PrivateFacts._base.filter(honouree=file).first()
    text = held.plain(field) if held else ""
    seen = {"private_fact": field}
    record(file, "private.revealed", actor=actor, after=seen, reason=reason, scope_path=file.union.path)
    return text


def export_own(person: Honouree, *, actor: User, reason: str = "") -> dict[str, str]:
    """Return all private facts in plain for the person's own copy (PIPL art. 45), by name; in the trail like a reveal.

    Raises `PermissionDenied`, `CannotOpen`, and `RuntimeError` within a transaction.
    """
    file = Honouree._base.select_related("union", "industry_union").get(pk=person.pk)
    if not may_reveal_private(actor, file):
        raise PermissionDenied
    return copy_of(file, actor=actor, reason=reason)


@transaction.atomic(durable=True)
def copy_of(file: Honouree, *, actor: User, reason: str = "") -> dict[str, str]:
    """What `export_own` returns and records, for callers that have asked a rule of their own."""
    held = PrivateFacts._base.filter(honouree=file).first()
    facts = {name: held.plain(name) for name in PRIVATE_FACTS if getattr(held, name)} if held else {}
    record(
        file,
        "private.exported",
        actor=actor,
        after={"private_facts": sorted(facts)},
        reason=reason,
        scope_path=file.union.path,
    )
    return facts


@transaction.atomic
def erase_private(person: Honouree, *, actor: User, reason: str, document: str) -> None:
    """Erase all private facts where the law asks (PIPL art. 47), leaving the file and its honours.

    `document` names the paper that asks for it. Raises `PermissionDenied`; `ValidationError` without reason, paper or facts.
    """
    if not may_set_private(actor, person):
        raise PermissionDenied
    reason = _require_reason(reason)
    if not document.strip():
        raise ValidationError({"document": _("Name the paper that asks for it.")})
    file = Honouree._base.select_for_update().get(pk=person.pk)
    held = PrivateFacts._base.select_for_update().filter(honouree=file).first()
    if held is None:
        raise ValidationError(_("This file holds no private facts."))
    before = {name: getattr(held, name) for name in PRIVATE_FACTS if getattr(held, name)}
    held.delete()
    record(
        file,
        "private.erased",
        actor=actor,
        before=before,
        after={"document": document.strip()},
        reason=reason,
        scope_path=file.union.path,
    )


@transaction.atomic
def allow_reveal(officer: User, *, actor: User, allowed: bool, reason: str) -> None:
    """Give an account the permission to reveal private facts in its subtree, or take it back.

    Raises `PermissionDenied`, and `ValidationError` without a reason.
    """
    if not may_allow_reveal(actor, officer):
        raise PermissionDenied
    reason = _require_reason(reason)
    app, codename = REVEAL.split(".")
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    had = officer.user_permissions.filter(pk=permission.pk).exists()
    if had == allowed:
        return
    (officer.user_permissions.add if allowed else officer.user_permissions.remove)(permission)
    before, after = {"reveal": had}, {"reveal": allowed}
    record(officer, "account.reveal", actor=actor, before=before, after=after, reason=reason)


def find_by_identity(number: str | Identity) -> Honouree | None:
    """Return the file that holds this identity number, wherever it is kept: the caller asks `may_see_file` before showing it.

    A 15-digit number finds its 18-digit form and the other way round. Raises `ValidationError` for what is no number.
    """
    full = number.full if isinstance(number, Identity) else identity.canonical(number)
    return Honouree._base.filter(private_facts__identity_digest__in=digests(identity.KIND, full)).first()


def find_by_phone(number: str) -> Honouree | None:
    """Return the file that holds this phone number, wherever it is kept; raises `ValidationError` for what is no number."""
    return Honouree._base.filter(private_facts__phone_digest__in=digests(PHONE, clean_phone(number))).first()


def _identity_digests(number: str) -> list[str]:
    return digests(identity.KIND, identity.canonical(number)) if number else []
