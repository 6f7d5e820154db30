"""Sign-in: whoever holds an appointment today may enter the console; page permissions come from the role's group."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from registry.organisations.rules import may_enter_console


class RoleBackend(ModelBackend):
    """Django's own backend; entering the console hangs on an appointment that is in force."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Answer `wagtailadmin.access_admin` from the appointments, everything else from the groups."""
        if perm == "wagtailadmin.access_admin":
            return may_enter_console(user_obj)
        return may_enter_console(user_obj) and super().has_perm(user_obj, perm, obj)
