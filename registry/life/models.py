"""Events of a life, handovers, proposals, and what changes about a collective over time."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.accounts.models import TwoPerson, User
from registry.fields import PartialDateField, partial_date_label
from registry.honours.models import Conferral
from registry.life.enums import EventKind, EventState, Hold, OfferState, Outcome, ProposalKind, ProposalState, Status
from registry.life.states import PRIVATE
from registry.organisations.models import UnionNode
from registry.organisations.scoping import Scoped, ScopedManager
from registry.people.models import Honouree
from registry.secrets.fields import EncryptedTextField

WAITING = (EventState.WAITING, OfferState.OFFERED, ProposalState.WAITING)
OF_FILE = ("file__union__path", "file__industry_union__path")


class FileStatus(models.Model):
    """Where a file stands, one row a file at most: derived from its events by `actions.refresh_status`, never typed.

    A file without a row has the status that its facts tell (`queries.standing_of`). `imported` is what a collective's file said before its
    first event, and says again when no event is left.
    """

    file = models.OneToOneField(
        Honouree, models.CASCADE, primary_key=True, related_name="life_status", verbose_name=_("file")
    )
    status = models.CharField(_("standing"), max_length=10, choices=Status, blank=True, editable=False, db_index=True)
    hold = models.CharField(_("hold"), max_length=12, choices=Hold, blank=True, editable=False, db_index=True)
    since = PartialDateField(_("since"), blank=True, editable=False)
    imported = models.CharField(_("state as imported"), max_length=10, blank=True, editable=False)
    verified_on = models.DateField(_("last verified on"), null=True, blank=True, db_index=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("last verified by")
    )
    outcome = models.CharField(_("outcome of the verification"), max_length=10, choices=Outcome, blank=True)
    verified_note = models.CharField(_("remark on the verification"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("status of a file")
        verbose_name_plural = _("statuses of files")
        ordering = ["file"]

    def __str__(self) -> str:
        return str(self.get_status_display())


class Answered(Scoped, TwoPerson):
    """What one person records or proposes and another answers, once; `state` moves by the tables in `states.py`."""

    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("refused or withdrawn by")
    )
    answered_at = models.DateTimeField(_("refused or withdrawn at"), null=True, blank=True)
    answer = models.CharField(_("reason given"), max_length=300, blank=True)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "_base"

    @property
    def waits(self) -> bool:
        """Whether it waits for the other person."""
        state: str = self.state  # type: ignore[attr-defined]  # each kind has its own states
        return state in WAITING


class LifeEvent(Answered):
    """Something that happened to a person or a collective, on a day perhaps only partly known, with the paper that says so.

    `old_status` and `new_status` are derived: recording an earlier event later changes them. `written` keeps which facts of the file the
    event set, `{fact: [before, after]}`, so that a withdrawal can take them back.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = OF_FILE

    file = models.ForeignKey(Honouree, models.CASCADE, related_name="life_events", verbose_name=_("file"))
    kind = models.CharField(_("event"), max_length=12, choices=EventKind)
    happened_on = PartialDateField(_("happened on"))
    document = models.CharField(_("document"), max_length=120, blank=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    new_name = models.CharField(_("new name"), max_length=120, blank=True)
    into = models.ForeignKey(
        Honouree, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("merged into")
    )
    into_name = models.CharField(_("name of what it merged into"), max_length=120, blank=True)
    old_status = models.CharField(_("status before"), max_length=12, blank=True, editable=False)
    new_status = models.CharField(_("status after"), max_length=12, blank=True, editable=False)
    written = models.JSONField(_("facts set"), default=dict, blank=True, editable=False)
    state = models.CharField(_("state of the record"), max_length=10, choices=EventState, editable=False)

    class Meta(Answered.Meta):
        verbose_name = _("event of a life")
        verbose_name_plural = _("events of a life")
        ordering = ["file_id", "happened_on", "pk"]
        constraints = [
            TwoPerson.two_people("event_by_two_people"),
            models.UniqueConstraint(
                fields=["file", "kind", "happened_on"],
                condition=Q(state__in=["waiting", "in_force"]),
                name="event_once",
                violation_error_message=_("This event is recorded already."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=PRIVATE) | ~Q(state="in_force") | Q(confirmed_by__isnull=False),
                name="private_event_needs_second_person",
            ),
            models.CheckConstraint(condition=Q(into__isnull=True) | ~Q(into=F("file")), name="event_not_into_itself"),
        ]
        indexes = [models.Index(fields=["file", "state"], name="event_state", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {partial_date_label(self.happened_on)}"

    @property
    def is_private(self) -> bool:
        """Whether only officers and auditors may know of it."""
        return self.kind in PRIVATE

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.state == EventState.IN_FORCE

    def status_words(self, which: str) -> str:
        """Say the status before or after it, `old_status` or `new_status`."""
        value = getattr(self, which)
        return str((Hold if self.is_private else Status)(value).label) if value else ""


class Handover(Answered):
    """A file goes from one union to another by a handshake: the keeping union offers it, the receiving one accepts or returns it."""

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("from_union__path", "to_union__path", "file__union__path")

    file = models.ForeignKey(Honouree, models.CASCADE, related_name="handovers", verbose_name=_("file"))
    from_union = models.ForeignKey(UnionNode, models.PROTECT, related_name="+", verbose_name=_("handing union"))
    to_union = models.ForeignKey(UnionNode, models.PROTECT, related_name="+", verbose_name=_("receiving union"))
    note = models.CharField(_("reason for handing over"), max_length=300)
    document = models.CharField(_("document"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OfferState, default=OfferState.OFFERED, editable=False)

    class Meta(Answered.Meta):
        verbose_name = _("handover of a file")
        verbose_name_plural = _("handovers of files")
        ordering = ["-pk"]
        constraints = [
            TwoPerson.two_people("handover_by_two_people"),
            models.UniqueConstraint(
                fields=["file"],
                condition=Q(state="offered"),
                name="one_open_offer_a_file",
                violation_error_message=_(
                    "This file is offered already; that offer must be answered or withdrawn first."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(from_union=F("to_union")),
                name="handover_to_another_union",
                violation_error_message=_("The file is kept there already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(confirmed_by__isnull=False), name="handover_accepted_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.from_union} → {self.to_union}"


class Proposal(Answered):
    """A correction that somebody proposes and an officer confirms or refuses.

    `before` and `values` map facts to their stored values; `words` maps them to `[old, new]` as people read them. A private fact's new
    value lies sealed in `private_value` and nowhere else.
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = OF_FILE

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.ForeignKey(Honouree, models.CASCADE, related_name="proposals", verbose_name=_("file"))
    kind = models.CharField(_("kind of proposal"), max_length=20, choices=ProposalKind)
    conferral = models.ForeignKey(
        Conferral, models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name=_("honour")
    )
    event = models.ForeignKey(
        LifeEvent, models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name=_("event")
    )
    fact = models.CharField(_("fact"), max_length=40, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    values = models.JSONField(_("after"), default=dict, blank=True)
    words = models.JSONField(_("in words"), default=dict, blank=True)
    private_value = EncryptedTextField(_("proposed private fact"), row="token")
    reason = models.CharField(_("reason"), max_length=300)
    document = models.CharField(_("document"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.WAITING, editable=False
    )

    class Meta(Answered.Meta):
        verbose_name = _("proposed correction")
        verbose_name_plural = _("proposed corrections")
        ordering = ["-pk"]
        constraints = [
            TwoPerson.two_people("proposal_by_two_people"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False), name="proposal_confirmed_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(kind="private") | Q(private_value__isnull=True), name="proposal_seals_private_facts_only"
            ),
            # One open proposal a thing: two answers can't cross each other.
            models.UniqueConstraint(
                fields=["file", "kind", "fact"],
                condition=Q(state="waiting", kind__in=["fact", "private"]),
                name="one_open_proposal_a_fact",
                violation_error_message=_("A correction of this fact is proposed already; it must be answered first."),
            ),
            models.UniqueConstraint(
                fields=["conferral"],
                condition=Q(state="waiting", kind="honour"),
                name="one_open_proposal_an_honour",
                violation_error_message=_(
                    "A correction of this honour is proposed already; it must be answered first."
                ),
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(state="waiting", kind__in=["event", "event_withdrawal"]),
                name="one_open_proposal_an_event",
                violation_error_message=_("A change of this event is proposed already; it must be answered first."),
            ),
        ]
        indexes = [models.Index(fields=["file", "state"], name="proposal_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.file} · {self.get_kind_display()}"

    @property
    def is_private(self) -> bool:
        """Whether only officers and auditors may know of it."""
        return self.kind in (ProposalKind.PRIVATE, ProposalKind.EVENT, ProposalKind.EVENT_WITHDRAWAL)


class StaffCount(models.Model):
    """How many worked in a collective on a day."""

    collective = models.ForeignKey(Honouree, models.CASCADE, related_name="staff_counts", verbose_name=_("collective"))
    counted_on = PartialDateField(_("counted on"))
    staff = models.PositiveIntegerField(_("staff"))
    women = models.PositiveIntegerField(_("of them women"), null=True, blank=True)
    migrants = models.PositiveIntegerField(_("of them migrant workers"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("staff count")
        verbose_name_plural = _("staff counts")
        ordering = ["collective_id", "-counted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collective", "counted_on"],
                name="staff_counted_once_a_day",
                violation_error_message=_("There is a count of this date already; change that one."),
            ),
            models.CheckConstraint(
                condition=(Q(women__isnull=True) | Q(women__lte=F("staff")))
                & (Q(migrants__isnull=True) | Q(migrants__lte=F("staff"))),
                name="staff_parts_within_the_whole",
                violation_error_message=_("A part can't be more than the whole."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_on}: {self.staff}"


class Headship(models.Model):
    """Who headed a collective, from when to when."""

    collective = models.ForeignKey(Honouree, models.CASCADE, related_name="headships", verbose_name=_("collective"))
    name = models.CharField(_("name"), max_length=60)
    since = PartialDateField(_("from"), blank=True)
    until = PartialDateField(_("until"), blank=True)

    class Meta:
        verbose_name = _("head of a collective")
        verbose_name_plural = _("heads of collectives")
        ordering = ["collective_id", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collective", "name", "since"],
                name="head_once",
                violation_error_message=_("This head is entered already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person with a file of the own belonged to a collective, from when to when."""

    collective = models.ForeignKey(Honouree, models.CASCADE, related_name="members", verbose_name=_("collective"))
    person = models.ForeignKey(Honouree, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    part = models.CharField(_("as what"), max_length=60, blank=True)
    since = PartialDateField(_("from"), blank=True)
    until = PartialDateField(_("until"), blank=True)

    class Meta:
        verbose_name = _("member of a collective")
        verbose_name_plural = _("members of collectives")
        ordering = ["collective_id", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collective", "person", "since"],
                name="member_once",
                violation_error_message=_("This member is entered already."),
            ),
            models.CheckConstraint(condition=~Q(collective=F("person")), name="member_is_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.collective}"


# Lists with dates that hang on a collective, by the word of their addresses.
LISTS: dict[str, type[Any]] = {"heads": Headship, "staff": StaffCount, "members": Membership}
