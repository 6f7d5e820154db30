"""From a change to its debt, in the change's own transaction; and, once that is committed, to the worker."""

from collections.abc import Sequence
from typing import Any

from registry.events import honourees_changed, honourees_changing


def connect() -> None:
    """Connect both."""
    honourees_changing.connect(_owe, dispatch_uid="statistics.owe")
    honourees_changed.connect(_refresh, dispatch_uid="statistics.refresh")


def _owe(ids: Sequence[int], **_signal: Any) -> None:
    from registry.statistics.actions import owe

    owe(ids)


def _refresh(ids: Sequence[int], **_signal: Any) -> None:
    from registry.statistics.tasks import refresh

    refresh.enqueue()
