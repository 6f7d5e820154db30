"""Who may do what where: every permission comes from an appointment at a node of the union tree."""

from typing import Any

from django.db.models import Q

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.organisations.models import UnionNode, Unit

MANY_NODES = 1000


def appointments_of(user: Any) -> tuple[tuple[str, str], ...]:
    """Return the user's `(role, path)` pairs in force today; read once per user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ()
    if not hasattr(user, "_appointments"):
        user._appointments = tuple(user.appointments.current().values_list("role", "node__path"))
    found: tuple[tuple[str, str], ...] = user._appointments
    return found


def paths_of(user: Any) -> tuple[str, ...]:
    """Return the paths of the nodes where the user holds any role today."""
    return tuple(sorted({path for _role, path in appointments_of(user)}))


def nodes_of(user: Any) -> tuple[tuple[int, str], ...] | None:
    """Return `(id, kind)` of every node at or below those where the user holds a role; read once per user object.

    None when there are more than `MANY_NODES`: then a path says it shorter.
    """
    if not hasattr(user, "_nodes"):
        below = Q(pk__in=[])
        for path in paths_of(user):
            below |= Q(path__startswith=path)
        found = tuple(UnionNode.objects.filter(below).order_by("pk").values_list("pk", "kind")[: MANY_NODES + 1])
        user._nodes = found if len(found) <= MANY_NODES else None
    nodes: tuple[tuple[int, str], ...] | None = user._nodes
    return nodes


def sees_everything(user: Any) -> bool:
    """Whether the user holds a role at the top of the tree."""
    return any(path.count("/") == 1 for path in paths_of(user))


def holds(user: Any, *roles: Role, at: str | None = None) -> bool:
    """Whether the user holds one of the roles, at a node that covers the path `at` (anywhere when None)."""
    return any(role in roles and (at is None or at.startswith(path)) for role, path in appointments_of(user))


def may_enter_console(user: Any) -> bool:
    """Whether the user has any appointment today."""
    return bool(appointments_of(user))


def may_edit_units(user: Any) -> bool:
    """Registry officers keep the units of their subtree."""
    return holds(user, Role.REGISTRAR)


def may_edit_unit(user: Any, unit: Unit) -> bool:
    """A registry officer of the unit's union, by region or by industry."""
    nodes = [unit.union, unit.industry_union] if unit.industry_union_id else [unit.union]
    return any(holds(user, Role.REGISTRAR, at=node.path) for node in nodes if node)


def may_appoint(user: Any, node: UnionNode) -> bool:
    """A system administrator of the node or of one above."""
    return holds(user, Role.ADMINISTRATOR, at=node.path)


def may_manage_accounts(user: Any) -> bool:
    """System administrators keep accounts."""
    return holds(user, Role.ADMINISTRATOR)


def may_read_audit(user: Any) -> bool:
    """Auditors and system administrators read the trail; registry officers read their own subtree's."""
    return holds(user, Role.AUDITOR, Role.ADMINISTRATOR, Role.REGISTRAR)


def home_node(user: User) -> UnionNode | None:
    """The highest node where the user holds a role: where what the user creates belongs by default."""
    paths = sorted(paths_of(user), key=len)
    return UnionNode.objects.filter(path=paths[0]).first() if paths else None
