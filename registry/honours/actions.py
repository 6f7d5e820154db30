"""Every write to honours."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.accounts.rules import require_second_person
from registry.audit.actions import changes, record
from registry.events import announce_honourees
from registry.honours.models import Conferral, HonourTitle, Revocation
from registry.honours.rules import may_confirm_revocation, may_edit_conferral, may_edit_titles, may_revoke
from registry.honours.standing import refresh_standing
from registry.people.models import Honouree
from registry.people.rules import may_edit_file
from registry.text.normalise import fold

FACTS = (
    "title", "level", "treatment_level", "year", "year_inferred", "granted_on", "conferred_by", "region", "document_number",
    "certificate_number", "unit_name", "position", "source", "note",
)  # fmt: skip


def snapshot(conferral: Conferral) -> dict[str, Any]:
    """Return an honour's facts, for the audit trail."""
    return {name: getattr(conferral, name) for name in FACTS}


def build_conferral(honouree: Honouree, title: HonourTitle, **facts: Any) -> Conferral:
    """Make an unsaved honour; level and treatment come from the title unless given."""
    facts.setdefault("level", title.level)
    facts.setdefault("treatment_level", title.treatment_level)
    facts.setdefault("conferred_by", title.conferred_by)
    return Conferral(honouree=honouree, title=title, **facts)


@transaction.atomic
def confer(honouree: Honouree, title: HonourTitle, *, actor: User, reason: str = "", **facts: Any) -> Conferral:
    """Give an honour.

    Raises `PermissionDenied` when the actor may not edit the holder's file, `ValidationError` when the title isn't given to that kind of
    holder, or the holder already has it for that year.
    """
    if not may_edit_file(actor, honouree):
        raise PermissionDenied
    if not (title.for_individuals if honouree.is_person else title.for_collectives):
        raise ValidationError({"title": _("This title isn't given to this kind of holder.")})
    conferral = build_conferral(honouree, title, **facts)
    conferral.full_clean()
    conferral.save()
    return _after_write(conferral, "honour.conferred", actor=actor, after=snapshot(conferral), reason=reason)


@transaction.atomic
def correct_conferral(conferral: Conferral, *, actor: User, reason: str = "", **facts: Any) -> Conferral:
    """Correct an honour's facts."""
    locked = Conferral._base.select_for_update().get(pk=conferral.pk)
    if not may_edit_conferral(actor, locked):
        raise PermissionDenied
    before = snapshot(locked)
    for key, value in facts.items():
        setattr(locked, key, value)
    locked.full_clean()
    locked.save()
    old, new = changes(before, snapshot(locked))
    return (
        _after_write(locked, "honour.corrected", actor=actor, before=old, after=new, reason=reason) if new else locked
    )


@transaction.atomic
def remove_conferral(conferral: Conferral, *, actor: User, reason: str) -> None:
    """Remove an honour entered by mistake (it never was given). What was given and taken back is *revoked* instead."""
    if not may_edit_conferral(actor, conferral):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if Revocation._base.filter(conferral=conferral).exists():
        raise ValidationError(_("A revocation hangs on this honour; it stays in the record."))
    honouree = conferral.honouree
    record(
        conferral,
        "honour.removed",
        actor=actor,
        before=snapshot(conferral),
        reason=reason,
        scope_path=honouree.union.path,
    )
    record(
        honouree,
        "honour.removed",
        actor=actor,
        before={"honour": str(conferral)},
        reason=reason,
        scope_path=honouree.union.path,
    )
    conferral.delete()
    refresh_standing([honouree.pk])
    announce_honourees([honouree.pk])


