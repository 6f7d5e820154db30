"""Reading and checking the audit trail."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Max, QuerySet

from registry.audit.actions import chain_of
from registry.audit.hashing import digest
from registry.audit.models import AuditEntry


@dataclass(frozen=True)
class Break:
    """The first entry that doesn't fit, and why: `hash`, `link`, `gap`, or `cut` (missing against a checkpoint)."""

    chain: str
    position: int
    why: str


def history_of(thing: models.Model) -> QuerySet[AuditEntry]:
    """Everything that was done to one object, newest first."""
    return AuditEntry.objects.filter(chain=chain_of(thing)).order_by("-position")


def verify_chain(chain: str = "") -> Break | None:
    """Recompute one chain, or all of them, and return the first broken entry, or None when all is well."""
    entries = AuditEntry.objects.order_by("chain", "position")
    if chain:
        entries = entries.filter(chain=chain)
    current, position, head = "", 0, ""
    for entry in entries.iterator(chunk_size=2000):
        if entry.chain != current:
            current, position, head = entry.chain, 0, ""
        if entry.position != position + 1:
            return Break(entry.chain, position + 1, "gap")
        if entry.previous_hash != head:
            return Break(entry.chain, entry.position, "link")
        if digest(entry) != entry.hash:
            return Break(entry.chain, entry.position, "hash")
        position, head = entry.position, entry.hash
    return None


def checkpoint() -> dict[str, list[int | str]]:
    """Every chain's length and head hash, `{chain: [length, hash]}`, to be kept outside the database."""
    tops = AuditEntry.objects.values("chain").annotate(last=Max("position")).values("chain", "last")
    lengths = {row["chain"]: row["last"] for row in tops}
    heads = AuditEntry.objects.values_list("chain", "position", "hash").order_by("chain").iterator(chunk_size=5000)
    return {chain: [position, head] for chain, position, head in heads if lengths.get(chain) == position}


def verify_against(kept: dict[str, list[int | str]]) -> Break | None:
    """Hold a checkpoint kept outside against the database: every chain must still hold that entry with that hash."""
    present = {
        (chain, position): head
        for chain, position, head in AuditEntry.objects.values_list("chain", "position", "hash").iterator(
            chunk_size=5000
        )
    }
    for chain, (position, head) in sorted(kept.items()):
        if present.get((chain, int(position))) != head:
            return Break(chain, int(position), "cut")
    return None
