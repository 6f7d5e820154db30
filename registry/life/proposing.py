"""Corrections that one person proposes and another confirms or refuses: facts, private facts, honours, private events."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import REDACTED, plain, record
from registry.honours import actions as honours
from registry.honours.models import Conferral
from registry.honours.rules import may_edit_conferral
from registry.life import actions as life
from registry.life.enums import ProposalKind, ProposalState
from registry.life.models import LifeEvent, Proposal
from registry.life.rules import (
    may_answer_proposal,
    may_correct_event,
    may_propose,
    may_propose_private,
    may_withdraw_proposal,
)
from registry.life.states import PROPOSALS
from registry.life.values import loaded, stored, words
from registry.organisations.queries import units_named
from registry.people.actions import change_file, facts_of_kind
from registry.people.models import Honouree
from registry.people.privacy import clean_facts, set_private
from registry.people.private import PRIVATE_FACTS
from registry.text.normalise import clean_name
from registry.transitions import move

# Facts with a way of their own: a file moves by a handover, a collective's state follows from its events, the note is the officers'.
NOT_PROPOSED = ("industry_union", "unit", "note", "collective_state", "head", "staff_count")


def proposable(file: Honouree) -> tuple[str, ...]:
    """Name the facts of a file that can be proposed to be corrected."""
    return ("name", *(name for name in facts_of_kind(file.kind) if name not in NOT_PROPOSED))


@transaction.atomic
def propose_fact(file: Honouree, fact: str, value: Any, *, actor: User, reason: str, document: str = "") -> Proposal:
    """Propose another value for one public fact; raises `PermissionDenied`, and `ValidationError` for a bad or unchanged value."""
    file = life.lock_file(file)
    if not may_propose(actor, file):
        raise PermissionDenied
    if fact not in proposable(file):
        raise ValidationError({"fact": _("A file of this kind has no such fact.")})
    if fact == "name":
        value = clean_name(value)
    present = getattr(file, fact)
    setattr(file, fact, value)
    file.full_clean(exclude=["slug"])
    return _propose(
        file,
        ProposalKind.FACT,
        actor,
        reason,
        document,
        fact=fact,
        **_difference(Honouree, {fact: present}, {fact: value}),
    )


@transaction.atomic
def propose_private(file: Honouree, fact: str, value: str, *, actor: User, reason: str, document: str = "") -> Proposal:
    """Propose another value for a private fact: it is sealed at once and shown to nobody; "" proposes to take the fact away."""
    file = life.lock_file(file)
    if not may_propose_private(actor, file):
        raise PermissionDenied
    if fact not in PRIVATE_FACTS:
        raise ValidationError({"fact": _("There is no such private fact.")})
    try:
        clean = clean_facts({fact: value})[fact]
    except ValidationError as error:
        raise ValidationError({"value": error.message_dict[fact]}) from None
    proposal = Proposal(
        file=file, kind=ProposalKind.PRIVATE, fact=fact, reason=life.require_reason(reason), document=document.strip(),
        proposed_by=actor,
    )  # fmt: skip
    proposal.private_value = clean or None
    return _keep(proposal, actor)


@transaction.atomic
def propose_honour(conferral: Conferral, *, actor: User, reason: str, document: str = "", **facts: Any) -> Proposal:
    """Propose to correct an honour; it changes when a second person confirms."""
    file = life.lock_file(conferral.honouree)
    fresh: Conferral = Conferral._base.select_for_update(of=("self",)).get(pk=conferral.pk)
    fresh.honouree = file
    if not may_edit_conferral(actor, fresh):
        raise PermissionDenied
    before = {name: getattr(fresh, name) for name in facts}
    for name, value in facts.items():
        setattr(fresh, name, value)
    fresh.full_clean()
    return _propose(
        file, ProposalKind.HONOUR, actor, reason, document, conferral=conferral, **_difference(Conferral, before, facts)
    )


@transaction.atomic
def propose_event_correction(event: LifeEvent, *, actor: User, reason: str, **facts: Any) -> Proposal:
    """Propose to correct a private event that is in force."""
    file = life.lock_file(event.file)
    event = LifeEvent._base.get(pk=event.pk)
    event.file = file
    if not may_correct_event(actor, event):
        raise PermissionDenied
    if set(facts) - set(life.CORRECTABLE):
        raise ValidationError(_("Withdraw the event and record another one instead."))
    before = {name: getattr(event, name) for name in facts}
    changed = _difference(LifeEvent, before, facts)
    for name, value in facts.items():
        setattr(event, name, value)
    event.full_clean()
    return _propose(file, ProposalKind.EVENT, actor, reason, event=event, **changed)


@transaction.atomic
def propose_event_withdrawal(event: LifeEvent, *, actor: User, reason: str) -> Proposal:
    """Propose to withdraw a private event that is in force."""
    file = life.lock_file(event.file)
    event = LifeEvent._base.get(pk=event.pk)
    event.file = file
    if not may_correct_event(actor, event):
        raise PermissionDenied
    return _propose(file, ProposalKind.EVENT_WITHDRAWAL, actor, reason, event=event)


@transaction.atomic
def confirm_proposal(proposal: Proposal, *, actor: User, retyped: str = "") -> Proposal:
    """Confirm as the second person; the correction is made at once, in the confirmer's name.

    A private value is shown to nobody: the confirmer reads the paper and types it again (`retyped`), and both must be the same.

    Raises `PermissionDenied`, `SamePerson`, `WrongState`, and `ValidationError` when the fact has changed since it was
    proposed, the value isn't possible any more, or what was retyped is different.
    """
    file, fresh = _for_answer(proposal, actor)
    if fresh.waits:
        _same_again(fresh, retyped)
    fresh = move(
        fresh, ProposalState.CONFIRMED, table=PROPOSALS, actor=actor, scope_path=file.union.path,
        confirmed_by=actor, confirmed_at=timezone.now(),
    )  # fmt: skip
    fresh.file = file
    APPLY[fresh.kind](fresh, file, actor)
    done: Proposal = fresh
    return done


@transaction.atomic
def refuse_proposal(proposal: Proposal, *, actor: User, reason: str) -> Proposal:
    """Refuse, with the reason, which the proposer reads."""
    file, fresh = _for_answer(proposal, actor)
    return _close(fresh, file, ProposalState.REFUSED, actor, reason)


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, actor: User, reason: str) -> Proposal:
    """Take an own proposal back while nobody answered it."""
    file = life.lock_file(proposal.file)
    fresh: Proposal = Proposal._base.get(pk=proposal.pk)
    if fresh.waits and not may_withdraw_proposal(actor, fresh):
        raise PermissionDenied
    return _close(fresh, file, ProposalState.WITHDRAWN, actor, reason)


def _propose(file: Honouree, kind: str, actor: User, reason: str, document: str = "", **values: Any) -> Proposal:
    return _keep(
        Proposal(
            file=file, kind=kind, reason=life.require_reason(reason), document=document.strip(), proposed_by=actor, **values
        ),
        actor,
    )  # fmt: skip


def _keep(proposal: Proposal, actor: User) -> Proposal:
    life.keep(proposal)
    path = proposal.file.union.path
    private = proposal.is_private
    after = {"fact": proposal.fact} if private else {name: pair[1] for name, pair in proposal.words.items()}
    before = {} if private else {name: pair[0] for name, pair in proposal.words.items()}
    record(
        proposal, "proposal.proposed", actor=actor, before=before, after=after, reason=proposal.reason, scope_path=path
    )
    told = REDACTED if private else ", ".join(f"{old} → {new}" for old, new in proposal.words.values())
    reason = "" if private else proposal.reason
    record(proposal.file, "proposal.proposed", actor=actor, after={"proposal": told}, reason=reason, scope_path=path)
    return proposal


def _difference(model: type[Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = [name for name, value in after.items() if stored(before[name]) != stored(value)]
    if not changed:
        raise ValidationError(_("This is what stands there already: nothing is proposed."))
    return {
        "before": {name: plain(stored(before[name])) for name in changed},
        "values": {name: plain(stored(after[name])) for name in changed},
        "words": {name: [words(model, name, before[name]), words(model, name, after[name])] for name in changed},
    }


def _same_again(proposal: Proposal, retyped: str) -> None:
    if proposal.private_value is None:
        return
    try:
        clean = clean_facts({proposal.fact: retyped})[proposal.fact]
    except ValidationError as error:
        raise ValidationError({"retyped": error.message_dict[proposal.fact]}) from None
    if clean != proposal.private_value.reveal():
        raise ValidationError(
            {"retyped": _("This isn't what was proposed. Compare with the paper; refuse it if it is wrong.")}
        )


def _for_answer(proposal: Proposal, actor: User) -> tuple[Honouree, Proposal]:
    file = life.lock_file(proposal.file)
    fresh: Proposal = Proposal._base.get(pk=proposal.pk)
    fresh.file = file
    life.require_answerer(actor, fresh, may_answer_proposal)
    return file, fresh


def _close(proposal: Proposal, file: Honouree, to: str, actor: User, reason: str) -> Proposal:
    reason = life.require_reason(reason)
    closed: Proposal = move(
        proposal, to, table=PROPOSALS, actor=actor, reason=reason, scope_path=file.union.path,
        answered_by=actor, answered_at=timezone.now(), answer=reason,
    )  # fmt: skip
    # A private value that isn't going to be used is kept no longer.
    Proposal._base.filter(pk=closed.pk).update(private_value=None)
    shown = "" if closed.is_private else reason
    record(file, f"proposal.{to}", actor=actor, after={}, reason=shown, scope_path=file.union.path)
    return closed


def _unchanged(thing: Any, proposal: Proposal) -> None:
    for name, was in proposal.before.items():
        if plain(stored(getattr(thing, name))) != was:
            message = _("“%(fact)s” was changed since this was proposed. Refuse the proposal; a new one can be made.")
            raise ValidationError(message % {"fact": type(thing)._meta.get_field(name).verbose_name})


def _why(proposal: Proposal) -> str:
    return " · ".join(filter(None, (proposal.reason, proposal.document)))


def _apply_fact(proposal: Proposal, file: Honouree, actor: User) -> None:
    _unchanged(file, proposal)
    facts = {name: loaded(Honouree, name, value) for name, value in proposal.values.items()}
    if "unit_name" in facts:
        units = list(units_named(facts["unit_name"])[:2]) if facts["unit_name"] else []
        facts["unit"] = units[0] if len(units) == 1 else None
    change_file(file, actor=actor, facts=facts, reason=_why(proposal))


def _apply_private(proposal: Proposal, file: Honouree, actor: User) -> None:
    value = proposal.private_value.reveal() if proposal.private_value else ""
    set_private(file, actor=actor, reason=proposal.reason, **{proposal.fact: value})
    # Once it is where it belongs, no second copy is kept.
    Proposal._base.filter(pk=proposal.pk).update(private_value=None)


def _apply_honour(proposal: Proposal, file: Honouree, actor: User) -> None:
    conferral = Conferral._base.get(proposals=proposal)
    conferral.honouree = file
    _unchanged(conferral, proposal)
    facts = {name: loaded(Conferral, name, value) for name, value in proposal.values.items()}
    honours.correct_conferral(conferral, actor=actor, reason=_why(proposal), **facts)


def _event(proposal: Proposal, file: Honouree) -> LifeEvent:
    event: LifeEvent = LifeEvent._base.select_for_update(of=("self",)).get(proposals=proposal)
    event.file = file
    _unchanged(event, proposal)
    return event


def _apply_event(proposal: Proposal, file: Honouree, actor: User) -> None:
    life.correct_confirmed(_event(proposal, file), file, actor, proposal.reason, proposal.values)


def _apply_withdrawal(proposal: Proposal, file: Honouree, actor: User) -> None:
    life.withdraw_confirmed(_event(proposal, file), file, actor, proposal.reason)


APPLY: dict[str, Callable[[Proposal, Honouree, User], None]] = {
    ProposalKind.FACT: _apply_fact,
    ProposalKind.PRIVATE: _apply_private,
    ProposalKind.HONOUR: _apply_honour,
    ProposalKind.EVENT: _apply_event,
    ProposalKind.EVENT_WITHDRAWAL: _apply_withdrawal,
}
