"""Who may import."""

from typing import Any

from registry.accounts.enums import Role
from registry.intake.models import IntakeBatch
from registry.intake.queries import has_rows_left
from registry.intake.states import OPEN
from registry.organisations.rules import holds


def may_import(user: Any) -> bool:
    """Registry officers import lists."""
    return holds(user, Role.REGISTRAR)


def may_work_on(user: Any, batch: IntakeBatch) -> bool:
    """A registry officer of the batch's union answers, settles, commits, discards."""
    return holds(user, Role.REGISTRAR, at=batch.union.path)


def may_answer(user: Any, batch: IntakeBatch) -> bool:
    """As `may_work_on`, while nothing of the batch is written yet."""
    return may_work_on(user, batch) and batch.state in OPEN


def may_commit(user: Any, batch: IntakeBatch) -> bool:
    """As `may_work_on`, while the batch is open, or rows that were doubtful stayed behind."""
    return may_work_on(user, batch) and (batch.state in OPEN or (batch.state == "committed" and has_rows_left(batch)))


def may_undo(user: Any, batch: IntakeBatch) -> bool:
    """A registry officer of the batch's union, once it is committed."""
    return may_work_on(user, batch) and batch.state == "committed"


def may_confirm_batch(user: Any, batch: IntakeBatch) -> bool:
    """Another registry officer of the batch's union than the one who proposed it, while it waits."""
    return batch.state == "waiting" and batch.proposed_by_id != user.pk and may_work_on(user, batch)


def may_send_back(user: Any, batch: IntakeBatch) -> bool:
    """Any registry officer of the batch's union, while it waits."""
    return batch.state == "waiting" and may_work_on(user, batch)
