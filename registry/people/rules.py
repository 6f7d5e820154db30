"""Who may see and change files."""

from typing import Any

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.organisations.models import UnionNode
from registry.organisations.rules import appointments_of, holds
from registry.people.models import Honouree

# The permission to see private facts, given to an account by `privacy.allow_reveal`.
REVEAL = "people.reveal_privatefacts"


def may_open_file(user: Any, union: UnionNode | None = None) -> bool:
    """Registry officers open files at or below their node."""
    return holds(user, Role.REGISTRAR, at=union.path if union else None)


def may_edit_file(user: Any, file: Honouree) -> bool:
    """The registry officer of the keeping union or of the industry's."""
    nodes = [file.union, file.industry_union] if file.industry_union_id else [file.union]
    return any(holds(user, Role.REGISTRAR, at=node.path) for node in nodes if node)


def may_see_file(user: Any, file: Honouree) -> bool:
    """Whoever holds any role at a node above the file."""
    nodes = [file.union, file.industry_union] if file.industry_union_id else [file.union]
    return any(holds(user, *Role, at=node.path) for node in nodes if node)


def may_reveal_private(user: Any, file: Honouree) -> bool:
    """The registry officer of the file, if an administrator has also given the account the permission to reveal."""
    return may_edit_file(user, file) and user.has_perm(REVEAL)


def may_set_private(user: Any, file: Honouree) -> bool:
    """Registry officers enter private facts of their files; what stands there they see masked."""
    return file.is_person and may_edit_file(user, file)


def may_allow_reveal(user: Any, officer: User) -> bool:
    """A system administrator who stands above every appointment of the officer, and never for the own account."""
    paths = [path for _role, path in appointments_of(officer)]
    return user.pk != officer.pk and bool(paths) and all(holds(user, Role.ADMINISTRATOR, at=path) for path in paths)