@transaction.atomic
def propose_revocation(
    conferral: Conferral,
    *,
    actor: User,
    grounds: str,
    explanation: str,
    decided_by: str,
    decided_level: str,
    decided_on: date,
    document_number: str,
) -> Revocation:
    """Propose to record that the conferring level has revoked an honour; nothing is hidden until a second person confirms.

    Raises `PermissionDenied`, or `ValidationError` when the deciding level isn't the conferring level or it is already proposed.
    """
    if not may_revoke(actor, conferral):
        raise PermissionDenied
    if decided_level != conferral.level:
        raise ValidationError({"decided_level": _("Only the level that conferred an honour can revoke it.")})
    revocation = Revocation(
        conferral=conferral, grounds=grounds, explanation=explanation, decided_by=decided_by, decided_level=decided_level,
        decided_on=decided_on, document_number=document_number, proposed_by=actor,
    )  # fmt: skip
    revocation.full_clean()
    revocation.save()
    after = {"grounds": grounds, "decided_by": decided_by, "decided_on": decided_on, "document_number": document_number}
    _after_write(conferral, "revocation.proposed", actor=actor, after=after, reason=explanation)
    return revocation


@transaction.atomic
def confirm_revocation(revocation: Revocation, *, actor: User) -> Revocation:
    """Confirm a proposed revocation as the second person: the honour disappears from the public pages and stays in the record."""
    locked = Revocation._base.select_for_update().get(pk=revocation.pk)
    require_second_person(actor, locked)
    if not may_confirm_revocation(actor, locked):
        raise PermissionDenied
    locked.confirmed_by, locked.confirmed_at = actor, timezone.now()
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    conferral = locked.conferral
    conferral.is_revoked = True
    conferral.save(update_fields=["is_revoked"])
    _after_write(
        conferral, "revocation.confirmed", actor=actor, before={"is_revoked": False}, after={"is_revoked": True}
    )
    return locked


@transaction.atomic
def withdraw_revocation(revocation: Revocation, *, actor: User, reason: str) -> None:
    """Withdraw a revocation: a proposal before it is confirmed, or a confirmed one that was set aside; the honour is in force again."""
    locked = Revocation._base.select_for_update().get(pk=revocation.pk)
    conferral = locked.conferral
    if not may_revoke(actor, conferral):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    was = conferral.is_revoked
    locked.delete()
    conferral.is_revoked = False
    conferral.save(update_fields=["is_revoked"])
    _after_write(
        conferral,
        "revocation.withdrawn",
        actor=actor,
        before={"is_revoked": was},
        after={"is_revoked": False},
        reason=reason,
    )


@transaction.atomic
def save_title(title: HonourTitle, *, actor: User, aliases: list[str] | None = None, reason: str = "") -> HonourTitle:
    """Add or change an award title and its other spellings."""
    if not may_edit_titles(actor):
        raise PermissionDenied
    title.name_key = fold(title.name)
    title.full_clean()
    fresh = title.pk is None
    title.save()
    if aliases is not None:
        title.aliases.all().delete()
        for name in {fold(alias): alias.strip() for alias in aliases if fold(alias)}.values():
            alias = title.aliases.model(title=title, name=name, name_key=fold(name))
            alias.full_clean()
            alias.save()
    after = {"name": title.name, "level": title.level, "treatment_level": title.treatment_level, "aliases": aliases}
    record(title, "title.added" if fresh else "title.changed", actor=actor, after=after, reason=reason)
    holders = Conferral._base.filter(title=title).values_list("honouree", flat=True)
    if not fresh:
        refresh_standing(holders)
        announce_honourees(holders)
    return title


def _after_write(conferral: Conferral, verb: str, *, actor: User, **entry: Any) -> Conferral:
    """Record on the honour and on its holder, derive the standing again, and announce it."""
    holder = conferral.honouree
    record(conferral, verb, actor=actor, scope_path=holder.union.path, **entry)
    record(
        holder,
        verb,
        actor=actor,
        after={"honour": str(conferral)},
        reason=entry.get("reason", ""),
        scope_path=holder.union.path,
    )
    refresh_standing([holder.pk])
    announce_honourees([holder.pk])
    return conferral
