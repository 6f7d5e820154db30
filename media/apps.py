"""Pictures and papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    """Own picture, rendition and document models; portraits."""

    name = "media"
    verbose_name = _("Pictures and papers")
