"""The intake room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    """Lists in: reading, matching, committing, undoing."""

    name = "registry.intake"
    label = "intake"
    verbose_name = _("Imports")
