"""Award titles, conferrals and revocations. Award title, conferring level and treatment level are three separate facts."""

from typing import ClassVar

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registry.accounts.models import TwoPerson
from registry.fields import PartialDateField
from registry.honours.enums import RANK, Grounds, Level
from registry.organisations.models import Region
from registry.organisations.scoping import Scoped, ScopedManager
from registry.people.models import Honouree

BY_RANK = Case(*(When(level=level, then=Value(rank)) for level, rank in RANK.items() if level), default=Value(0))


class HonourTitle(models.Model):
    """An award title (荣誉称号) as data; historic ones such as 全国先进生产者 (1956) too."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("title"), max_length=120, unique=True)
    name_key = models.CharField(_("folded title"), max_length=120, unique=True, editable=False)
    name_en = models.CharField(_("English title"), max_length=160, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    treatment_level = models.CharField(_("treatment level"), max_length=10, choices=Level, blank=True)
    for_individuals = models.BooleanField(_("given to persons"), default=True)
    for_collectives = models.BooleanField(_("given to collectives"), default=False)
    conferred_by = models.CharField(_("conferred by"), max_length=120, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    from_year = models.PositiveSmallIntegerField(_("given since"), null=True, blank=True)
    to_year = models.PositiveSmallIntegerField(_("given until"), null=True, blank=True)
    is_historic = models.BooleanField(_("historic"), default=False)
    is_ambiguous = models.BooleanField(_("ambiguous in its source"), default=False)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("today's title")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("award title")
        verbose_name_plural = _("award titles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TitleAlias(models.Model):
    """Another way lists write a title: 全国劳模, 五一劳动奖章."""

    title = models.ForeignKey(HonourTitle, models.CASCADE, related_name="aliases", verbose_name=_("award title"))
    name = models.CharField(_("other spelling"), max_length=120)
    name_key = models.CharField(_("folded spelling"), max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name = _("other spelling of a title")
        verbose_name_plural = _("other spellings of titles")
        ordering = ["title", "name"]

    def __str__(self) -> str:
        return self.name


class Conferral(Scoped, models.Model):
    """One honour given to one person or collective."""

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = ("honouree__union__path", "honouree__industry_union__path")

    honouree = models.ForeignKey(Honouree, models.PROTECT, related_name="conferrals", verbose_name=_("holder"))
    title = models.ForeignKey(HonourTitle, models.PROTECT, related_name="conferrals", verbose_name=_("award title"))
    level = models.CharField(_("conferring level"), max_length=10, choices=Level)
    treatment_level = models.CharField(_("treatment level"), max_length=10, choices=Level, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    year_inferred = models.BooleanField(_("year inferred"), default=False)
    granted_on = PartialDateField(_("date"), blank=True)
    conferred_by = models.CharField(_("conferred by"), max_length=120, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=80, blank=True)
    unit_name = models.CharField(_("unit then"), max_length=200, blank=True)
    position = models.CharField(_("post then"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_revoked = models.BooleanField(_("revoked"), default=False, editable=False)

    # What lists sort by: levels by their height, not by the alphabet; an unknown year as 0, so that no key is missing.
    rank = models.GeneratedField(
        expression=BY_RANK, output_field=models.PositiveSmallIntegerField(), db_persist=True, verbose_name=_("level")
    )
    sort_year = models.GeneratedField(
        expression=Coalesce("year", Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        verbose_name=_("year"),
    )

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("honour")
        verbose_name_plural = _("honours")
        ordering = ["-year", "-pk"]
        base_manager_name = "_base"
        constraints = [
            models.UniqueConstraint(fields=["honouree", "title", "year"], name="honour_once_a_year"),
            models.UniqueConstraint(
                fields=["honouree", "title"], condition=Q(year__isnull=True), name="honour_once_without_year"
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1900, 2200)), name="honour_year_plausible"
            ),
        ]
        indexes = [
            models.Index(fields=["title", "honouree"], name="honour_title", condition=Q(is_revoked=False)),
            models.Index(fields=["year", "honouree"], name="honour_year", condition=Q(is_revoked=False)),
            models.Index(fields=["level", "honouree"], name="honour_level", condition=Q(is_revoked=False)),
            models.Index(fields=["sort_year", "id"], name="honour_list_year"),
            models.Index(fields=["rank", "id"], name="honour_list_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year or ''}".strip()


class Revocation(Scoped, TwoPerson):
    """The taking back of an honour: by the conferring level only, on stated grounds, proposed and confirmed by two people.

    It hides the honour in public and keeps the record (domain.md b8).
    """

    SCOPE_FIELDS: ClassVar[tuple[str, ...]] = (
        "conferral__honouree__union__path",
        "conferral__honouree__industry_union__path",
    )

    conferral = models.OneToOneField(Conferral, models.PROTECT, related_name="revocation", verbose_name=_("honour"))
    grounds = models.CharField(_("grounds"), max_length=12, choices=Grounds)
    explanation = models.TextField(_("explanation"))
    decided_by = models.CharField(_("decided by"), max_length=120)
    decided_level = models.CharField(_("deciding level"), max_length=10, choices=Level)
    decided_on = models.DateField(_("decided on"))
    document_number = models.CharField(_("document number"), max_length=80)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-decided_on", "-pk"]
        base_manager_name = "_base"
        constraints = [TwoPerson.two_people("revocation_by_two_people")]

    def __str__(self) -> str:
        return str(self.conferral)
