"""Who may decide about suspected pairs, merge, and clean."""

from typing import Any

from registry.accounts.enums import Role
from registry.duplicates.enums import MergeState, RunState
from registry.duplicates.models import CleaningRun, Merge
from registry.organisations.models import UnionNode
from registry.organisations.rules import holds
from registry.people.models import Honouree
from registry.people.rules import may_edit_file


def may_see_duplicates(user: Any) -> bool:
    """Registry officers work on the queue."""
    return holds(user, Role.REGISTRAR)


def may_decide(user: Any, first: Honouree, second: Honouree) -> bool:
    """Whether two files are the same is decided, and they are merged, by an officer who may edit both."""
    return may_edit_file(user, first) and may_edit_file(user, second)


def may_undo_merge(user: Any, merge: Merge) -> bool:
    """An officer of the kept file and of the union that kept the other one, while the merge stands."""
    if merge.state != MergeState.DONE or merge.kept is None:
        return False
    unions = UnionNode.objects.filter(pk=merge.undo.get("gone", {}).get("union_id"))
    return may_edit_file(user, merge.kept) and any(holds(user, Role.REGISTRAR, at=node.path) for node in unions)


def may_clean(user: Any, union: UnionNode | None = None) -> bool:
    """Registry officers clean the records of their subtree."""
    return holds(user, Role.REGISTRAR, at=union.path if union else None)


def may_apply(user: Any, run: CleaningRun) -> bool:
    """A registry officer of the run's union, while it waits."""
    return run.state == RunState.PROPOSED and may_clean(user, run.union)


def may_undo_run(user: Any, run: CleaningRun) -> bool:
    """A registry officer of the run's union, once it is applied."""
    return run.state == RunState.APPLIED and may_clean(user, run.union)
