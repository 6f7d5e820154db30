"""News from below."""

from typing import Any

from registry.life.actions import follow_facts


def facts_changed(sender: Any, ids: list[int], **_kwargs: Any) -> None:
    """A date of death or a collective's state may have been written."""
    follow_facts(ids)
