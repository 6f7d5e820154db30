"""The statistics room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """Summary tables that follow the register."""

    name = "registry.statistics"
    label = "statistics"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        """Listen to the registry."""
        from registry.statistics import receivers

        receivers.connect()
