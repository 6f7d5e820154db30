"""The audit room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only record of who did what."""

    name = "registry.audit"
    label = "audit"
    verbose_name = _("Audit trail")
