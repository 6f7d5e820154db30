"""Which state of a batch may follow which, on one screen."""

from registry.intake.enums import BatchState as S

TRANSITIONS: dict[str, frozenset[str]] = {
    S.READING: frozenset({S.ASKING, S.CHECKING, S.REFUSED}),
    S.ASKING: frozenset({S.ASKING, S.CHECKING, S.DISCARDED}),
    S.CHECKING: frozenset({S.ASKING, S.CHECKING, S.COMMITTING, S.DISCARDED}),
    S.COMMITTING: frozenset({S.COMMITTED, S.CHECKING}),
    S.COMMITTED: frozenset({S.UNDOING, S.COMMITTING}),
    S.UNDOING: frozenset({S.UNDONE, S.COMMITTED}),
    S.UNDONE: frozenset(),
    S.REFUSED: frozenset({S.DISCARDED}),
    S.DISCARDED: frozenset(),
}
OPEN = frozenset({S.ASKING, S.CHECKING})
WORKING = frozenset({S.COMMITTING, S.UNDOING})
