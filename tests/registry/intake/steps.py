"""The steps that stories about imports share."""

from typing import Any

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.intake.actions import begin, commit, confirm, upload
from registry.intake.committing import commit_all
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch
from registry.intake.queries import rows_of
from registry.intake.undoing import undo_all
from registry.organisations.actions import appoint
from registry.organisations.queries import top_node

HEAD = "姓名,性别,出生年月,工作单位,职务,荣誉称号,年度\n"


def staged(text: str, actor: User, filename: str = "名单.csv", **options: Any) -> IntakeBatch:
    """Upload a list."""
    return upload(text.encode(), filename, actor=actor, **options)


def committed(text: str, actor: User, filename: str = "名单.csv", **options: Any) -> IntakeBatch:
    """Upload and commit a list as the worker does."""
    return commit_now(staged(text, actor, filename, **options), actor)


def second_officer() -> User:
    """Another registry officer of the whole region."""
    user, made = User.objects.get_or_create(username="second-registrar")
    if made:
        appoint(user, Role.REGISTRAR, top_node(), actor=None)
    return user


def commit_now(batch: IntakeBatch, actor: User) -> IntakeBatch:
    """Commit a staged list as the worker does; where it has private facts a second officer confirms first."""
    if batch.has_private:
        commit(batch, actor=actor)
        actor = second_officer()
        confirm(batch, actor=actor, enqueue=False)
    else:
        begin(batch, BatchState.COMMITTING, actor=actor, enqueue=False)
    done = commit_all(batch.pk, actor)
    assert done.state == BatchState.COMMITTED
    return done


def undone(batch: IntakeBatch, actor: User) -> IntakeBatch:
    """Take a committed list back as the worker does, without asking whether anything depends on it."""
    begin(batch, BatchState.UNDOING, actor=actor, enqueue=False)
    return undo_all(batch.pk, actor)


def statuses(batch: IntakeBatch) -> list[str]:
    """The rows' statuses in order."""
    return [row.status for row in rows_of(batch)]


def codes(batch: IntakeBatch, number: int = 1) -> set[str]:
    """The codes of the remarks on a row."""
    return {message["code"] for message in rows_of(batch).get(number=number).messages}
