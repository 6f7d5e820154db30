"""What the screens read of a life: standing, timeline, what waits for whom, the file on a past day, which honour led to which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.accounts.enums import Role
from registry.audit.actions import chain_of, plain
from registry.audit.models import AuditEntry
from registry.audit.queries import history_of
from registry.honours.actions import snapshot as honour_snapshot
from registry.honours.enums import LEVEL_OF_RANK, RANK, Level
from registry.honours.models import Conferral, HonourTitle
from registry.life.actions import snapshot as event_snapshot
from registry.life.enums import EventState, OfferState, ProposalState
from registry.life.models import FileStatus, Handover, LifeEvent, Proposal
from registry.life.rules import may_see_holds, may_see_proposal
from registry.life.states import ENTITLED, PRIVATE
from registry.life.timeline import Standing, play
from registry.organisations.regions import region_prefix
from registry.organisations.rules import appointments_of, paths_of
from registry.people.actions import details
from registry.people.actions import snapshot as file_snapshot
from registry.people.models import Honouree

TITLES_SHOWN = 6


def status_row_of(file: Honouree) -> FileStatus | None:
    """The file's status row, if anything was recorded yet."""
    return FileStatus.objects.select_related("verified_by").filter(file=file).first()


def for_eyes(standing: Standing, file: Honouree, user: Any) -> Standing:
    """Leave out the hold for whoever may not know of it."""
    return standing if may_see_holds(user, file) else Standing(standing.status, "", standing.since)


def standing_of(file: Honouree) -> Standing:
    """Where a file stands today."""
    row = FileStatus.objects.filter(file=file).first()
    if row is not None:
        return Standing(row.status, row.hold, row.since)
    return play([], died=file.died, imported=file.collective_state)[0]


def timeline_of(file: Honouree, user: Any) -> list[LifeEvent]:
    """The file's events, latest day first: withdrawn and refused ones too; private ones only for those who may know of them."""
    events = LifeEvent.objects.visible_to(user).filter(file=file)
    if not may_see_holds(user, file):
        events = events.exclude(kind__in=PRIVATE)
    found = list(
        events.select_related("proposed_by", "confirmed_by", "answered_by", "into").order_by("-happened_on", "-pk")
    )
    for event in found:
        event.file = file
    return found


def proposals_of(file: Honouree, user: Any) -> list[Proposal]:
    """The file's proposals that the user may see, latest first."""
    rows = Proposal.objects.visible_to(user).filter(file=file)
    rows = rows.select_related("proposed_by", "confirmed_by", "answered_by", "conferral__title", "event").order_by(
        "-pk"
    )
    found = []
    for proposal in rows[:50]:
        proposal.file = file
        if may_see_proposal(user, proposal):
            found.append(proposal)
    return found


def handovers_of(file: Honouree, user: Any) -> list[Handover]:
    """Offers of the file, latest first."""
    rows = Handover.objects.visible_to(user).filter(file=file).order_by("-pk")
    return list(rows.select_related("from_union", "to_union", "proposed_by", "confirmed_by", "answered_by")[:20])


def waiting_events(user: Any) -> QuerySet[LifeEvent]:
    """Events that wait for a second person who could be this user: the officers' subtree, recorded by somebody else."""
    rows: QuerySet[LifeEvent] = _officers(
        LifeEvent.objects.visible_to(user), user, "file__union", "file__industry_union"
    )
    return rows.filter(state=EventState.WAITING).exclude(proposed_by=user)


def waiting_proposals(user: Any) -> QuerySet[Proposal]:
    """Proposals that this user could answer."""
    rows: QuerySet[Proposal] = _officers(Proposal.objects.visible_to(user), user, "file__union", "file__industry_union")
    return rows.filter(state=ProposalState.WAITING).exclude(proposed_by=user)


def own_proposals(user: Any) -> QuerySet[Proposal]:
    """What this user proposed and nobody answered yet."""
    rows: QuerySet[Proposal] = Proposal.objects.visible_to(user).filter(proposed_by=user)
    return rows.filter(state=ProposalState.WAITING)


