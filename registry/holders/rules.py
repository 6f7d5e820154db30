"""Who may hand out codes, ask and answer."""

from typing import Any

from registry.accounts.enums import Role
from registry.holders.enums import RequestState
from registry.holders.models import Binding, CorrectionRequest
from registry.organisations.rules import holds
from registry.people.models import Honouree
from registry.people.rules import may_edit_file


def own_binding(user: Any) -> Binding | None:
    """Return the user's own file's binding; None for officers, visitors and accounts not bound."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    return Binding.objects.select_related("honouree").filter(user=user).first()


def may_invite(user: Any, file: Honouree) -> bool:
    """The registry officer of a living person's file."""
    return file.is_person and not file.died and may_edit_file(user, file)


def may_unbind(user: Any, file: Honouree) -> bool:
    """The registry officer of the file."""
    return may_edit_file(user, file)


def may_read_requests(user: Any) -> bool:
    """Registry officers read the requests of their subtree."""
    return holds(user, Role.REGISTRAR)


def may_answer(user: Any, request: CorrectionRequest) -> bool:
    """The registry officer of the file, who isn't the asker."""
    return (
        request.state == RequestState.OPEN and user.pk != request.asked_by_id and may_edit_file(user, request.honouree)
    )
