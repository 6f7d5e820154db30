"""What a file's honours make of it: highest level, treatment, latest year, whether it is public. Derived, never typed."""

from collections import defaultdict
from collections.abc import Iterable

from registry.bulk import write_columns
from registry.honours.enums import RANK
from registry.honours.models import Conferral
from registry.people.models import Honouree

STANDING = ("is_public", "highest_rank", "treatment_rank", "latest_year", "headline", "headline_year", "honour_count")


def refresh_standing(ids: Iterable[int]) -> None:
    """Recompute the standing of these files in three queries a thousand."""
    keys = sorted(set(ids))
    for start in range(0, len(keys), 1000):
        _refresh(keys[start : start + 1000])


def _refresh(keys: list[int]) -> None:
    held: dict[int, list[Conferral]] = defaultdict(list)
    for conferral in Conferral._base.filter(honouree__in=keys, is_revoked=False).select_related("title"):
        held[conferral.honouree_id].append(conferral)
    files = list(Honouree._base.filter(pk__in=keys))
    for file in files:
        apply_standing(file, held[file.pk])
    write_columns(Honouree, files, STANDING)


def apply_standing(file: Honouree, held: list[Conferral]) -> None:
    """Set a file's standing from the honours in force."""
    best = max(held, key=lambda c: (RANK[c.level], RANK[c.treatment_level], c.year or 0, -c.pk), default=None)
    file.highest_rank = RANK[best.level] if best else 0
    file.treatment_rank = max((RANK[c.treatment_level] for c in held), default=0)
    file.latest_year = max((c.year or 0 for c in held), default=0)
    file.headline = best.title.name if best else ""
    file.headline_year = best.year if best else None
    file.honour_count = len(held)
    file.is_public = bool(held) and not file.withheld
