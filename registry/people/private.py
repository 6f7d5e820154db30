"""What a person's file holds that nobody sees without a reason."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.organisations.scoping import Scoped, ScopedManager
from registry.secrets import identity, numbers
from registry.secrets.fields import BlindIndexField, EncryptedTextField
from registry.secrets.sealing import VERSION, digest

PRIVATE_FACTS = ("identity_number", "phone", "address", "bank_card", "illness", "income")
PHONE = "phone"


def _sealed_or_empty() -> Q:
    condition = Q()
    for name in PRIVATE_FACTS:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__under": f"{VERSION}."})
    return condition


class PrivateFacts(Scoped, models.Model):
    """A person's private facts, each sealed for this row: its own UUID, not the file's key, so a merge of files can hand the row over.

    `put()` is the only way to set one; it keeps the blind indexes right. Showing one goes through `registry.people.privacy.reveal`.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("honouree__union__path", "honouree__industry_union__path")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    honouree = models.OneToOneField(
        "people.Honouree", models.CASCADE, related_name="private_facts", verbose_name=_("file")
    )
    identity_number = EncryptedTextField(_("identity number"), mask=identity.mask)
    phone = EncryptedTextField(_("phone"), mask=numbers.mask_number)
    address = EncryptedTextField(_("address"))
    bank_card = EncryptedTextField(_("bank card"), mask=numbers.mask_number)
    illness = EncryptedTextField(_("illness"))
    income = EncryptedTextField(_("income"))
    identity_digest = BlindIndexField(
        unique=True, of="identity_number", kind=identity.KIND, canonical=identity.canonical
    )
    phone_digest = BlindIndexField(unique=True, of="phone", kind=PHONE)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("private facts")
        verbose_name_plural = _("private facts")
        ordering = ["pk"]
        base_manager_name = "_base"
        permissions = [("reveal_privatefacts", "Can reveal private facts")]
        constraints = [models.CheckConstraint(name="private_facts_are_sealed", condition=_sealed_or_empty())]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.honouree_id}"

    def put(self, name: str, text: str) -> None:
        """Set a fact from its normal form (`privacy.clean_fact`), "" for none, and the digest that goes with it."""
        setattr(self, name, text or None)
        if name == "identity_number":
            self.identity_digest = digest(identity.KIND, identity.canonical(text)) if text else None
        elif name == "phone":
            self.phone_digest = digest(PHONE, text) if text else None

    def plain(self, name: str) -> str:
        """Return a fact's plaintext, "" for none; raises `CannotOpen`. For actions, never for a screen."""
        sealed = getattr(self, name)
        return sealed.reveal() if sealed else ""

    def masked(self) -> dict[str, str]:
        """Return what screens show of the facts that are there; raises `CannotOpen`."""
        return {name: sealed.masked for name in PRIVATE_FACTS if (sealed := getattr(self, name))}
