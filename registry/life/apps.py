"""The life room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LifeConfig(AppConfig):
    """Events, handovers, proposals, collectives over time."""

    name = "registry.life"
    label = "life"
    verbose_name = _("Life of the files")

    def ready(self) -> None:
        """Hear of changed facts."""
        from registry.events import honourees_changed
        from registry.life.receivers import facts_changed

        honourees_changed.connect(facts_changed, dispatch_uid="life.facts_changed")
