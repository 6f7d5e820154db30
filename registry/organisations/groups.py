"""Roles as Django groups: what a role may do in the site's own screens (pages, pictures, accounts) hangs on the group of its name."""

from django.contrib.auth.models import Group

from registry.accounts.enums import Role
from registry.accounts.models import User


def role_group(role: str) -> Group:
    """Return the group of a role, made at need."""
    return Group.objects.get_or_create(name=f"role:{role}")[0]


def sync_groups(user: User) -> None:
    """Put the user into the groups of the roles held today, and out of the others."""
    held = set(user.appointments.current().values_list("role", flat=True))
    user.groups.remove(*[role_group(role) for role in Role.values if role not in held])
    user.groups.add(*[role_group(role) for role in held])
