"""Public pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Wagtail pages and the public views."""

    name = "cms.pages"
    label = "pages"
    verbose_name = _("Public pages")

    def ready(self) -> None:
        """Listen to the registry and to Wagtail."""
        from cms.pages import merging, receivers

        receivers.connect()
        merging.connect()
