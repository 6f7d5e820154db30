"""Filters of the console's templates."""

from typing import Any

from django import template

from cms.console import words
from registry.intake.reasons import reason_words

register = template.Library()


@register.filter
def verb(value: str) -> str:
    """Say an action of the audit trail."""
    return words.verb_words(value)


@register.filter
def actor(value: str) -> str:
    """Say who did it."""
    return words.actor_words(value)


@register.filter
def reason(value: str) -> str:
    """Say why: what an import gave as its reason in the reader's language, else as it was written."""
    return reason_words(value)


@register.filter
def kind(value: str) -> str:
    """Say a kind of object."""
    return words.kind_words(value)


@register.filter
def readable(values: dict[str, Any], object_type: str) -> list[tuple[str, str]]:
    """Say what an entry changed."""
    return words.readable(values, object_type)
