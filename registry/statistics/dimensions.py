"""What is counted by: each fact as a small number, so that tables of counts stay narrow and a range of numbers says "from to"."""

from itertools import combinations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.people.enums import IdentityClass, Kind, Sex

# Stands for a fact that isn't recorded, and for "no honour" among the levels.
UNKNOWN = 0
# A collective has no sex; somebody who has died has no age.
COLLECTIVE = -1
DECEASED = -2

# A day is a number, 20240501. NOW lies behind every day: facts without a date hold now and on no past day. FOREVER ends what still holds.
NOW = 99_999_999
FOREVER = 100_000_000


class Dimension(models.TextChoices):
    """A column of counts."""

    LEVEL = "level", _("Level")
    YEAR = "year", _("Year")
    UNION = "union", _("Keeping union")
    REGION = "region", _("Region")
    INDUSTRY = "industry", _("Industry")
    IDENTITY = "identity", _("Identity class")
    SEX = "sex", _("Sex")
    ETHNICITY = "ethnicity", _("Ethnicity")
    BORN = "born", _("Age")
    PARTY = "party", _("Political status")
    LIFE = "life", _("Living, retired, deceased")


class Life(models.IntegerChoices):
    """Whether somebody lives, and works."""

    LIVING = 1, _("living, not retired as far as known")
    RETIRED = 2, _("living, retired")
    DECEASED = 3, _("deceased")


COLUMNS = tuple(dimension.value for dimension in Dimension)
PERSONAL = frozenset({"identity", "sex", "ethnicity", "born", "party", "life"})
# Every two dimensions, by the number under which their counts are kept.
PAIRS = tuple(combinations(range(len(COLUMNS)), 2))
PAIR_NUMBER = {pair: number for number, pair in enumerate(PAIRS)}

KIND_NUMBER: dict[str, int] = {Kind.INDIVIDUAL: 1, Kind.COLLECTIVE: 2}
SEXES: dict[str, int] = {"": UNKNOWN, Sex.MALE: 1, Sex.FEMALE: 2}
IDENTITIES: dict[str, int] = {"": UNKNOWN, **{value: at for at, value in enumerate(IdentityClass.values, start=1)}}


def number_of(code: str | None) -> int:
    """Read a code of digits (`640100`, `03`); what isn't recorded is `UNKNOWN`."""
    return int(code) if code and code.isdigit() else UNKNOWN


def industry_number(code: str | None) -> int:
    """Read a section of GB/T 4754: A is 1."""
    return ord(code) - 64 if code else UNKNOWN


def day_number(partial: str) -> int:
    """Read a partial date as its first day: 1965 as 19650101, 1965-03 as 19650301; what is empty as `NOW`."""
    if not partial:
        return NOW
    year, month, day = (*partial.split("-"), "1", "1")[:3]
    return int(year) * 10_000 + int(month) * 100 + int(day)
