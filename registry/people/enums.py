"""Fixed words of a personal or collective file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a file is about."""

    INDIVIDUAL = "individual", _("person")
    COLLECTIVE = "collective", _("collective")


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")


class NameKind(models.TextChoices):
    """A name besides the present one."""

    FORMER = "former", _("former name")
    KNOWN_AS = "known_as", _("known as")
    VARIANT = "variant", _("variant spelling")


class Education(models.TextChoices):
    """GB/T 4658, the steps people write."""

    DOCTOR = "doctor", _("doctoral")
    MASTER = "master", _("master's")
    BACHELOR = "bachelor", _("undergraduate")
    COLLEGE = "college", _("junior college")
    VOCATIONAL = "vocational", _("secondary vocational")
    SENIOR = "senior", _("senior secondary")
    JUNIOR = "junior", _("junior secondary")
    PRIMARY = "primary", _("primary")


class IdentityClass(models.TextChoices):
    """The class by which composition rules count a person (domain.md b2)."""

    INDUSTRIAL = "industrial_worker", _("industrial worker")
    FRONTLINE = "frontline_technical", _("other front-line worker or technician")
    SCIENCE = "science_education", _("science or education")
    MIGRANT = "migrant_worker", _("migrant worker")
    FARMER = "farmer", _("farmer")
    HEAD = "enterprise_head", _("head of an enterprise")
    OFFICIAL = "official", _("official of an organ or institution")
    NEW_FORM = "new_employment", _("new forms of employment")
    OTHER = "other", _("other")


class CollectiveState(models.TextChoices):
    """What became of a collective."""

    ACTIVE = "active", _("active")
    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged")
    DISSOLVED = "dissolved", _("dissolved")
