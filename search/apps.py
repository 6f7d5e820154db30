"""Search."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """A copy of the public facts that can be thrown away and rebuilt."""

    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        """Listen to the registry."""
        from search import receivers

        receivers.connect()
