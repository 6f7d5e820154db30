"""News of pages, from the room that has them."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# Sent with `ids: list[int]`: pages whose published text may have changed, or that are gone.
pages_changed = Signal()


def announce_pages(ids: Iterable[int]) -> None:
    """Tell search, once the transaction is committed, that these pages changed; a failure is logged and undoes nothing."""
    keys = sorted(set(ids))
    if keys:
        transaction.on_commit(lambda: _send(keys), robust=True)


def _send(keys: list[int]) -> None:
    for receiver, outcome in pages_changed.send_robust(sender=None, ids=keys):
        if isinstance(outcome, Exception):
            logger.error("listener %s failed: %s", receiver, outcome, exc_info=outcome)
