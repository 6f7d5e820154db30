"""Who may read the statistics."""

from typing import Any

from registry.organisations.models import UnionNode
from registry.organisations.rules import may_enter_console, paths_of


def may_read_statistics(user: Any) -> bool:
    """Everybody with an appointment, about the own subtree: the lists behind the numbers are open to them as well."""
    return may_enter_console(user)


def may_read_statistics_of(user: Any, node: UnionNode) -> bool:
    """Whether the node lies at or below one where the user holds a role."""
    return any(node.path.startswith(path) for path in paths_of(user))
