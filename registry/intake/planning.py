"""Check a batch: plan its rows in order, chunk by chunk, and keep what was found on the rows."""

from registry.accounts.models import User
from registry.bulk import write_columns
from registry.intake.book import Book
from registry.intake.enums import RowStatus
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.plan import Plan, plan_row

CHUNK = 2000
KEPT = ["status", "matches", "match", "follows", "differences", "messages", "data"]


def check_rows(batch: IntakeBatch, actor: User) -> None:
    """Plan every row that isn't committed; one book for all of them, so that rows find each other across chunks."""
    plan = Planning(batch, actor)
    after = 0
    rows = IntakeRow._base.filter(batch=batch, committed=False).order_by("number")
    while chunk := list(rows.filter(number__gt=after)[:CHUNK]):
        after = chunk[-1].number
        before = [kept(row) for row in chunk]
        plan.plan(chunk)
        write_columns(IntakeRow, [row for row, was in zip(chunk, before, strict=True) if kept(row) != was], KEPT)
    write_columns(IntakeRow, plan.again(), KEPT)


class Planning:
    """Plans rows, in their order, chunk after chunk, and keeps the plans on them; nothing is saved."""

    def __init__(self, batch: IntakeBatch, actor: User) -> None:
        self.book = Book((), actor=actor, union=batch.union)
        self.doubtful: list[IntakeRow] = []

    def plan(self, rows: list[IntakeRow]) -> None:
        """Plan the next rows."""
        self.book.fetch(rows)
        for row in rows:
            if not row.choice:
                row.match = None
            keep(row, plan_row(row, self.book))
            if row.status == RowStatus.DOUBTFUL:
                self.doubtful.append(row)

    def again(self) -> list[IntakeRow]:
        """Plan the doubtful rows once more, after all others: a later row may have told whose they are. Return those."""
        for row in self.doubtful:
            keep(row, plan_row(row, self.book))
        return self.doubtful


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


def kept(row: IntakeRow) -> tuple[object, ...]:
    """What `keep` writes, to tell whether it changed."""
    return (row.status, row.matches, row.differences, row.follows, row.messages, row.match_id, row.data["title_key"])
