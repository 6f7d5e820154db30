"""From a change to the task that indexes it."""

from collections.abc import Sequence
from typing import Any

from registry.events import honourees_changed
from search.signals import pages_changed
from search.sources import HONOUREE, PAGE

CHUNK = 200


def connect() -> None:
    """Connect everything."""
    honourees_changed.connect(_honourees, dispatch_uid="search.honourees")
    pages_changed.connect(_pages, dispatch_uid="search.pages")


def _honourees(ids: Sequence[int], **_signal: Any) -> None:
    _enqueue(HONOUREE, ids)


def _pages(ids: Sequence[int], **_signal: Any) -> None:
    _enqueue(PAGE, ids)


def _enqueue(source: str, ids: Sequence[int]) -> None:
    """Small pieces, so that other writers get their turn between two of them."""
    from search.tasks import refresh

    for start in range(0, len(ids), CHUNK):
        refresh.enqueue(source, list(ids[start : start + CHUNK]))