def waiting_offers(user: Any) -> QuerySet[Handover]:
    """Files offered to a union where this user is an officer, by somebody else."""
    rows: QuerySet[Handover] = _officers(Handover.objects.visible_to(user), user, "to_union")
    return rows.filter(state=OfferState.OFFERED).exclude(proposed_by=user)


def _officers(rows: Any, user: Any, *nodes: str) -> Any:
    condition = Q(pk__in=[])
    for role, path in appointments_of(user):
        if role == Role.REGISTRAR:
            for node in nodes:
                condition |= Q(**{f"{node}__path__startswith": path})
    return rows.filter(condition)


def offered_to(user: Any, file_id: int) -> Handover | None:
    """The open offer of a file to a union where the user holds a role: until it is answered, the receiving side sees the file."""
    rows = Handover._base.filter(file=file_id, state=OfferState.OFFERED).select_related("from_union", "to_union")
    offer = rows.first()
    return offer if offer and any(offer.to_union.path.startswith(path) for path in paths_of(user)) else None


@dataclass(frozen=True)
class Past:
    """A file as it was at the end of a day, rebuilt from the trail. Values are as the trail keeps them: words or codes."""

    on: date
    facts: dict[str, Any]
    lists: dict[str, list[str]]
    honours: list[str]
    standing: Standing
    differs: set[str] = field(default_factory=set)


def as_of(file: Honouree, on: date) -> Past | None:
    """Rebuild a file as it was at the end of a day; None when it wasn't open yet.

    Every fact is what the last entry up to that day wrote; else what the first later entry found there; else what it is today.
    """
    moment = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    trail = list(history_of(file).order_by("position"))
    opened = next((entry.at for entry in trail if entry.verb == "file.opened"), file.created_at)
    if opened >= moment:
        return None
    present = {**file_snapshot(file), "withheld": file.withheld}
    present = {name: plain(value) for name, value in present.items()}
    now_listed = details(file)
    facts = values_at(trail, present, moment)
    lists = values_at(trail, now_listed, moment)
    differs = {name for name in facts if facts[name] != present[name]}
    differs |= {name for name in lists if lists[name] != now_listed[name]}
    return Past(on, facts, lists, _honours_at(file, trail, moment), _standing_at(file, facts, on, moment), differs)


