"""What a file's screen shows of its life: status, events, lists with dates, levels, proposals, a past day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from cms.console.words import readable
from registry.honours.models import Conferral
from registry.life import rules
from registry.life.models import Handover, Headship, LifeEvent, Membership, Proposal, StaffCount
from registry.life.queries import (
    as_of,
    bases,
    for_eyes,
    handovers_of,
    levels_in_use,
    next_for,
    proposals_of,
    standing_of,
    status_row_of,
    timeline_of,
)
from registry.people.models import Honouree
from registry.people.rules import may_edit_file

OBJECT = "people.honouree"


@dataclass(frozen=True)
class EventLine:
    """An event with what the user may do about it."""

    event: LifeEvent
    before: str
    after: str
    may_confirm: bool
    may_correct: bool
    may_withdraw: bool
    may_propose_withdrawal: bool


@dataclass(frozen=True)
class MemberLine:
    """A membership seen from one side; the other side is a link where the user may open that file."""

    membership: Membership
    other: Honouree
    may_open: bool


def life_context(user: Any, file: Honouree, on: str = "") -> dict[str, Any]:
    """Everything `console/file_life.html` needs; `on` is the day, as typed, on which the file is to be shown."""
    standing = for_eyes(standing_of(file), file, user)
    handovers = handovers_of(file, user)
    proposals = proposals_of(file, user)
    levels = levels_in_use(file.kind, file.region_id or "")
    held = list(Conferral._base.filter(honouree=file).select_related("title"))
    return {
        "life": {
            "standing": standing,
            "status": status_row_of(file),
            "events": [event_line(user, event) for event in timeline_of(file, user)],
            "offer": next((one for one in handovers if one.waits), None),
            "handovers": [one for one in handovers if not one.waits],
            "open_proposals": [one for one in proposals if one.waits],
            "closed_proposals": [one for one in proposals if not one.waits],
            "posts": list(file.posts.select_related("unit")) if file.is_person else [],
            "heads": list(Headship.objects.filter(collective=file)),
            "staff": list(StaffCount.objects.filter(collective=file)),
            "members": member_lines(user, file),
            "bases": bases(held, levels),
            "next": next_for(file, levels, standing),
            "may_edit": may_edit_file(user, file),
            "may_offer": rules.may_offer(user, file),
            "may_propose": rules.may_propose(user, file),
            "past": past(user, file, on),
        }
    }


def event_line(user: Any, event: LifeEvent) -> EventLine:
    """Add to an event what the user may do."""
    correct = rules.may_correct_event(user, event)
    return EventLine(
        event=event,
        before=event.status_words("old_status"),
        after=event.status_words("new_status"),
        may_confirm=rules.may_confirm_event(user, event),
        may_correct=correct,
        may_withdraw=rules.may_withdraw_event(user, event),
        may_propose_withdrawal=correct and event.is_private,
    )


def member_lines(user: Any, file: Honouree) -> list[MemberLine]:
    """A collective's members, or the collectives a person belonged to: those the user or the public may see."""
    rows = Membership.objects.filter(**{"person" if file.is_person else "collective": file})
    rows = rows.select_related("person", "collective")
    found = [(row, row.collective if file.is_person else row.person) for row in rows]
    keys = [other.pk for _row, other in found]
    open_to = set(Honouree.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        MemberLine(row, other, other.pk in open_to) for row, other in found if other.pk in open_to or other.is_public
    ]


def past(user: Any, file: Honouree, on: str) -> dict[str, Any]:
    """The file on a past day, in words: `on`, and `error`, or `facts` (label, value, differs from today), `honours`, `standing`."""
    if not on:
        return {}
    try:
        day = parse_date(on.strip())
    except ValueError:
        day = None
    if day is None or not date(1900, 1, 1) <= day <= timezone.localdate():
        return {"on": on[:20], "error": _("Write a day of the past as 2024-05-01.")}
    found = as_of(file, day)
    if found is None:
        return {"on": day.isoformat(), "error": _("The file wasn't open on that day.")}
    facts = []
    for name, value in {**found.facts, **found.lists}.items():
        for label, words in readable({name: value}, OBJECT) or [(label_of(name), "—")]:
            facts.append((label, words, name in found.differs))
    standing = for_eyes(found.standing, file, user)
    return {"on": day.isoformat(), "facts": facts, "honours": found.honours, "standing": standing}


def label_of(name: str) -> str:
    """Name a fact."""
    return readable({name: "—"}, OBJECT)[0][0]


def proposal_lines(proposal: Proposal) -> list[tuple[str, str, str]]:
    """A proposal as `(fact, old, new)` in words."""
    object_type = {"honour": "honours.conferral", "event": "life.lifeevent", "private": "people.privatefacts"}.get(
        proposal.kind, OBJECT
    )
    if proposal.kind == "private":
        label = readable({proposal.fact: "—"}, object_type)[0][0]
        new = _("sealed; shown to nobody") if proposal.private_value else "—"
        return [(label, "•••", new)]
    return [(readable({name: "—"}, object_type)[0][0], old, new) for name, (old, new) in proposal.words.items()]


def handover_facts(handover: Handover) -> list[tuple[str, Any]]:
    """What the receiving union reads of the offered file: public facts only."""
    file = handover.file
    born = [(_("born"), file.born), (_("sex"), file.get_sex_display())] if file.is_person else []
    return [
        (_("file number"), file.code),
        (_("keeping union"), file.union),
        (_("region"), file.region or "—"),
        (_("unit as published"), file.unit_name or "—"),
        (_("post"), file.position or "—"),
        *((label, value or "—") for label, value in born),
        (_("Status"), standing_of(file).status_label),
    ]
