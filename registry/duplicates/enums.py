"""Fixed words of duplicates and of cleaning."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SuspicionState(models.TextChoices):
    """What became of a suspected pair."""

    OPEN = "open", _("to decide")
    DISTINCT = "distinct", _("not the same")
    MERGED = "merged", _("merged")


class MergeState(models.TextChoices):
    """Whether a merge stands."""

    DONE = "done", _("merged")
    UNDONE = "undone", _("taken back")


class Reason(models.TextChoices):
    """What speaks for or against two files being about one person; the codes are stored, the words are shown."""

    NUMBER = "number", _("same identity number")
    NAME = "name", _("same name")
    OTHER_NAME = "other_name", _("the former or other name of one is a name of the other")
    PINYIN = "pinyin", _("names sound the same")
    SLIP = "slip", _("names differ in one sound")
    LOOK = "look", _("names differ in one similar character")
    SHUFFLED = "shuffled", _("the characters of the name are in another order, or one is missing")
    BORN_DAY = "born_day", _("same day of birth")
    BORN_MONTH = "born_month", _("same month of birth")
    BORN_YEAR = "born_year", _("same year of birth")
    UNIT = "unit", _("same unit")
    UNIT_FORMER = "unit_former", _("same unit under a former name")
    UNIT_PART = "unit_part", _("one unit's name contains the other's")
    HONOUR = "honour", _("same honour in the same year")
    CERTIFICATE = "certificate", _("same certificate number")
    POST = "post", _("same post")
    PLACE = "place", _("same native place")
    COUNTY = "county", _("same region")
    UNITS_DIFFER = "units_differ", _("units differ")
    SEX_DIFFERS = "sex_differs", _("sex differs")
    ETHNICITY_DIFFERS = "ethnicity_differs", _("ethnicity differs")
    COMMON = "common", _("a common name")


AGAINST = frozenset({Reason.UNITS_DIFFER, Reason.SEX_DIFFERS, Reason.ETHNICITY_DIFFERS, Reason.COMMON})


class CleaningKind(models.TextChoices):
    """What a cleaning run puts right."""

    TITLES = "titles", _("titles of former years to today's titles")
    RENAMED = "renamed", _("former unit names to today's units")
    UNITS = "units", _("units missing from the register")


class RunState(models.TextChoices):
    """Where a cleaning run stands."""

    PROPOSED = "proposed", _("to check")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")
    DISCARDED = "discarded", _("discarded")
