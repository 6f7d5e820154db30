"""Who may record, confirm, hand over, propose and answer."""

from typing import Any

from registry.accounts.enums import Role
from registry.accounts.rules import may_confirm
from registry.life.models import Handover, LifeEvent, Proposal
from registry.organisations.rules import holds
from registry.people.models import Honouree
from registry.people.rules import may_edit_file, may_set_private

# Besides officers these see the files of their subtree and may say that something is wrong; auditors and administrators only read.
CLERKS = (Role.REGISTRAR, Role.SECRETARY, Role.REVIEWER, Role.EDITOR)


def holds_at_file(user: Any, file: Honouree, *roles: Role) -> bool:
    """Whether the user holds one of the roles above the file, by region or by industry."""
    nodes = [file.union, file.industry_union] if file.industry_union_id else [file.union]
    return any(holds(user, *roles, at=node.path) for node in nodes if node)


def may_record_event(user: Any, file: Honouree) -> bool:
    """The registry officer of the file."""
    return may_edit_file(user, file)


def may_see_holds(user: Any, file: Honouree) -> bool:
    """Investigations, suspensions and revocations are shown to officers, committee secretaries and auditors only."""
    return holds_at_file(user, file, Role.REGISTRAR, Role.SECRETARY, Role.AUDITOR)


def may_confirm_event(user: Any, event: LifeEvent) -> bool:
    """A second registry officer of the file, while it waits."""
    return event.waits and may_confirm(user, event) and may_edit_file(user, event.file)


def may_withdraw_event(user: Any, event: LifeEvent) -> bool:
    """The registry officer: what waits, and what is in force and isn't private; a private one needs a proposal and a second person."""
    return may_edit_file(user, event.file) and (event.waits or (event.in_force and not event.is_private))


def may_correct_event(user: Any, event: LifeEvent) -> bool:
    """The registry officer, while it is in force; of a private one the correction then waits for a second person."""
    return event.in_force and may_edit_file(user, event.file)


def may_offer(user: Any, file: Honouree) -> bool:
    """The registry officer of the keeping union: an industry's union edits a file, but doesn't give it away."""
    return holds(user, Role.REGISTRAR, at=file.union.path)


def may_answer_offer(user: Any, handover: Handover) -> bool:
    """A registry officer of the receiving union who didn't offer it."""
    return handover.waits and may_confirm(user, handover) and holds(user, Role.REGISTRAR, at=handover.to_union.path)


def may_withdraw_offer(user: Any, handover: Handover) -> bool:
    """A registry officer of the union that offered it, or of the one that keeps the file by now, while nobody answered."""
    keepers = (handover.from_union.path, handover.file.union.path)
    return handover.waits and any(holds(user, Role.REGISTRAR, at=path) for path in keepers)


def may_propose(user: Any, file: Honouree) -> bool:
    """Whoever works with the file, without being its officer perhaps."""
    return holds_at_file(user, file, *CLERKS)


def may_propose_private(user: Any, file: Honouree) -> bool:
    """Private facts are proposed by those who may enter them; a second person confirms."""
    return may_set_private(user, file)


def may_see_proposal(user: Any, proposal: Proposal) -> bool:
    """Everybody who sees the file; what is private only those who may see it, and who proposed it."""
    return not proposal.is_private or proposal.proposed_by_id == user.pk or may_see_holds(user, proposal.file)


def may_answer_proposal(user: Any, proposal: Proposal) -> bool:
    """A registry officer of the file other than the one who proposed it."""
    return proposal.waits and may_confirm(user, proposal) and may_edit_file(user, proposal.file)


def may_withdraw_proposal(user: Any, proposal: Proposal) -> bool:
    """Whoever proposed it, while nobody answered."""
    return proposal.waits and proposal.proposed_by_id == user.pk


def may_verify_file(user: Any, file: Honouree) -> bool:
    """The registry officer of the file."""
    return may_edit_file(user, file)
