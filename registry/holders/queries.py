"""What honourees and officers read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from registry.accounts.models import User
from registry.audit.actions import chain_of
from registry.audit.models import AuditEntry
from registry.holders.enums import RequestState
from registry.holders.models import CorrectionRequest
from registry.organisations.models import Appointment
from registry.people.models import Honouree

LOOKS = ("private.revealed", "private.exported")
SHOWN = 100


@dataclass(frozen=True)
class Look:
    """Somebody saw a private fact: when, who (name and union), which, why."""

    at: datetime
    who: str
    facts: list[str]
    why: str


def looks_at(file: Honouree) -> list[Look]:
    """Return who looked at the private part of a file, newest first, as the person whom it is about reads it."""
    entries = list(AuditEntry.objects.filter(chain=chain_of(file), verb__in=LOOKS).order_by("-position")[:SHOWN])
    keys = {int(entry.actor_id) for entry in entries if entry.actor_id.isdigit()}
    names = {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=keys)}
    unions: dict[str, str] = {}
    for held in Appointment.objects.filter(user__in=keys).select_related("node").order_by("starts_on"):
        unions[str(held.user_id)] = str(held.node)
    found = []
    for entry in entries:
        who = " · ".join(
            part for part in (unions.get(entry.actor_id, ""), names.get(entry.actor_id, entry.actor)) if part
        )
        after: dict[str, Any] = entry.after
        facts = after.get("private_facts") or [after.get("private_fact", "")]
        found.append(Look(entry.at, who, facts, entry.reason))
    return found


def requests_of(file: Honouree) -> QuerySet[CorrectionRequest]:
    """All requests about a file, newest first."""
    return CorrectionRequest._base.filter(honouree=file).select_related("answered_by")


def waiting_for(user: User) -> QuerySet[CorrectionRequest]:
    """The requests in the officer's subtree that wait for an answer, oldest first."""
    found: QuerySet[CorrectionRequest] = CorrectionRequest.objects.visible_to(user).filter(state=RequestState.OPEN)
    return found.select_related("honouree__union").order_by("asked_at", "pk")
