"""Fixed words of the living file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a person or a collective stands (domain.md c2, c3)."""

    AT_WORK = "at_work", _("at work")
    LAID_OFF = "laid_off", _("laid off or self-employed")
    RETIRED = "retired", _("retired")
    DECEASED = "deceased", _("deceased")
    ABROAD = "abroad", _("settled abroad")
    LOST = "lost", _("out of touch")

    ACTIVE = "active", _("active")
    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged into another")
    ABSORBED = "absorbed", _("split up and absorbed")
    DISSOLVED = "dissolved", _("dissolved")


class Hold(models.TextChoices):
    """What keeps the entitlements back, whatever the status; nobody's business but the officers'."""

    INVESTIGATED = "investigated", _("under investigation")
    SUSPENDED = "suspended", _("entitlements suspended")
    REVOKED = "revoked", _("honours revoked")


class EventKind(models.TextChoices):
    """What happened."""

    EMPLOYED = "employed", _("took up work")
    LAID_OFF = "laid_off", _("laid off or went self-employed")
    RETIRED = "retired", _("retired")
    DIED = "died", _("death")
    EMIGRATED = "emigrated", _("settled abroad")
    RETURNED = "returned", _("came back from abroad")
    LOST = "lost", _("touch was lost")
    FOUND = "found", _("touch was found again")
    RECOGNISED = "recognised", _("identity as a model worker recognised")

    FOUNDED = "founded", _("confirmed as active")
    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged into another")
    ABSORBED = "absorbed", _("split up and absorbed")
    DISSOLVED = "dissolved", _("dissolved")
    REVIVED = "revived", _("set up again")

    INVESTIGATED = "investigated", _("put under investigation")
    SUSPENDED = "suspended", _("suspension of entitlements")
    REVOKED = "revoked", _("revocation of all honours")
    RESTORED = "restored", _("restored")


class EventState(models.TextChoices):
    """Where the record of an event stands."""

    WAITING = "waiting", _("waits for a second person")
    IN_FORCE = "in_force", _("in force")
    REFUSED = "refused", _("not confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OfferState(models.TextChoices):
    """Where the handing over of a file stands."""

    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ProposalKind(models.TextChoices):
    """What a proposal would change."""

    FACT = "fact", _("fact of the file")
    PRIVATE = "private", _("private fact")
    HONOUR = "honour", _("honour")
    EVENT = "event", _("event")
    EVENT_WITHDRAWAL = "event_withdrawal", _("withdrawal of an event")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting", _("waits for an answer")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("turned down")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Outcome(models.TextChoices):
    """What a verification found."""

    CONFIRMED = "confirmed", _("confirmed")
    CHANGED = "changed", _("changed")
    UNREACHED = "unreached", _("cannot reach")
