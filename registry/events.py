"""News that travels upward: signals with ids, sent after commit. A failing listener is logged and undoes nothing."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# Sent with `ids: list[int]`: files whose public facts may have changed.
honourees_changed = Signal()
# Sent with the same at once, within the change's own transaction, to those who must not miss one; a failing listener undoes the change.
honourees_changing = Signal()


def announce_honourees(ids: Iterable[int]) -> None:
    """Tell the rooms above, once the transaction is committed, that these files changed."""
    keys = sorted(set(ids))
    if keys:
        honourees_changing.send(sender=None, ids=keys)
        transaction.on_commit(lambda: _send(keys), robust=True)


def _send(keys: list[int]) -> None:
    for receiver, outcome in honourees_changed.send_robust(sender=None, ids=keys):
        if isinstance(outcome, Exception):
            logger.error("listener %s failed: %s", receiver, outcome, exc_info=outcome)
