"""What officers do with the queue: judge a pair, open it again, report one themselves."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import Act, record_many
from registry.duplicates.enums import Reason, SuspicionState
from registry.duplicates.evidence import compare
from registry.duplicates.finding import ordered
from registry.duplicates.gathering import facts_of
from registry.duplicates.models import Suspicion
from registry.duplicates.rules import may_decide
from registry.people.models import Honouree
from registry.people.privacy import find_by_identity
from registry.people.rules import may_edit_file


@transaction.atomic
def judge_distinct(suspicion: Suspicion, *, actor: User, why: str) -> Suspicion:
    """Say that two files are about two; the pair never comes back. Raises `PermissionDenied`, `ValidationError` without a reason."""
    locked = _locked(suspicion, SuspicionState.OPEN)
    if not (locked.first and locked.second and may_decide(actor, locked.first, locked.second)):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError({"why": _("Write why they aren't the same.")})
    locked.state, locked.why = SuspicionState.DISTINCT, why.strip()[:300]
    locked.decided_by, locked.decided_at = actor, timezone.now()
    locked.save(update_fields=["state", "why", "decided_by", "decided_at"])
    _record(locked, "duplicate.distinct", actor, locked.why)
    return locked


@transaction.atomic
def reopen(suspicion: Suspicion, *, actor: User, why: str) -> Suspicion:
    """Put a pair that was judged not the same back into the queue."""
    locked = _locked(suspicion, SuspicionState.DISTINCT)
    if not (locked.first and locked.second and may_decide(actor, locked.first, locked.second)):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError({"why": _("Write the reason.")})
    locked.state, locked.why, locked.decided_by, locked.decided_at = SuspicionState.OPEN, "", None, None
    locked.save(update_fields=["state", "why", "decided_by", "decided_at"])
    _record(locked, "duplicate.reopened", actor, why.strip())
    return locked


@transaction.atomic
def suspect(one: Honouree, other: Honouree, *, actor: User) -> Suspicion:
    """Put a pair into the queue that an officer came upon; a pair that is there already is returned as it stands."""
    if one.pk == other.pk or one.kind != other.kind:
        raise ValidationError(_("Choose two files of the same kind."))
    if not (may_edit_file(actor, one) or may_edit_file(actor, other)):
        raise PermissionDenied
    facts = facts_of([one.pk, other.pk])
    verdict = compare(facts[one.pk], facts[other.pk])
    reasons = [str(reason) for reason in verdict.reasons] if verdict else []
    return _put(one, other, verdict.points if verdict else 0, reasons, actor)


@transaction.atomic
def suspect_number_taken(file: Honouree, number: str, *, actor: User) -> Suspicion | None:
    """Put a file and the one that holds an identity number it should have into the queue; None when none holds it, or it itself does.

    To be called where a number was refused because another file holds it. The number is written nowhere.
    """
    if not may_edit_file(actor, file):
        raise PermissionDenied
    holder = find_by_identity(number)
    if holder is None or holder.pk == file.pk:
        return None
    return _put(file, holder, 100, [str(Reason.NUMBER)], actor)


def _put(one: Honouree, other: Honouree, score: int, reasons: list[str], actor: User) -> Suspicion:
    first, second = ordered(one.pk, other.pk)
    row, _fresh = Suspicion._base.get_or_create(
        first_id=first, second_id=second, defaults={"score": score, "reasons": reasons, "reported_by": actor}
    )
    if Reason.NUMBER in reasons and row.state == SuspicionState.OPEN and not row.by_number:
        row.score, row.reasons, row.by_number, row.reported_by = score, reasons, True, actor
        row.save(update_fields=["score", "reasons", "by_number", "reported_by"])
    return row


def _locked(suspicion: Suspicion, state: str) -> Suspicion:
    locked = Suspicion._base.select_for_update().get(pk=suspicion.pk)
    if locked.state != state:
        text = _("This pair has been decided meanwhile: “%(state)s”.")
        raise ValidationError(text % {"state": locked.get_state_display()})
    return locked


def _record(suspicion: Suspicion, verb: str, actor: User, reason: str) -> None:
    assert suspicion.first and suspicion.second
    pair = (suspicion.first, suspicion.second)
    record_many(
        (
            Act(file, verb, after={"other_file": f"{other} {other.code}"}, reason=reason, scope_path=file.union.path)
            for file, other in (pair, pair[::-1])
        ),
        actor=actor,
    )
