"""Which event leads from which status to which, and which record may follow which: the whole machine on one screen."""

from collections.abc import Collection
from dataclasses import dataclass

from registry.life.enums import EventKind as K
from registry.life.enums import EventState, Hold, OfferState, ProposalState
from registry.life.enums import Status as S
from registry.people.enums import Kind

# Before the first event a file's status isn't recorded; before the first hold there is none.
NOTHING = ""
BACK = "back"
STAYS = "stays"
WORKING_AGE = ("", S.AT_WORK, S.LAID_OFF)
IN_TOUCH = (*WORKING_AGE, S.RETIRED)
# Work or retirement recorded after these say that the person is back.
AWAY = (S.ABROAD, S.LOST)
ALIVE = (*IN_TOUCH, *AWAY)
STANDING = ("", S.ACTIVE, S.RENAMED)
GONE = (S.MERGED, S.ABSORBED, S.DISSOLVED)
BOTH = (Kind.INDIVIDUAL, Kind.COLLECTIVE)
PERSON = (Kind.INDIVIDUAL,)
COLLECTIVE = (Kind.COLLECTIVE,)


@dataclass(frozen=True)
class Step:
    """An event is possible for these kinds of file, from these statuses, and leads to this one (`BACK`: to the one before)."""

    of: Collection[str]
    before: Collection[str]
    to: str
    holds: bool = False


STEPS: dict[str, Step] = {
    # A person's life.
    K.EMPLOYED: Step(PERSON, ("", S.LAID_OFF, S.RETIRED, *AWAY), S.AT_WORK),
    K.LAID_OFF: Step(PERSON, ("", S.AT_WORK, *AWAY), S.LAID_OFF),
    K.RETIRED: Step(PERSON, (*WORKING_AGE, *AWAY), S.RETIRED),
    K.EMIGRATED: Step(PERSON, (*IN_TOUCH, S.LOST), S.ABROAD),
    K.RETURNED: Step(PERSON, (S.ABROAD,), BACK),
    K.LOST: Step(PERSON, (*IN_TOUCH, S.ABROAD), S.LOST),
    K.FOUND: Step(PERSON, (S.LOST,), BACK),
    K.DIED: Step(PERSON, ALIVE, S.DECEASED),
    K.RECOGNISED: Step(PERSON, (*ALIVE, S.DECEASED), STAYS),
    # A collective's life.
    K.FOUNDED: Step(COLLECTIVE, ("",), S.ACTIVE),
    K.RENAMED: Step(COLLECTIVE, STANDING, S.RENAMED),
    K.MERGED: Step(COLLECTIVE, STANDING, S.MERGED),
    K.ABSORBED: Step(COLLECTIVE, STANDING, S.ABSORBED),
    K.DISSOLVED: Step(COLLECTIVE, STANDING, S.DISSOLVED),
    K.REVIVED: Step(COLLECTIVE, GONE, S.ACTIVE),
    # What keeps entitlements back, beside the status: a second person confirms each.
    K.INVESTIGATED: Step(BOTH, (NOTHING, Hold.INVESTIGATED), Hold.INVESTIGATED, holds=True),
    K.SUSPENDED: Step(BOTH, (NOTHING, Hold.INVESTIGATED, Hold.SUSPENDED), Hold.SUSPENDED, holds=True),
    K.REVOKED: Step(BOTH, (NOTHING, Hold.INVESTIGATED, Hold.SUSPENDED), Hold.REVOKED, holds=True),
    K.RESTORED: Step(BOTH, tuple(Hold), NOTHING, holds=True),
}
PRIVATE = tuple(kind for kind, step in STEPS.items() if step.holds)
# Benefits go to these (domain.md c3); a status that isn't recorded yet doesn't exclude.
ENTITLED = (*IN_TOUCH, *STANDING)

# The records themselves.
EVENTS: dict[str, frozenset[str]] = {
    EventState.WAITING: frozenset({EventState.IN_FORCE, EventState.REFUSED, EventState.WITHDRAWN}),
    EventState.IN_FORCE: frozenset({EventState.WITHDRAWN}),
    EventState.REFUSED: frozenset(),
    EventState.WITHDRAWN: frozenset(),
}
OFFERS: dict[str, frozenset[str]] = {
    OfferState.OFFERED: frozenset({OfferState.ACCEPTED, OfferState.RETURNED, OfferState.WITHDRAWN}),
    OfferState.ACCEPTED: frozenset(),
    OfferState.RETURNED: frozenset(),
    OfferState.WITHDRAWN: frozenset(),
}
PROPOSALS: dict[str, frozenset[str]] = {
    ProposalState.WAITING: frozenset({ProposalState.CONFIRMED, ProposalState.REFUSED, ProposalState.WITHDRAWN}),
    ProposalState.CONFIRMED: frozenset(),
    ProposalState.REFUSED: frozenset(),
    ProposalState.WITHDRAWN: frozenset(),
}


def kinds_of(kind: str) -> list[str]:
    """Name the events that can happen to a file of this kind, in the table's order."""
    return [event for event, step in STEPS.items() if kind in step.of]
