"""The accounts room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts, roles, and the two-person rule."""

    name = "registry.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
