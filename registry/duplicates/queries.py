"""Reading the queue, merges, and where a file that went is found today."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from registry.duplicates.enums import MergeState, SuspicionState
from registry.duplicates.models import CleaningRow, CleaningRun, Merge, Suspicion
from registry.organisations.models import UnionNode
from registry.organisations.scoping import scope_filter
from registry.people.models import Honouree
from registry.prepared import Prepared

CHAIN = 50
_AT_ADDRESS = Prepared(lambda slug: Merge._base.filter(gone_slug=slug, state=MergeState.DONE).order_by(), slug=str)


def address_today(slug: str) -> str:
    """Return the public address of the file that one at this address was merged into; chains are followed.

    "" when there was none, or the file of today isn't public. For the redirect of old addresses.
    """
    key = next((merge.kept_id for merge in _AT_ADDRESS(slug=slug)), None)
    if key is None:
        return ""
    file = Honouree._base.filter(pk=key_today(key)).only("slug", "is_public").first()
    return file.get_absolute_url() if file and file.is_public else ""


def key_today(key: int) -> int:
    """Return the key of the file that stands for this one today: itself, or what it was merged into."""
    for _step in range(CHAIN):
        into = Merge._base.filter(gone_id=key, state=MergeState.DONE).values_list("kept", flat=True).first()
        if into is None:
            break
        key = into
    return key


def absorbed_keys(key: int) -> set[int]:
    """Return the keys of all files that were merged into this one, directly or through others."""
    found: set[int] = set()
    ends = {key}
    while ends:
        ends = set(Merge._base.filter(kept__in=ends, state=MergeState.DONE).values_list("gone_id", flat=True)) - found
        found |= ends
    return found


def suspicions_visible_to(user: Any) -> QuerySet[Suspicion]:
    """Pairs of which at least one file lies in the user's subtree; those found by a number only where both do."""
    found: QuerySet[Suspicion] = Suspicion.objects.visible_to(user).select_related(
        "first__union", "second__union", "first__industry_union", "second__industry_union", "decided_by", "reported_by"
    )
    return found.filter(Q(by_number=False) | _both(user))


def open_suspicions(user: Any) -> QuerySet[Suspicion]:
    """Those that wait for a decision."""
    return suspicions_visible_to(user).filter(state=SuspicionState.OPEN)


def suspicions_of(file: Honouree, user: Any) -> QuerySet[Suspicion]:
    """The open pairs that a file is in."""
    return open_suspicions(user).filter(Q(first=file) | Q(second=file))


def merges_visible_to(user: Any) -> QuerySet[Merge]:
    """Merges of the user's subtree, newest first."""
    found: QuerySet[Merge] = Merge.objects.visible_to(user).select_related("kept", "union", "merged_by", "undone_by")
    return found


def merges_into(file: Honouree) -> QuerySet[Merge]:
    """The standing merges into a file."""
    found: QuerySet[Merge] = Merge._base.filter(kept=file, state=MergeState.DONE).select_related("merged_by")
    return found


def union_over(files: Iterable[Honouree]) -> UnionNode:
    """Return the lowest union above all of these files: whose officers may decide about them."""
    paths = [file.union.path.rstrip("/").split("/") for file in files]
    common: list[str] = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return UnionNode.objects.get(path="/".join(common) + "/")


def runs_visible_to(user: Any) -> QuerySet[CleaningRun]:
    """Cleaning runs of the user's subtree, newest first."""
    found: QuerySet[CleaningRun] = CleaningRun.objects.visible_to(user).select_related("union", "made_by", "worked_by")
    return found


def rows_of(run: CleaningRun) -> QuerySet[CleaningRow]:
    """A run's rows in order. Whoever may see the run may see its rows."""
    return CleaningRow.objects.filter(run=run).order_by("number")


def decidable(rows: QuerySet[Suspicion], user: Any) -> QuerySet[Suspicion]:
    """Keep the pairs of which both files lie in the user's subtree."""
    return rows.filter(_both(user))


def _both(user: Any) -> Q:
    found = Q(pk__isnull=False)
    for side in ("first", "second"):
        condition = scope_filter(user, (f"{side}__union__path", f"{side}__industry_union__path"))
        found &= Q() if condition is None else condition
    return found
