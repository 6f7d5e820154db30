"""Suspected pairs, merges with what their undoing needs, and cleaning runs."""

import uuid
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.accounts.models import User
from registry.duplicates.enums import CleaningKind, MergeState, RunState, SuspicionState
from registry.organisations.models import UnionNode
from registry.organisations.scoping import ScopedManager
from registry.people.models import Honouree
from registry.secrets.fields import EncryptedTextField


class Trace(models.Model):
    """A key that files of one person are likely to share (`registry.duplicates.keys`). Derived; made anew at any time.

    Only files with a key in common are ever compared: the work grows with the files, not with their pairs.
    """

    # No constraint in the database: the finder must not stumble over a file that is deleted while it looks.
    file = models.ForeignKey(Honouree, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("file"))
    key = models.BigIntegerField(_("key"))

    class Meta:
        verbose_name = _("trace of a file")
        verbose_name_plural = _("traces of files")
        ordering = ["key", "file"]
        indexes = [models.Index(fields=["key", "file"], name="trace_key")]

    def __str__(self) -> str:
        return str(self.key)


class Suspicion(models.Model):
    """Two files that may be about one person. A pair that was judged *not the same* stays and so never comes back; one
    that an officer reported stays open whatever the finder thinks of it. One found by the identity number is shown only to who may decide
    about both files: else whoever knows a number could learn whose it is.

    The two keys carry no database constraint: of a merged pair one file is gone, and comes back under its key if the merge is undone.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = (
        "first__union__path",
        "first__industry_union__path",
        "second__union__path",
        "second__industry_union__path",
    )

    first = models.ForeignKey(
        Honouree, models.CASCADE, null=True, db_constraint=False, related_name="+", verbose_name=_("first file")
    )
    second = models.ForeignKey(
        Honouree, models.CASCADE, null=True, db_constraint=False, related_name="+", verbose_name=_("second file")
    )
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    by_number = models.BooleanField(_("by identity number"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=SuspicionState, default=SuspicionState.OPEN)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("suspected pair")
        verbose_name_plural = _("suspected pairs")
        ordering = ["-score", "-pk"]
        base_manager_name = "_base"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="suspicion_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="suspicion_pair_in_order"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="suspicion_decided_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="suspicion_queue")]

    def __str__(self) -> str:
        return f"{self.first or self.first_id} / {self.second or self.second_id}"


class Merge(models.Model):
    """Two files that became one: what it did, and all that taking it back needs. The file that went is kept in `undo`.

    Keys carry no database constraint: a file that others were merged into may itself be merged into a third.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("union__path",)

    kept = models.ForeignKey(
        Honouree, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("file that stays")
    )
    gone_id = models.BigIntegerField(_("key of the file that went"), db_index=True)
    gone_slug = models.CharField(_("public address of the file that went"), max_length=90, db_index=True)
    gone_code = models.CharField(_("file number of the file that went"), max_length=8)
    gone_name = models.CharField(_("name of the file that went"), max_length=120)
    union = models.ForeignKey(UnionNode, models.PROTECT, related_name="+", verbose_name=_("union of both files"))
    state = models.CharField(_("state"), max_length=6, choices=MergeState, default=MergeState.DONE)
    summary = models.JSONField(_("what moved"), default=dict)
    undo = models.JSONField(_("what taking it back needs"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=300)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("merged by"))
    merged_at = models.DateTimeField(_("merged"), auto_now_add=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("merge of two files")
        verbose_name_plural = _("merges of files")
        ordering = ["-pk"]
        base_manager_name = "_base"
        constraints = [
            models.UniqueConstraint(fields=["gone_id"], condition=Q(state="done"), name="file_goes_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone_id")), name="merge_of_two_files"),
        ]

    def __str__(self) -> str:
        return self.gone_name


class SetAside(models.Model):
    """The private facts of both files as they stood before a merge, sealed for this row, so that a merge can be undone.

    They go when the merge is undone, and with the kept file's private facts when those are erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merge = models.ForeignKey(Merge, models.CASCADE, related_name="set_aside", verbose_name=_("merge"))
    was_of = models.UUIDField(_("key of the private facts"))
    file_key = models.BigIntegerField(_("key of the file"))
    identity_number = EncryptedTextField(_("identity number"))
    phone = EncryptedTextField(_("phone"))
    address = EncryptedTextField(_("address"))
    bank_card = EncryptedTextField(_("bank card"))
    illness = EncryptedTextField(_("illness"))
    income = EncryptedTextField(_("income"))

    class Meta:
        verbose_name = _("private facts before a merge")
        verbose_name_plural = _("private facts before merges")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file_key)


class CleaningRun(models.Model):
    """A bulk correction of old records: proposed row by row, chosen, applied in chunks, and taken back whole."""

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("union__path",)

    kind = models.CharField(_("what it puts right"), max_length=8, choices=CleaningKind)
    union = models.ForeignKey(UnionNode, models.PROTECT, related_name="+", verbose_name=_("union"))
    options = models.JSONField(_("settings"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.PROPOSED)
    total = models.PositiveIntegerField(_("changes proposed"), default=0)
    done = models.PositiveIntegerField(_("changes applied"), default=0)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    worked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("applied or taken back by")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("cleaning run")
        verbose_name_plural = _("cleaning runs")
        ordering = ["-pk"]
        base_manager_name = "_base"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class CleaningRow(models.Model):
    """One proposed change: what it is about, what it says now and would say, whether it is wanted, and what it wrote."""

    run = models.ForeignKey(CleaningRun, models.CASCADE, related_name="rows", verbose_name=_("cleaning run"))
    number = models.PositiveIntegerField(_("order"))
    subject = models.CharField(_("about"), max_length=200)
    target = models.BigIntegerField(_("key of what is changed"), null=True, blank=True)
    file_key = models.BigIntegerField(_("key of the file"), null=True, blank=True)
    before = models.CharField(_("now"), max_length=200)
    after = models.CharField(_("then"), max_length=200)
    plan = models.JSONField(_("change"), default=dict)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    possible = models.BooleanField(_("possible"), default=True)
    chosen = models.BooleanField(_("chosen"), default=True)
    applied = models.BooleanField(_("applied"), default=False)
    written = models.JSONField(_("what was written"), default=dict, blank=True)

    class Meta:
        verbose_name = _("row of a cleaning run")
        verbose_name_plural = _("rows of a cleaning run")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="cleaning_row_once"),
            models.CheckConstraint(condition=Q(possible=True) | Q(chosen=False), name="cleaning_row_only_if_possible"),
        ]
        indexes = [models.Index(fields=["run", "applied", "number"], name="cleaning_row_applied")]

    def __str__(self) -> str:
        return self.subject

    @property
    def key(self) -> int:
        """The key of what is changed; 0 where a row is about several things."""
        return self.target or 0
