"""The organisations room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Regions, the union tree, units, appointments."""

    name = "registry.organisations"
    label = "organisations"
    verbose_name = _("Organisations")
