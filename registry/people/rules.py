"""Who may see and change files."""

from typing import Any

from registry.accounts.enums import Role
from registry.organisations.models import UnionNode
from registry.organisations.rules import holds
from registry.people.models import Honouree


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
