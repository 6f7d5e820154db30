"""The secrets room."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class SecretsConfig(AppConfig):
    """Key rings, encrypted fields and the rules of private numbers."""

    name = "registry.secrets"
    label = "secrets"
    verbose_name = _("Secrets")

    def ready(self) -> None:
        """Register the checks that notice a lost key at start-up."""
        from registry.secrets.checks import check_rings, check_stored

        register(check_rings, Tags.security)
        register(check_stored, Tags.database)
