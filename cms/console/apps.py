"""The console."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """Committees' and registry officers' screens in the Wagtail admin."""

    name = "cms.console"
    label = "console"
    verbose_name = _("Console")
