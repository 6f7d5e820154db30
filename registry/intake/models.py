"""An uploaded list on its way into the registry: batch, staged rows, what it wrote."""

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.accounts.models import TwoPerson, User
from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.reading.record import PRIVATE
from registry.organisations.models import UnionNode
from registry.organisations.scoping import ScopedManager
from registry.people.models import Honouree
from registry.people.private import PHONE
from registry.secrets import identity
from registry.secrets.fields import BlindIndexField, EncryptedTextField
from registry.secrets.sealing import VERSION


class IntakeBatch(TwoPerson):
    """One uploaded file or pasted text.

    A list with private facts is committed by two: one officer proposes it (`proposed_by`), another confirms (`confirmed_by`).
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("union__path",)

    union = models.ForeignKey(UnionNode, models.PROTECT, related_name="+", verbose_name=_("union"))
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    filename = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    stored_as = models.CharField(_("kept as"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.READING, db_index=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    asks = models.JSONField(_("questions"), default=list, blank=True)
    skipped = models.JSONField(_("lines left out"), default=list, blank=True)
    layout = models.JSONField(_("columns"), default=list, blank=True)
    has_private = models.BooleanField(_("with private facts"), default=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    done_before = models.PositiveIntegerField(_("rows done before this work"), default=0)
    taken_back = models.PositiveIntegerField(_("rows taken back"), default=0)
    refusal = models.TextField(_("why it was refused"), blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committed or undone by")
    )
    began_at = models.DateTimeField(_("work began"), null=True, blank=True)
    heartbeat = models.DateTimeField(_("last sign of work"), null=True, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        ordering = ["-pk"]
        base_manager_name = "_base"
        constraints = [
            TwoPerson.two_people("batch_by_two_people"),
            models.CheckConstraint(
                name="private_batch_needs_a_second_person",
                condition=Q(has_private=False) | ~Q(state=BatchState.COMMITTING) | Q(confirmed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def has_private_columns(self) -> bool:
        """Whether the list itself has columns of private facts, whatever became of them."""
        return self.has_private or any(
            key in PRIVATE for part in self.layout for _place, _label, key in part["columns"]
        )


def _identity_in(text: str) -> str:
    return identity.canonical(json.loads(text)["identity_number"])


def _phone_in(text: str) -> str:
    return str(json.loads(text)["phone"])


class IntakeRow(models.Model):
    """One staged row: what was read, what it would do, and what the clerk decided.

    `data` holds public facts only. What is private lies sealed in `private`, one JSON object of all of it by name
    (`registry.people.private.PRIVATE_FACTS`), until the row is committed; then the file has it and the row forgets it.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("batch__union__path",)

    batch = models.ForeignKey(IntakeBatch, models.CASCADE, related_name="rows", verbose_name=_("batch"))
    number = models.PositiveIntegerField(_("order"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    source_row = models.PositiveIntegerField(_("row in the file"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    data = models.JSONField(_("facts"), default=dict)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    private = EncryptedTextField(_("private facts"), row="uid")
    identity_digest = BlindIndexField(of="private", kind=identity.KIND, canonical=_identity_in)
    phone_digest = BlindIndexField(of="private", kind=PHONE, canonical=_phone_in)
    messages = models.JSONField(_("messages"), default=list, blank=True)
    asks = models.JSONField(_("open questions"), default=list, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=RowStatus, blank=True)
    matches = models.JSONField(_("proposed files"), default=list, blank=True)
    match = models.ForeignKey(
        Honouree, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("matched file")
    )
    follows = models.PositiveIntegerField(_("same as the file opened by row"), null=True, blank=True)
    choice = models.CharField(_("decision"), max_length=5, choices=Choice, blank=True, default=Choice.NONE)
    differences = models.JSONField(_("differences"), default=list, blank=True)
    committed = models.BooleanField(_("committed"), default=False)
    written = models.JSONField(_("what was written"), default=dict, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["batch", "number"]
        base_manager_name = "_base"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="intake_row_once"),
            models.CheckConstraint(
                name="intake_row_private_is_sealed",
                condition=Q(private__isnull=True) | Q(private__under=f"{VERSION}."),
            ),
        ]
        indexes = [models.Index(fields=["batch", "status", "number"], name="intake_row_status")]

    def __str__(self) -> str:
        return self.name or str(self.source_row)


class IntakeMemory(models.Model):
    """An answer remembered for the next list: what a heading means, which level a title has."""

    key = models.CharField(_("question"), max_length=200, unique=True)
    value = models.CharField(_("answer"), max_length=200)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta:
        verbose_name = _("remembered answer")
        verbose_name_plural = _("remembered answers")
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
