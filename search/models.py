"""The embedded index: thrown away and rebuilt at will. And what the search server still has to be told."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """One document. The primary key is its place in the order of relevance, so that the best hits come first by themselves.

    SQLite keeps an FTS5 table of `terms` by triggers, PostgreSQL a generated tsvector (`search/engines/schema.py`).
    """

    position = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    terms = models.TextField()
    # Content-addressed: kind, region and industry; and the honours.
    place = models.BigIntegerField()
    merits = models.BigIntegerField()
    latest_year = models.PositiveSmallIntegerField(default=0)
    pinyin_key = models.CharField(max_length=400, blank=True)
    stroke_key = models.CharField(max_length=400, blank=True)
    version = models.BigIntegerField()
    digest = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [models.Index(fields=["position", "place", "merits"], name="search_facets")]

    def __str__(self) -> str:
        return self.key


class SearchSet(models.Model):
    """Facts that many entries share, under the hash of themselves: a number never changes its meaning and can be kept."""

    id = models.BigIntegerField(primary_key=True)
    body = models.JSONField()

    class Meta:
        verbose_name = _("facts of search entries")
        verbose_name_plural = _("facts of search entries")

    def __str__(self) -> str:
        return str(self.body)


class SearchDebt(models.Model):
    """A change that the search server hasn't taken yet; written with the change, gone when the server has it."""

    key = models.CharField(max_length=40, unique=True)
    version = models.BigIntegerField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("search debt")
        verbose_name_plural = _("search debts")

    def __str__(self) -> str:
        return self.key
