"""The duplicates room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    """One person, one file: finding doubles, merging them, cleaning old records in bulk."""

    name = "registry.duplicates"
    label = "duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        """Say how honours merge, and look at changed files again."""
        from registry.duplicates import receivers
        from registry.duplicates.honours import Honours
        from registry.duplicates.ways import register

        register("honours.Conferral.honouree", Honours())
        receivers.connect()
