"""One file for life: a person's or a collective's public facts."""

from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.organisations.enums import NodeKind
from registry.organisations.models import Industry, Region, UnionNode, Unit
from registry.organisations.scoping import Scoped, ScopedManager, ScopedQuerySet
from registry.people.enums import CollectiveState, Education, IdentityClass, Kind, NameKind, Sex
from registry.people.naming import new_code
from registry.people.private import PrivateFacts

__all__ = [
    "Collective", "Ethnicity", "Honouree", "OtherName", "Person", "PoliticalStatus", "Post", "PrivateFacts", "Source",
]  # fmt: skip


class Ethnicity(models.Model):
    """GB/T 3304-1991."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    letters = models.CharField(_("letter code"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=20, unique=True)
    name_en = models.CharField(_("English name"), max_length=40)

    class Meta:
        verbose_name = _("ethnic group")
        verbose_name_plural = _("ethnic groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PoliticalStatus(models.Model):
    """GB/T 4762-1984."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    short_name = models.CharField(_("short name"), max_length=20)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        verbose_name = _("political status")
        verbose_name_plural = _("political statuses")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Honouree(Scoped, models.Model):
    """The file of one person or one collective. One person has one file for life, whatever the level, region or number of honours.

    `slug` is the stable public address and never changes. The group *standing* is derived by `registry.honours` from the honours in force
    (`refresh_standing`) and never typed; it lets lists of a million files sort and filter on one table.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    code = models.CharField(_("file number"), max_length=8, unique=True, default=new_code, editable=False)
    slug = models.CharField(_("public address"), max_length=90, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(_("folded name"), max_length=120, db_index=True, editable=False)
    pinyin_key = models.CharField(_("pinyin"), max_length=400, editable=False)
    stroke_key = models.CharField(_("stroke order"), max_length=400, editable=False)

    # Where the file is kept, and where the holder works.
    union = models.ForeignKey(
        UnionNode, models.PROTECT, db_index=False, related_name="files", verbose_name=_("keeping union")
    )
    industry_union = models.ForeignKey(
        UnionNode,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        limit_choices_to={"kind": NodeKind.INDUSTRIAL},
        related_name="industry_files",
        verbose_name=_("industry union"),
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("unit"))
    unit_name = models.CharField(_("unit as published"), max_length=200, blank=True)
    position = models.CharField(_("post"), max_length=120, blank=True)
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )

    # A person's public facts.
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    ethnicity = models.ForeignKey(
        Ethnicity, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ethnicity")
    )
    born = PartialDateField(_("born"), blank=True)
    died = PartialDateField(_("died"), blank=True)
    native_place = models.CharField(_("native place"), max_length=60, blank=True)
    political_status = models.ForeignKey(
        PoliticalStatus, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("political status")
    )
    education = models.CharField(_("education"), max_length=10, choices=Education, blank=True)
    identity_class = models.CharField(_("identity class"), max_length=20, choices=IdentityClass, blank=True)

    # A collective's public facts.
    collective_state = models.CharField(_("state"), max_length=10, choices=CollectiveState, blank=True)
    head = models.CharField(_("head"), max_length=60, blank=True)
    staff_count = models.PositiveIntegerField(_("staff"), null=True, blank=True)

    note = models.TextField(_("internal note"), blank=True)
    withheld = models.BooleanField(_("withheld from the public"), default=False)
    withheld_reason = models.CharField(_("reason for withholding"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    # Standing: derived, never typed.
    is_public = models.BooleanField(_("public"), default=False, editable=False)
    highest_rank = models.PositiveSmallIntegerField(_("highest level"), default=0, editable=False)
    treatment_rank = models.PositiveSmallIntegerField(_("treatment level"), default=0, editable=False)
    latest_year = models.PositiveSmallIntegerField(_("latest honour"), default=0, editable=False)
    headline = models.CharField(_("highest honour"), max_length=120, blank=True, editable=False)
    headline_year = models.PositiveSmallIntegerField(_("year of the highest honour"), null=True, editable=False)
    honour_count = models.PositiveSmallIntegerField(_("honours"), default=0, editable=False)

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pinyin_key", "pk"]
        base_manager_name = "_base"
        constraints = [
            models.CheckConstraint(
                name="collective_has_no_personal_facts",
                condition=Q(kind="individual") | Q(sex="", born="", died="", ethnicity__isnull=True, identity_class=""),
            ),
            models.CheckConstraint(
                name="person_has_no_collective_facts",
                condition=Q(kind="collective") | Q(collective_state="", head="", staff_count__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["pinyin_key", "id"], name="file_pinyin"),
            # The console's lists are of one kind, in any of these orders.
            models.Index(fields=["kind", "pinyin_key", "id"], name="file_kind_pinyin"),
            models.Index(fields=["kind", "stroke_key", "id"], name="file_kind_stroke"),
            models.Index(fields=["kind", "latest_year", "id"], name="file_kind_latest"),
            models.Index(fields=["kind", "highest_rank", "id"], name="file_kind_rank"),
            models.Index(fields=["kind", "honour_count", "id"], name="file_kind_count"),
            models.Index(fields=["union", "kind", "pinyin_key", "id"], name="file_union_pinyin"),
            models.Index(fields=["industry_union", "kind", "pinyin_key", "id"], name="file_industry_pinyin"),
            models.Index(
                fields=["union", "kind", "pinyin_key", "id"], name="file_not_public", condition=Q(is_public=False)
            ),
            models.Index(fields=["pinyin_key", "id"], name="file_public_pinyin", condition=Q(is_public=True)),
            models.Index(fields=["stroke_key", "id"], name="file_public_stroke", condition=Q(is_public=True)),
            models.Index(fields=["-latest_year", "-id"], name="file_public_latest", condition=Q(is_public=True)),
            models.Index(
                fields=["region", "-latest_year", "-id"], name="file_public_region", condition=Q(is_public=True)
            ),
            models.Index(fields=["unit_name"], name="file_unit_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        """Whether the file is a person's."""
        return self.kind == Kind.INDIVIDUAL

    def get_absolute_url(self) -> str:
        """The stable public address (the path alone; the site serves it)."""
        return f"/honourees/{self.slug}/"


