"""What an honouree can ask to have put right, and what becomes of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """What became of a request."""

    OPEN = "open", _("waiting")
    ACCEPTED = "accepted", _("put right")
    REFUSED = "refused", _("not accepted")
    WITHDRAWN = "withdrawn", _("taken back")


class Fact(models.TextChoices):
    """What a request is about. The private ones carry the names of `people.private.PRIVATE_FACTS`."""

    NAME = "name", _("name")
    SEX = "sex", _("sex")
    ETHNICITY = "ethnicity", _("ethnicity")
    BORN = "born", _("birth")
    NATIVE_PLACE = "native_place", _("native place")
    POLITICAL_STATUS = "political_status", _("political status")
    EDUCATION = "education", _("education")
    UNIT = "unit_name", _("unit")
    POSITION = "position", _("post")
    HONOUR = "honour", _("an honour")
    PORTRAIT = "portrait", _("portrait")
    IDENTITY_NUMBER = "identity_number", _("identity number")
    PHONE = "phone", _("phone")
    ADDRESS = "address", _("address")
    BANK_CARD = "bank_card", _("bank card")
    OTHER = "other", _("something else")
