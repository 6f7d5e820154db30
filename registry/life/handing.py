"""A file moves between unions by a handshake: offered, then accepted or returned; the offer can be withdrawn until then."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import record
from registry.events import announce_honourees
from registry.life.actions import keep, lock_file, require_answerer, require_reason
from registry.life.enums import OfferState
from registry.life.models import Handover
from registry.life.rules import may_answer_offer, may_offer, may_withdraw_offer
from registry.life.states import OFFERS
from registry.organisations.models import Region, UnionNode
from registry.people.models import Honouree
from registry.transitions import move


@transaction.atomic
def offer_file(file: Honouree, to: UnionNode, *, actor: User, note: str, document: str = "") -> Handover:
    """Offer a file to another union. Both see it until it is answered; nothing moves yet.

    Raises `PermissionDenied`; `ValidationError` without a reason, to the union that has it, to one that is closed, or while another offer
    of the file is open.
    """
    file = lock_file(file)
    if not may_offer(actor, file):
        raise PermissionDenied
    if not to.is_active:
        raise ValidationError({"to_union": _("This union isn't active.")})
    if not note.strip():
        raise ValidationError({"note": _("Write the reason.")})
    handover = Handover(
        file=file, from_union=file.union, to_union=to, note=note.strip(), document=document.strip(), proposed_by=actor
    )
    keep(handover)
    after = {"from_union": handover.from_union, "to_union": to, "note": handover.note, "state": handover.state}
    record(handover, "handover.offered", actor=actor, after=after, scope_path=file.union.path)
    record(
        file, "handover.offered", actor=actor, after={"to_union": to}, reason=handover.note, scope_path=file.union.path
    )
    return handover


@transaction.atomic
def accept_file(handover: Handover, *, actor: User, region: Region | None = None) -> Handover:
    """Accept a file as the receiving union: it is kept there from now on, and its holder counts for that region.

    Raises `PermissionDenied`, `SamePerson`, `WrongState` when it was answered or withdrawn, `ValidationError` when the file
    moved meanwhile.
    """
    file = lock_file(handover.file)
    fresh: Handover = Handover._base.select_related("from_union", "to_union").get(pk=handover.pk)
    require_answerer(actor, fresh, may_answer_offer)
    fresh = move(
        fresh, OfferState.ACCEPTED, table=OFFERS, actor=actor, scope_path=fresh.to_union.path,
        confirmed_by=actor, confirmed_at=timezone.now(),
    )  # fmt: skip
    if file.union_id != fresh.from_union_id:
        raise ValidationError(_("The file has been moved to another union meanwhile; this offer is out of date."))
    before = {"union": file.union, "region": file.region}
    file.union = fresh.to_union
    file.region = region or fresh.to_union.region or file.region
    file.full_clean(exclude=["slug"])
    file.save(update_fields=["union", "region", "updated_at"])
    record(
        file, "handover.accepted", actor=actor, before=before, after={"union": file.union, "region": file.region},
        reason=fresh.note, scope_path=file.union.path,
    )  # fmt: skip
    announce_honourees([file.pk])
    return fresh


@transaction.atomic
def return_file(handover: Handover, *, actor: User, reason: str) -> Handover:
    """Return an offered file with the reason; it stays where it is."""
    fresh: Handover = Handover._base.select_related("to_union").get(pk=handover.pk)
    require_answerer(actor, fresh, may_answer_offer)
    return _close(fresh, OfferState.RETURNED, actor, reason)


@transaction.atomic
def withdraw_offer(handover: Handover, *, actor: User, reason: str) -> Handover:
    """Take an offer back while nobody answered it."""
    fresh: Handover = Handover._base.select_related("from_union", "file__union").get(pk=handover.pk)
    if fresh.waits and not may_withdraw_offer(actor, fresh):
        raise PermissionDenied
    return _close(fresh, OfferState.WITHDRAWN, actor, reason)


def _close(handover: Handover, to: str, actor: User, reason: str) -> Handover:
    reason = require_reason(reason)
    file = lock_file(handover.file)
    closed: Handover = move(
        handover, to, table=OFFERS, actor=actor, reason=reason, scope_path=file.union.path,
        answered_by=actor, answered_at=timezone.now(), answer=reason,
    )  # fmt: skip
    verb = f"handover.{to}"
    after = {"to_union": closed.to_union}
    record(file, verb, actor=actor, after=after, reason=reason, scope_path=file.union.path)
    return closed
