"""Every write about honourees' accounts and requests."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import record
from registry.holders.codes import digest_of, new_code, normal
from registry.holders.enums import Fact, RequestState
from registry.holders.models import Binding, CorrectionRequest, Invitation
from registry.holders.papers import kind_of
from registry.holders.rules import may_answer, may_invite, may_unbind, own_binding
from registry.people.models import Honouree
from registry.people.privacy import clean_fact, copy_of, set_private

VALID = timedelta(days=30)
LONGEST = 1000
OPEN_AT_ONCE = 10


@transaction.atomic
def invite(file: Honouree, *, actor: User) -> str:
    """Make a one-time code for the person whom the file is about, in place of an earlier one; it is shown this once and never again.

    Raises `PermissionDenied`, and `ValidationError` when the file has an account already.
    """
    locked = Honouree._base.select_for_update().get(pk=file.pk)
    if not may_invite(actor, locked):
        raise PermissionDenied
    if Binding.objects.filter(honouree=locked).exists():
        raise ValidationError(_("This file has an account already. End that one first."))
    code, now = new_code(), timezone.now()
    Invitation.objects.update_or_create(
        honouree=locked,
        defaults={"digest": digest_of(code), "issued_by": actor, "issued_at": now, "expires_at": now + VALID},
    )
    record(locked, "holder.invited", actor=actor, scope_path=locked.union.path)
    return code


@transaction.atomic
def take_back_invitation(file: Honouree, *, actor: User) -> None:
    """Make a code that was handed out worthless."""
    if not may_unbind(actor, file):
        raise PermissionDenied
    if Invitation.objects.filter(honouree=file).delete()[0]:
        record(file, "holder.invitation_ended", actor=actor, scope_path=file.union.path)


def invitation_for(code: str) -> Invitation | None:
    """Return the invitation a code opens; None for a wrong, used or overdue one, without saying which."""
    if not normal(code):
        return None
    found = Invitation.objects.select_related("honouree__union").filter(digest=digest_of(code))
    return found.filter(expires_at__gt=timezone.now(), honouree__died="").first()


def _refused() -> ValidationError:
    return ValidationError({"code": _("This code isn't valid (any more). Check it, or ask your union for a new one.")})


@transaction.atomic
def bind(code: str, *, user: User) -> Binding:
    """Bind an account to the file that the code was made for. Raises `ValidationError` for a code or an account that can't be used."""
    invitation = invitation_for(code)
    if invitation is None or not Invitation.objects.select_for_update().filter(pk=invitation.pk).exists():
        raise _refused()
    try:
        with transaction.atomic():
            binding = Binding.objects.create(user=user, honouree=invitation.honouree)
    except IntegrityError:
        raise ValidationError(_("This account or this file is bound already.")) from None
    invitation.delete()
    file = invitation.honouree
    record(file, "holder.bound", actor=user, after={"account": user.get_username()}, scope_path=file.union.path)
    return binding


@transaction.atomic
def register(code: str, *, username: str, password: str, email: str = "") -> User:
    """Make an account for the holder of a code and bind it. It has no role: it sees its own file and nothing else.

    Raises `ValidationError` by field; the code stays good then.
    """
    invitation = invitation_for(code)
    if invitation is None:
        raise _refused()
    user = User(username=username, email=email, display_name=invitation.honouree.name[:60])
    user.set_password(password)
    errors: dict[str, Any] = {}
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        errors |= error.error_dict
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = error.error_list
    if errors:
        raise ValidationError(errors)
    user.save()
    record(user, "account.added", actor=user, after={"username": username})
    bind(code, user=user)
    return user


@transaction.atomic
def unbind(file: Honouree, *, actor: User, reason: str) -> None:
    """Part account and file, because the account was lost or the wrong person got the code. A new code can be made afterwards."""
    if not may_unbind(actor, file):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    binding = Binding.objects.select_for_update().select_related("user").filter(honouree=file).first()
    if binding is None:
        raise ValidationError(_("This file has no account."))
    before = {"account": binding.user.get_username()}
    binding.delete()
    record(file, "holder.unbound", actor=actor, before=before, reason=reason, scope_path=file.union.path)


