"""Levels, and why an honour is taken back."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Who confers, or whose treatment the holder enjoys."""

    NATIONAL = "national", _("national level")
    PROVINCIAL = "provincial", _("provincial level")
    CITY = "city", _("city level")
    COUNTY = "county", _("county level")
    UNIT = "unit", _("unit level")


RANK: dict[str, int] = {
    Level.NATIONAL: 5,
    Level.PROVINCIAL: 4,
    Level.CITY: 3,
    Level.COUNTY: 2,
    Level.UNIT: 1,
    "": 0,
}
LEVEL_OF_RANK: dict[int, str] = {rank: level for level, rank in RANK.items()}


class Grounds(models.TextChoices):
    """Grounds for revocation (domain.md b8: Wuhan 1998, Urumqi 2004, a reward regulation)."""

    FRAUD = "fraud", _("obtained by fraud or false deeds")
    PROCEDURE = "procedure", _("serious breach of the selection procedure")
    CRIME = "crime", _("criminal punishment")
    DISCIPLINE = "discipline", _("dismissal or heavier discipline")
    DEPARTURE = "departure", _("illegal departure or settling abroad")
    OTHER = "other", _("other grounds in law")
