"""The keys in use."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyUse(models.Model):
    """A key of the rings that something is stored under. Holds no key: a known text sealed by it, by which it can be recognised."""

    name = models.CharField(_("key"), max_length=24, primary_key=True)
    canary = models.TextField(_("known text, sealed"))
    since = models.DateTimeField(_("used since"), auto_now_add=True)
    retired_at = models.DateTimeField(_("nothing left under it since"), null=True, blank=True)

    class Meta:
        verbose_name = _("key in use")
        verbose_name_plural = _("keys in use")
        ordering = ["since", "name"]

    def __str__(self) -> str:
        return self.name