def values_at(trail: Iterable[AuditEntry], present: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """Return what these facts were before a moment, by a chain's entries, oldest first."""
    past: dict[str, Any] = {}
    later: dict[str, Any] = {}
    for entry in trail:
        if entry.at < moment:
            past.update(entry.after)
        else:
            for name, value in entry.before.items():
                later.setdefault(name, value)
    return {name: past.get(name, later.get(name, value)) for name, value in present.items()}


def _trails(things: Sequence[Any]) -> dict[str, list[AuditEntry]]:
    trails: dict[str, list[AuditEntry]] = {chain_of(thing): [] for thing in things}
    for entry in AuditEntry.objects.filter(chain__in=trails).order_by("chain", "position"):
        trails[entry.chain].append(entry)
    return trails


def _honours_at(file: Honouree, trail: list[AuditEntry], moment: datetime) -> list[str]:
    held = list(Conferral._base.filter(honouree=file).select_related("title", "region").order_by("-year", "-pk"))
    trails = _trails(held)
    lines = []
    for conferral in held:
        chain = trails[chain_of(conferral)]
        if chain and chain[0].verb == "honour.conferred" and chain[0].at >= moment:
            continue
        present = {name: plain(value) for name, value in honour_snapshot(conferral).items()}
        past = values_at(chain, {**present, "is_revoked": conferral.is_revoked}, moment)
        if not past["is_revoked"]:
            lines.append(f"{past['title']} {past['year'] or ''}".strip())
    given: dict[str, datetime] = {}
    for entry in trail:
        if entry.verb == "honour.conferred":
            given.setdefault(str(entry.after.get("honour")), entry.at)
        elif entry.verb == "honour.removed" and entry.at >= moment:
            name = str(entry.before.get("honour"))
            if name not in given or given[name] < moment:
                lines.append(name)
    return lines


def _standing_at(file: Honouree, facts: dict[str, Any], on: date, moment: datetime) -> Standing:
    events = list(LifeEvent._base.filter(file=file))
    trails = _trails(events)
    counted = []
    for event in events:
        chain = trails[chain_of(event)]
        if not chain or chain[0].at >= moment:
            continue
        present = {name: plain(value) for name, value in event_snapshot(event).items()}
        past = values_at(chain, present, moment)
        if past["state"] == EventState.IN_FORCE and past["happened_on"] <= on.isoformat():
            event.happened_on = past["happened_on"]
            counted.append(event)
    died = str(facts.get("died") or "")
    try:
        return play(
            counted, died=died if died <= on.isoformat() else "", imported=str(facts.get("collective_state") or "")
        )[0]
    except ValidationError:
        # Another time's mistakes may not fit each other: then the facts alone are shown.
        return Standing()


@dataclass(frozen=True)
class Basis:
    """An honour in force and the lower one that made it possible; `skipped` when a level between them is in use and missing."""

    honour: Conferral
    lower: Conferral | None
    skipped: bool = False


@dataclass(frozen=True)
class Next:
    """The level a file may be put forward for, with titles given at it, or why there is none."""

    level: str = ""
    titles: tuple[str, ...] = ()
    is_highest: bool = False
    not_entitled: bool = False

    @property
    def level_label(self) -> str:
        """The level in words."""
        return str(Level(self.level).label) if self.level else ""


def levels_in_use(kind: str, region_code: str = "") -> list[tuple[int, list[str]]]:
    """Return the levels at which titles are given today to this kind of holder in this region, lowest first, each with its titles.

    Titles are data: with no county title in the list, a city's is the first step (honour basis, domain.md b2: an award of level L-1).
    """
    giving = {"for_individuals": True} if kind == "individual" else {"for_collectives": True}
    titles = HonourTitle.objects.filter(is_historic=False, is_ambiguous=False, to_year=None, **giving).order_by("name")
    found: dict[int, list[str]] = {}
    for title in titles.only("name", "level", "region_id"):
        if title.region_id and region_code and not region_code.startswith(region_prefix(title.region_id)):
            continue
        found.setdefault(RANK[title.level], []).append(title.name)
    return sorted(found.items())


def bases(held: Iterable[Conferral], levels: list[tuple[int, list[str]]]) -> list[Basis]:
    """For each honour in force: the highest, then latest, lower honour that was held by then."""
    inforce = [honour for honour in held if not honour.is_revoked]
    ranks = [rank for rank, _titles in levels]
    found = []
    for honour in sorted(inforce, key=lambda one: (-RANK[one.level], -(one.year or 0), -one.pk)):
        rank = RANK[honour.level]
        lower = [
            one for one in inforce
            if RANK[one.level] < rank and (one.year is None or honour.year is None or one.year <= honour.year)
        ]  # fmt: skip
        best = max(lower, key=lambda one: (RANK[one.level], one.year or 0, one.pk), default=None)
        floor = RANK[best.level] if best else 0
        found.append(Basis(honour, best, any(floor < step < rank for step in ranks)))
    return found


def next_for(file: Honouree, levels: list[tuple[int, list[str]]], standing: Standing) -> Next:
    """What the file may be put forward for next: the lowest level in use above its highest honour."""
    if standing.hold or standing.status not in ENTITLED:
        return Next(not_entitled=True)
    for rank, titles in levels:
        if rank > file.highest_rank:
            return Next(LEVEL_OF_RANK[rank], tuple(titles[:TITLES_SHOWN]))
    return Next(is_highest=bool(levels))