class OfKindManager(ScopedManager[Any]):
    """Files of one kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> ScopedQuerySet:
        """Keep the kind."""
        return cast(ScopedQuerySet, super().get_queryset().filter(kind=self.kind))


class Person(Honouree):
    """A person's file."""

    KIND: ClassVar[str] = Kind.INDIVIDUAL
    objects: ClassVar[Any] = OfKindManager(Kind.INDIVIDUAL)

    class Meta:
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")


class Collective(Honouree):
    """A collective's file: organisation, department, team."""

    KIND: ClassVar[str] = Kind.COLLECTIVE
    objects: ClassVar[Any] = OfKindManager(Kind.COLLECTIVE)

    class Meta:
        proxy = True
        verbose_name = _("collective")
        verbose_name_plural = _("collectives")


class OtherName(models.Model):
    """A former name, a nickname (铁人) or a variant spelling; searched like the name itself."""

    honouree = models.ForeignKey(Honouree, models.CASCADE, related_name="other_names", verbose_name=_("file"))
    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(_("folded name"), max_length=120, db_index=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=NameKind)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["honouree_id", "kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["honouree", "name_key", "kind"], name="other_name_once")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Where a person worked, as what, from when to when."""

    honouree = models.ForeignKey(Honouree, models.CASCADE, related_name="posts", verbose_name=_("file"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("unit"))
    unit_name = models.CharField(_("unit as written then"), max_length=200)
    position = models.CharField(_("post"), max_length=120, blank=True)
    since = PartialDateField(_("from"), blank=True)
    until = PartialDateField(_("until"), blank=True)
    seen_in = models.PositiveSmallIntegerField(_("attested in"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["honouree_id", "-since", "-seen_in", "pk"]
        constraints = [models.UniqueConstraint(fields=["honouree", "unit_name", "position"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.position}".strip()


class Source(models.Model):
    """Where a fact of the file was published."""

    honouree = models.ForeignKey(Honouree, models.CASCADE, related_name="sources", verbose_name=_("file"))
    title = models.CharField(_("source"), max_length=300)
    note = models.TextField(_("what it says or leaves open"), blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["honouree_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["honouree", "title"], name="source_once")]

    def __str__(self) -> str:
        return self.title
