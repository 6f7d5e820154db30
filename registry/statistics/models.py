"""Tables that can be thrown away and made again from the register (`check_statistics --rebuild`)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.organisations.models import UnionNode
from registry.organisations.scoping import Scoped, ScopedManager


class Span(Scoped, models.Model):
    """Something that counts from one day up to another: an honour in force, a file by its highest honour, or both at once.

    `since <= day < until` in days as numbers (`dimensions.py`). On any day each honour in force has one span with `honours=1`, and each
    file with an honour in force has one span with `files=1`, that of its highest honour then. A file without an honour in force has
    now (not in the past) a span of its own with `honours=0`. The facts are numbers: see `dimensions.py`.
    """

    file = models.BigIntegerField()
    conferral = models.BigIntegerField(default=0)
    kind = models.SmallIntegerField()
    since = models.IntegerField()
    until = models.IntegerField()
    files = models.SmallIntegerField()
    honours = models.SmallIntegerField()
    industry_union = models.ForeignKey(
        UnionNode, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    level = models.SmallIntegerField()
    year = models.SmallIntegerField()
    union = models.ForeignKey(UnionNode, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    region = models.IntegerField()
    industry = models.SmallIntegerField()
    identity = models.SmallIntegerField()
    sex = models.SmallIntegerField()
    ethnicity = models.SmallIntegerField()
    born = models.SmallIntegerField()
    party = models.SmallIntegerField()
    life = models.SmallIntegerField()

    objects = ScopedManager()
    _base = models.Manager()

    class Meta:
        verbose_name = _("span of the statistics")
        verbose_name_plural = _("spans of the statistics")
        base_manager_name = "_base"
        indexes = [
            models.Index(fields=["file"], name="span_file"),
            models.Index(fields=["union", "since"], name="span_union"),
            models.Index(
                fields=["industry_union", "since"], name="span_industry", condition=Q(industry_union__isnull=False)
            ),
            # A past day of the whole register is read from this index alone, from its beginning to the day.
            models.Index(
                fields=[
                    "since",
                    "until",
                    "kind",
                    "files",
                    "honours",
                    "level",
                    "year",
                    "life",
                    "union",
                    "region",
                    "industry",
                    "identity",
                    "sex",
                    "ethnicity",
                    "born",
                    "party",
                ],  # fmt: skip
                name="span_since",
            ),
            models.Index(fields=["until"], name="span_until"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.since}–{self.until}"


class Cell(models.Model):
    """How much counts now for two facts at a node of the union tree, with everything an officer of that node sees."""

    pk = models.CompositePrimaryKey("node", "pair", "kind", "a", "b")
    node = models.BigIntegerField()
    pair = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    a = models.IntegerField()
    b = models.IntegerField()
    files = models.IntegerField()
    honours = models.IntegerField()

    class Meta:
        verbose_name = _("count of the statistics")
        verbose_name_plural = _("counts of the statistics")

    def __str__(self) -> str:
        return f"{self.node} {self.pair}: {self.a}, {self.b}"


class Debt(models.Model):
    """A file that changed and isn't counted again yet; written with the change, gone with the count.

    Each change writes its own row: one that was already being read when another change came must not strike out the other's.
    """

    file = models.BigIntegerField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file to count again")
        verbose_name_plural = _("files to count again")

    def __str__(self) -> str:
        return str(self.file)


class Build(models.Model):
    """The one row that says the tables were begun, and with which paths of the union tree they were counted."""

    tree = models.JSONField(default=dict)
    counted_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("state of the statistics")
        verbose_name_plural = _("state of the statistics")

    def __str__(self) -> str:
        return str(self.counted_at)
