"""The union tree's and units' fixed words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegionLevel(models.TextChoices):
    """Levels of GB/T 2260."""

    PROVINCE = "province", _("province level")
    CITY = "city", _("city level")
    COUNTY = "county", _("county level")


class NodeKind(models.TextChoices):
    """A node of the union tree stands for a region, an industry, or a unit's own union."""

    REGIONAL = "regional", _("regional federation")
    INDUSTRIAL = "industrial", _("industry union")
    UNIT = "unit", _("unit union")


class Ownership(models.TextChoices):
    """Ownership of a unit."""

    STATE = "state_owned", _("state-owned")
    COLLECTIVE = "collective", _("collectively owned")
    PRIVATE = "private", _("private")
    JOINT_STOCK = "joint_stock", _("joint-stock")
    FOREIGN = "foreign", _("foreign-invested")
    HMT = "hmt", _("Hong Kong, Macao or Taiwan invested")
    COOPERATIVE = "cooperative", _("cooperative")
    INDIVIDUAL = "individual", _("individual business")
    ORGAN = "organ", _("state organ")
    INSTITUTION = "institution", _("public institution")
    SOCIAL = "social", _("social organisation")
    OTHER = "other", _("other")


NON_PUBLIC = frozenset(
    {Ownership.PRIVATE, Ownership.FOREIGN, Ownership.HMT, Ownership.COOPERATIVE, Ownership.INDIVIDUAL}
)


class UnitChange(models.TextChoices):
    """How a unit came by its present name."""

    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged into another unit")
