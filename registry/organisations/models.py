"""Regions, the union tree, units and who holds which role where."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.fields import PartialDateField
from registry.organisations.enums import NodeKind, Ownership, RegionLevel, UnitChange
from registry.organisations.scoping import Scoped, ScopedManager


class Region(models.Model):
    """An administrative division (GB/T 2260), with the dates between which the code holds."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=60, db_index=True)
    short_name = models.CharField(_("short name"), max_length=60, db_index=True)
    level = models.CharField(_("level"), max_length=10, choices=RegionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    pinyin = models.CharField(_("pinyin"), max_length=120, blank=True)
    valid_from = PartialDateField(_("valid from"), blank=True)
    valid_to = PartialDateField(_("valid to"), blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UnionNode(models.Model):
    """A node of the union tree: federation of a region, an industry's union, or the union of one unit.

    `path` holds the codes from the top, `NX/YC/XQ/`, so that a subtree is a prefix.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=NodeKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(_("path"), max_length=255, unique=True, editable=False)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("union")
        verbose_name_plural = _("union tree")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How deep the node lies; the top is 0."""
        return self.path.count("/") - 1


class Industry(models.Model):
    """A section of GB/T 4754-2017 (A to T)."""

    code = models.CharField(_("code"), max_length=1, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120)

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(Scoped, models.Model):
    """An employer: enterprise, organ, institution, village. A failed credit-code check warns, it never refuses (GB 32100)."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(_("folded name"), max_length=200, db_index=True, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True, db_index=True)
    ownership = models.CharField(_("ownership"), max_length=12, choices=Ownership, blank=True)
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    union = models.ForeignKey(UnionNode, models.PROTECT, related_name="units", verbose_name=_("regional union"))
    industry_union = models.ForeignKey(
        UnionNode,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": NodeKind.INDUSTRIAL},
        related_name="industry_units",
        verbose_name=_("industry union"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_units", verbose_name=_("merged into")
    )

    objects = ScopedManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name", "pk"]
        base_manager_name = "_base"
        constraints = [models.CheckConstraint(condition=~Q(merged_into=F("id")), name="unit_not_merged_into_itself")]
        indexes = [models.Index(fields=["name", "id"], name="unit_name_order")]

    _base = models.Manager()

    def __str__(self) -> str:
        return self.name


class UnitName(models.Model):
    """A former name of a unit, with how and when it ended."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="former_names", verbose_name=_("unit"))
    name = models.CharField(_("former name"), max_length=200)
    name_key = models.CharField(_("folded name"), max_length=200, db_index=True, editable=False)
    change = models.CharField(_("change"), max_length=10, choices=UnitChange, default=UnitChange.RENAMED)
    until = PartialDateField(_("until"), blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("former name of a unit")
        verbose_name_plural = _("former names of units")
        ordering = ["unit", "-until", "-pk"]

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments by the calendar."""

    def current(self) -> "AppointmentQuerySet":
        """Keep those whose term covers today."""
        today = timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


class Appointment(models.Model):
    """A role held by a user at a node of the union tree, for a term; it reaches everything below the node."""

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("node__path",)

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=14, choices=Role)
    node = models.ForeignKey(UnionNode, models.PROTECT, related_name="appointments", verbose_name=_("union"))
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "node", "starts_on"], name="appointment_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_term_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.node}"
