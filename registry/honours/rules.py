"""Who may confer, correct and revoke."""

from typing import Any

from registry.accounts.enums import Role
from registry.honours.enums import RANK, Level
from registry.honours.models import Conferral, Revocation
from registry.organisations.rules import appointments_of, holds
from registry.people.rules import may_edit_file

# The level at which a node of the tree acts, by its depth: region-wide, city, county.
DEPTH_LEVEL = (Level.PROVINCIAL, Level.CITY, Level.COUNTY, Level.UNIT)


def may_edit_conferral(user: Any, conferral: Conferral) -> bool:
    """Whoever may edit the holder's file."""
    return may_edit_file(user, conferral.honouree)


def may_edit_titles(user: Any) -> bool:
    """Award titles belong to the whole federation: registry officers at the top of the tree."""
    return any(role == Role.REGISTRAR and path.count("/") == 1 for role, path in appointments_of(user))


def may_revoke(user: Any, conferral: Conferral) -> bool:
    """An honour is revoked by its conferring level only (Wuhan 1998 art. 2: a local body cannot revoke a higher body's title).

    The federation's top records the decisions of bodies above it; a city records its own city's honours only.
    """
    if not holds(user, Role.REGISTRAR, at=conferral.honouree.union.path):
        return False
    depths = [
        path.count("/") - 1
        for role, path in appointments_of(user)
        if role == Role.REGISTRAR and conferral.honouree.union.path.startswith(path)
    ]
    level = DEPTH_LEVEL[min(min(depths), len(DEPTH_LEVEL) - 1)]
    return min(depths) == 0 or RANK[conferral.level] <= RANK[level]


def may_confirm_revocation(user: Any, revocation: Revocation) -> bool:
    """A second registry officer who could have proposed it."""
    return (
        revocation.proposed_by_id != user.pk and not revocation.is_confirmed and may_revoke(user, revocation.conferral)
    )
