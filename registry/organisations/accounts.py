"""Every write to accounts. An administrator of a city keeps the accounts of that city, never one that reaches further."""

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.actions import record
from registry.organisations.actions import appoint
from registry.organisations.models import UnionNode
from registry.organisations.rules import appointments_of, holds, may_appoint

PASSWORD_BYTES = 9


def accounts_visible_to(user: Any) -> QuerySet[User]:
    """Accounts that hold, or held, a role where the user is system administrator; at the top of the tree all accounts."""
    paths = [path for role, path in appointments_of(user) if role == Role.ADMINISTRATOR]
    if any(path.count("/") == 1 for path in paths):
        return User.objects.all()
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(appointments__node__path__startswith=path)
    return User.objects.filter(condition).distinct()


def may_manage_account(user: Any, account: User) -> bool:
    """An administrator above **every** node where the account ever held a role: whoever sets a password can act as it."""
    if account.is_superuser and not user.is_superuser:
        return False
    paths = set(account.appointments.values_list("node__path", flat=True))
    if not paths:
        return any(role == Role.ADMINISTRATOR and path.count("/") == 1 for role, path in appointments_of(user))
    return all(holds(user, Role.ADMINISTRATOR, at=path) for path in paths)


@transaction.atomic
def add_account(
    username: str,
    *,
    actor: User,
    display_name: str,
    role: Role,
    node: UnionNode,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> tuple[User, str]:
    """Make an account with its first role; return it and its first password, which is kept nowhere."""
    if not may_appoint(actor, node):
        raise PermissionDenied
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = User(username=username, display_name=display_name)
    user.set_password(password)
    user.full_clean()
    user.save()
    after = {"username": username, "display_name": display_name}
    record(user, "account.added", actor=actor, after=after, scope_path=node.path)
    appoint(user, role, node, actor=actor, starts_on=starts_on, ends_on=ends_on)
    return user, password


@transaction.atomic
def new_password(account: User, *, actor: User) -> str:
    """Give an account a new password and return it; sessions begun with the old one end."""
    if not may_manage_account(actor, account):
        raise PermissionDenied
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    account.set_password(password)
    account.save(update_fields=["password"])
    record(account, "account.password", actor=actor, scope_path=_scope(account))
    return password


@transaction.atomic
def switch_account(account: User, *, actor: User, active: bool, reason: str) -> User:
    """Switch an account on or off. Raises `ValidationError` for the own account: nobody locks themselves out."""
    if not may_manage_account(actor, account):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if account.pk == actor.pk:
        raise ValidationError(_("You can't switch your own account off. Ask another administrator."))
    before = account.is_active
    account.is_active = active
    account.save(update_fields=["is_active"])
    record(
        account, "account.active", actor=actor, before={"is_active": before}, after={"is_active": active}, reason=reason,
        scope_path=_scope(account),
    )  # fmt: skip
    return account


def _scope(account: User) -> str:
    paths: list[str] = sorted(account.appointments.values_list("node__path", flat=True), key=len)
    return paths[0] if paths else ""
