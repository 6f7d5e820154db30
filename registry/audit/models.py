"""The audit trail: append-only, hash-chained per object."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing that somebody did to one object.

    Every entry carries the hash of the entry before it **of the same object** (`chain`), so two clerks working on different people never
    wait for each other. Both databases refuse UPDATE and DELETE by trigger (`registry.audit.triggers`).

    What this proves: within a chain no entry was changed, dropped from the middle or slipped in later without recomputing all that follow.
    What it doesn't: that the *last* entries of a chain, or a whole chain, weren't cut off by somebody who owns the database. Against that
    `checkpoint()` lists every chain's length and head; kept outside (paper, another office) it shows any later cut.
    """

    chain = models.CharField(_("object"), max_length=80)
    position = models.PositiveIntegerField(_("position in the chain"))
    at = models.DateTimeField(_("time"), db_index=True)
    actor_id = models.CharField(_("actor's id"), max_length=40, blank=True, db_index=True)
    actor = models.CharField(_("actor"), max_length=150)
    verb = models.CharField(_("action"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object's id"), max_length=40)
    object_label = models.CharField(_("object's name"), max_length=200, blank=True)
    scope_path = models.CharField(_("union"), max_length=255, blank=True, db_index=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_chain_position")]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.object_label}"
