"""Filters of the templates about a file's life."""

from django import template

from cms.console.life_panel import proposal_lines
from registry.fields import partial_date_label
from registry.life.models import Proposal

register = template.Library()


@register.filter
def day(value: str) -> str:
    """Say a day of which perhaps only the year is known."""
    return partial_date_label(value)


@register.filter
def changed(proposal: Proposal) -> list[tuple[str, str, str]]:
    """Say what a proposal would change: fact, old, new."""
    return proposal_lines(proposal)