@transaction.atomic
def ask(user: User, *, fact: str, wanted: str, paper: File | None = None) -> CorrectionRequest:  # type: ignore[type-arg]
    """Ask to have a fact of the own file put right. Raises `PermissionDenied` without a file, and `ValidationError` by field."""
    binding = own_binding(user)
    if binding is None:
        raise PermissionDenied
    file = Honouree._base.select_related("union").select_for_update(of=("self",)).get(pk=binding.honouree_id)
    if fact not in Fact.values:
        raise ValidationError({"fact": _("Choose what is wrong.")})
    wanted = wanted.replace("\x00", "").strip()
    if not wanted:
        raise ValidationError({"wanted": _("Write what it should say.")})
    if len(wanted) > LONGEST:
        raise ValidationError({"wanted": _("Write at most %(count)d characters.") % {"count": LONGEST}})
    request = CorrectionRequest(honouree=file, asked_by=user, fact=fact)
    if request.is_private:
        try:
            wanted = clean_fact(fact, wanted)
        except ValidationError as error:
            raise ValidationError({"wanted": error}) from None
    waiting = CorrectionRequest._base.filter(honouree=file, state=RequestState.OPEN)
    if waiting.filter(fact=fact).exists():
        raise ValidationError({"fact": _("You have asked about this already; wait for the answer, or take it back.")})
    if waiting.count() >= OPEN_AT_ONCE:
        raise ValidationError(_("Many of your requests are waiting. Wait for the answers first."))
    request.wanted = wanted
    if paper is not None:
        content = paper.read()
        ending = kind_of(content)
        request.paper_label = (paper.name or "")[-120:]
        request.paper.save(f"paper.{ending}", ContentFile(content), save=False)
    request.save(force_insert=True)
    record(file, "request.asked", actor=user, after={"fact": fact}, scope_path=file.union.path)
    return request


@transaction.atomic
def take_back(request: CorrectionRequest, *, user: User) -> None:
    """Take an own request back while it waits."""
    locked = CorrectionRequest._base.select_for_update().get(pk=request.pk)
    if locked.asked_by_id != user.pk:
        raise PermissionDenied
    if locked.state != RequestState.OPEN:
        raise ValidationError(_("It was answered in the meantime."))
    locked.state = RequestState.WITHDRAWN
    locked.save(update_fields=["state"])
    file = locked.honouree
    record(file, "request.withdrawn", actor=user, after={"fact": locked.fact}, scope_path=file.union.path)


@transaction.atomic
def answer(request: CorrectionRequest, *, actor: User, accepted: bool, text: str) -> CorrectionRequest:
    """Answer a request. An accepted one about a private fact puts it into the file here; a public one was corrected by the officer.

    Raises `PermissionDenied`; `ValidationError` without an answer, for a request answered before, and for a private value that can't be.
    """
    locked = (
        CorrectionRequest._base.select_for_update(of=("self",)).select_related("honouree__union").get(pk=request.pk)
    )
    if locked.state != RequestState.OPEN:
        raise ValidationError(_("It was answered or taken back in the meantime."))
    if not may_answer(actor, locked):
        raise PermissionDenied
    if not text.strip():
        raise ValidationError({"text": _("Write the answer: the asker reads it.")})
    file = locked.honouree
    if accepted and locked.is_private and locked.wanted:
        set_private(file, actor=actor, reason=str(locked), **{locked.fact: locked.wanted.reveal()})
    locked.state = RequestState.ACCEPTED if accepted else RequestState.REFUSED
    locked.answer, locked.answered_by, locked.answered_at = text.strip(), actor, timezone.now()
    locked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(
        file,
        "request.answered",
        actor=actor,
        after={"fact": locked.fact, "state": locked.state},
        reason=locked.answer,
        scope_path=file.union.path,
    )
    return locked


def own_copy(user: User) -> dict[str, str]:
    """Return all private facts of the user's own file in plain (PIPL art. 45); in the trail like a reveal. Raises `PermissionDenied`."""
    binding = own_binding(user)
    if binding is None:
        raise PermissionDenied
    return copy_of(binding.honouree, actor=user)
