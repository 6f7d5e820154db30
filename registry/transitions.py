"""Moving a thing from one state to the next: locked, checked against its table, saved, recorded."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry.audit.actions import Actor, record


class WrongState(Exception):
    """The thing has moved on meanwhile, or the step isn't allowed from where it stands."""


@transaction.atomic
def move(
    thing: Any,
    to: str,
    *,
    table: Mapping[str, frozenset[str]],
    actor: Actor | None,
    reason: str = "",
    scope_path: str = "",
    **values: Any,
) -> Any:
    """Lock the row, move its `state` to `to` if the table allows it, set `values`, save, record, and return the fresh row.

    Raises `WrongState` when the table doesn't allow the step from where the thing stands now.
    """
    locked: Any = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
    if to not in table.get(locked.state, frozenset()):
        raise WrongState(
            _("This step isn't possible any more: the state is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    before = locked.state
    locked.state = to
    for key, value in values.items():
        setattr(locked, key, value)
    locked.save(update_fields=["state", *values])
    if before != to:
        record(
            locked,
            f"{locked._meta.model_name}.{to}",
            actor=actor,
            before={"state": before},
            after={"state": to},
            reason=reason,
            scope_path=scope_path,
        )
    return locked
