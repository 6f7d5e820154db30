"""Check a batch: plan its rows in order, chunk by chunk, and keep what was found on the rows."""

from registry.accounts.models import User
from registry.bulk import write_columns
from registry.intake.book import Book
from registry.intake.enums import RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.plan import Plan, plan_row

KEPT = ["status", "matches", "match", "follows", "differences", "messages", "data"]


def check_rows(batch: IntakeBatch, actor: User) -> None:
    """Plan every row that isn't committed; one book for all of them, so that rows find each other across chunks."""
    rows = list(IntakeRow._base.filter(batch=batch, committed=False).order_by("number"))
    plan_rows(rows, batch, actor)
    write_columns(IntakeRow, rows, KEPT)


def plan_rows(rows: list[IntakeRow], batch: IntakeBatch, actor: User) -> None:
    """Plan rows, in their order, and keep the plans on them; nothing is saved."""
    book = Book((row.data for row in rows), actor=actor, union=batch.union)
    for row in rows:
        if not row.choice:
            row.match = None
        keep(row, plan_row(row, book))
    # Once more for the doubtful: a later row may have told whose they are.
    for row in rows:
        if row.status == RowStatus.DOUBTFUL:
            keep(row, plan_row(row, book))


def keep(row: IntakeRow, plan: Plan) -> None:
    """Write a plan down on its row."""
    row.status = plan.status
    row.matches = plan.proposals
    row.differences = plan.differences
    row.follows = plan.follows
    said = [message for message in row.messages if not message.get("planned")]
    row.messages = [*said, *({**message, "planned": True} for message in plan.messages)]
    if plan.file is not None:
        row.match = plan.file
    elif not row.choice:
        row.match = None
