"""Who does what in a federation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role is held at a node of the union tree, for a term."""

    REGISTRAR = "registrar", _("registry officer")
    SECRETARY = "secretary", _("committee secretary")
    REVIEWER = "reviewer", _("reviewer")
    EDITOR = "editor", _("editor")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("system administrator")
