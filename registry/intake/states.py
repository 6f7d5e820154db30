"""Which state of a batch may follow which, on one screen."""

from registry.intake.enums import BatchState as S
from registry.intake.enums import RowStatus

TRANSITIONS: dict[str, frozenset[str]] = {
    S.READING: frozenset({S.ASKING, S.CHECKING, S.REFUSED}),
    S.ASKING: frozenset({S.ASKING, S.CHECKING, S.DISCARDED}),
    S.CHECKING: frozenset({S.ASKING, S.CHECKING, S.WAITING, S.COMMITTING, S.DISCARDED}),
    # A list with private facts: another officer confirms, or sends it back.
    S.WAITING: frozenset({S.CHECKING, S.COMMITTED, S.COMMITTING}),
    S.COMMITTING: frozenset({S.COMMITTED}),
    # Doubtful rows that stayed behind can be settled and committed later.
    S.COMMITTED: frozenset({S.COMMITTED, S.WAITING, S.COMMITTING, S.UNDOING}),
    S.UNDOING: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
    S.REFUSED: frozenset({S.DISCARDED}),
    S.DISCARDED: frozenset(),
}
OPEN = frozenset({S.ASKING, S.CHECKING})
# Rows that can be written as they are.
READY = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.SAME)
WORKING = frozenset({S.COMMITTING, S.UNDOING})
