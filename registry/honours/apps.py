"""The honours room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HonoursConfig(AppConfig):
    """Award titles, conferrals, revocations."""

    name = "registry.honours"
    label = "honours"
    verbose_name = _("Honours")
