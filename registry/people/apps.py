"""The people room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Files of persons and collectives."""

    name = "registry.people"
    label = "people"
    verbose_name = _("People and collectives")
