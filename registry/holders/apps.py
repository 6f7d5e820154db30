"""The room of those whom the files are about."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldersConfig(AppConfig):
    """Honourees who sign in to see their own file."""

    name = "registry.holders"
    label = "holders"
    verbose_name = _("honourees' accounts")
