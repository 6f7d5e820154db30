"""Whose account belongs to which file, and what honourees ask to have put right."""

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.accounts.models import User
from registry.holders.enums import Fact, RequestState
from registry.organisations.scoping import Scoped, ScopedManager
from registry.people.models import Honouree
from registry.people.private import PRIVATE_FACTS
from registry.secrets.fields import EncryptedTextField

IN_FILE = ("honouree__union__path", "honouree__industry_union__path")


class Binding(models.Model):
    """An account that belongs to the person whom a file is about; one account, one file."""

    user = models.OneToOneField(User, models.CASCADE, related_name="own_file", verbose_name=_("account"))
    honouree = models.OneToOneField(Honouree, models.CASCADE, related_name="own_account", verbose_name=_("file"))
    bound_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("honouree's account")
        verbose_name_plural = _("honourees' accounts")

    def __str__(self) -> str:
        return f"{self.user} · {self.honouree}"


class Invitation(models.Model):
    """A one-time code that the union hands over in person. Only its digest is kept; it ends when used, replaced or overdue."""

    honouree = models.OneToOneField(Honouree, models.CASCADE, related_name="invitation", verbose_name=_("file"))
    digest = models.CharField(_("digest of the code"), max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return str(self.honouree)


def private_papers() -> FileSystemStorage:
    """Where papers lie that only officers and the asker may open: outside what is served."""
    return FileSystemStorage(
        location=Path(settings.PRIVATE_ROOT) / "papers", base_url=None, file_permissions_mode=0o600
    )


def paper_name(request: "CorrectionRequest", filename: str) -> str:
    """Nothing of the given name goes to the disk but its kind, which was checked."""
    return f"{request.pk}.{filename.rpartition('.')[2].lower()}"


class CorrectionRequest(Scoped, models.Model):
    """An honouree asks to have a fact put right, with a paper that proves it; an officer of the file answers.

    What it should say is sealed always: a phone number may stand in any of them.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = IN_FILE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    honouree = models.ForeignKey(Honouree, models.CASCADE, related_name="correction_requests", verbose_name=_("file"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    fact = models.CharField(_("what is wrong"), max_length=20, choices=Fact)
    wanted = EncryptedTextField(_("what it should say"))
    paper = models.FileField(_("paper"), storage=private_papers, upload_to=paper_name, blank=True)
    paper_label = models.CharField(_("name of the paper"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["-asked_at", "pk"]
        base_manager_name = "_base"
        indexes = [models.Index(fields=["state", "-asked_at"], name="request_state")]
        constraints = [
            models.CheckConstraint(
                name="request_answered_by_another",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=models.F("asked_by")),
            ),
            models.UniqueConstraint(
                fields=["honouree", "fact"], condition=Q(state="open"), name="request_open_once_a_fact"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.honouree} · {self.get_fact_display()}"

    @property
    def is_private(self) -> bool:
        """Whether it is about a private fact, which officers see masked."""
        return self.fact in PRIVATE_FACTS
