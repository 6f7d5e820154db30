"""The only writer of the audit trail."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from registry.audit.context import request_id
from registry.audit.hashing import FIELDS, digest, digest_of
from registry.audit.models import AuditEntry
from registry.bulk import insert_rows

REDACTED = "•••"
SENSITIVE = frozenset(
    {
        "identity_number",
        "phone",
        "address",
        "bank_card",
        "illness",
        "income",
        "password",
        "secret",
        "token",
        "digest",
        "cipher",
    }
)
ATTEMPTS = 50


class Actor(Protocol):
    """Who acts: anybody with a key and a name."""

    pk: Any

    def get_username(self) -> str: ...


@dataclass(frozen=True)
class Act:
    """What is to be recorded about one object."""

    thing: models.Model
    verb: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    scope_path: str = ""


@dataclass(frozen=True)
class First:
    """The first entry of an object that this very transaction makes: its concrete model, key and name, and what is to be recorded.

    The values of `after` are plain already.
    """

    model: type[models.Model]
    key: Any
    label: str
    verb: str
    after: dict[str, Any]
    reason: str = ""
    scope_path: str = ""


def plain(value: Any) -> Any:
    """Turn a field's value into what JSON can hold."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def redact(values: dict[str, Any]) -> dict[str, Any]:
    """Replace what must never be read in the trail by dots; the fact that it changed stays visible."""
    return {
        key: REDACTED if key in SENSITIVE and value not in ("", None) else plain(value) for key, value in values.items()
    }


def chain_of(thing: models.Model) -> str:
    """Name the chain of an object: its concrete model and key."""
    return f"{thing._meta.concrete_model._meta.label_lower}:{thing.pk}"  # type: ignore[union-attr]


def record(
    thing: models.Model,
    verb: str,
    *,
    actor: Actor | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    scope_path: str = "",
) -> AuditEntry:
    """Append one entry to the object's chain and return it. `actor=None` means the system itself."""
    act = Act(thing, verb, before or {}, after or {}, reason, scope_path)
    return record_many([act], actor=actor)[0]


def record_many(acts: Iterable[Act], *, actor: Actor | None) -> list[AuditEntry]:
    """Append many entries with two queries for all of them; acts on the same object follow each other in the given order.

    Two writers on one chain collide on its unique position; the later one reads the new head and tries again.
    """
    acts = list(acts)
    if not acts:
        return []
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return AuditEntry.objects.bulk_create(_entries(acts, actor), batch_size=500)
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def record_all(acts: Iterable[Act], *, actor: Actor | None) -> None:
    """As `record_many`, for acts by the thousand: nothing is returned, and the entries are copied in."""
    acts = list(acts)
    names = (*FIELDS, "at", "hash")
    for attempt in range(ATTEMPTS if acts else 0):
        try:
            with transaction.atomic():
                lines = [[getattr(entry, name) for name in names] for entry in _entries(acts, actor)]
                insert_rows(AuditEntry, names, lines)
            break
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise


def record_first(acts: Iterable[First], *, actor: Actor | None) -> None:
    """Begin the chains of new objects, in bulk: there is no entry before, and nobody else can know the object yet."""
    by, name, request = str(actor.pk) if actor else "", actor.get_username() if actor else "system", request_id.get()
    now = timezone.now()
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    lines = []
    for act in acts:
        label = act.model._meta.label_lower
        content = {
            "chain": f"{label}:{act.key}", "position": 1, "actor_id": by, "actor": name, "verb": act.verb, "object_type": label,
            "object_id": str(act.key), "object_label": act.label[:200], "scope_path": act.scope_path, "before": {},
            "after": {key: REDACTED if key in SENSITIVE and value else value for key, value in act.after.items()},
            "reason": act.reason, "request_id": request, "previous_hash": "", "at": at,
        }  # fmt: skip
        line = [content[key] for key in FIELDS]
        lines.append([*line, now, digest_of(content)])
    if lines:
        insert_rows(AuditEntry, (*FIELDS, "at", "hash"), lines)


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Keep of two states only what differs."""
    keys = [key for key in after if plain(before.get(key)) != plain(after[key])]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def _entries(acts: list[Act], actor: Actor | None) -> list[AuditEntry]:
    heads = _heads({chain_of(act.thing) for act in acts})
    entries = []
    for act in acts:
        chain = chain_of(act.thing)
        position, previous = heads.get(chain, (0, ""))
        entry = AuditEntry(
            chain=chain,
            position=position + 1,
            at=timezone.now(),
            actor_id=str(actor.pk) if actor else "",
            actor=actor.get_username() if actor else "system",
            verb=act.verb,
            object_type=act.thing._meta.label_lower,
            object_id=str(act.thing.pk),
            object_label=str(act.thing)[:200],
            scope_path=act.scope_path,
            before=redact(act.before),
            after=redact(act.after),
            reason=act.reason,
            request_id=request_id.get(),
            previous_hash=previous,
        )
        entry.hash = digest(entry)
        heads[chain] = (entry.position, entry.hash)
        entries.append(entry)
    return entries


def _heads(chains: set[str]) -> dict[str, tuple[int, str]]:
    heads: dict[str, tuple[int, str]] = {}
    names = sorted(chains)
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        last = (
            AuditEntry.objects.filter(chain__in=part)
            .values("chain")
            .annotate(last=Max("position"))
            .values("chain", "last")
        )
        tops = {row["chain"]: row["last"] for row in last}
        if tops:
            found = AuditEntry.objects.filter(chain__in=tops, position__in=set(tops.values())).values_list(
                "chain", "position", "hash"
            )
            heads.update({chain: (position, head) for chain, position, head in found if tops[chain] == position})
    return heads
