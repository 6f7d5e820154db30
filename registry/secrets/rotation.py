"""Moving everything that is sealed under an older key or another suite to the current ones, while people work.

Rows are found by the prefix of what they store, so there is no cursor to keep: a run that was killed is simply run again. Each chunk is one
transaction, and each row is written only if its cipher texts are still those that were read (compare and swap); a row that somebody
changed meanwhile was sealed under the current key by that very change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from registry.secrets.checks import sealed_models
from registry.secrets.fields import BlindIndexField, EncryptedTextField
from registry.secrets.keys import blind_ring, ring
from registry.secrets.sealing import CannotOpen, current_prefix, digest, digest_prefix, prefix
from registry.secrets.suites import SUITES
from registry.secrets.uses import BLIND, SEALING, note_use

CHUNK = 500
ATTEMPTS = 5


@dataclass
class Progress:
    """What one model's rotation has come to. `failed` names rows that can't be opened or whose number stands twice, by key and reason."""

    model: str
    total: int = 0
    moved: int = 0
    overtaken: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def fields_of(model: Any) -> tuple[list[EncryptedTextField], list[BlindIndexField]]:
    """Return a model's encrypted fields and its blind indexes."""
    fields = model._meta.concrete_fields
    return (
        [one for one in fields if isinstance(one, EncryptedTextField)],
        [one for one in fields if isinstance(one, BlindIndexField)],
    )


def stale(model: Any) -> Q:
    """Return the condition of rows with something that isn't under the current suite and key."""
    sealed, blind = fields_of(model)
    condition = Q(pk__in=[])
    for one in sealed:
        condition |= Q(**{f"{one.name}__isnull": False}) & ~Q(**{f"{one.name}__under": current_prefix()})
    for index in blind:
        condition |= Q(**{f"{index.name}__isnull": False}) & ~Q(**{f"{index.name}__startswith": digest_prefix()})
    return condition


def rotate(using: str = "default", chunk: int = CHUNK) -> Iterator[Progress]:
    """Move everything, yielding the progress after each chunk; when nothing is left under a key it is marked as retired.

    The last progress of each model tells what failed. Raises `RingError` with a broken ring.
    """
    for model, _fields in sealed_models():
        rows = model._base_manager.using(using)
        progress = Progress(model._meta.label, total=rows.filter(stale(model)).count())
        last: Any = None
        while True:
            later = rows.filter(stale(model)) if last is None else rows.filter(stale(model), pk__gt=last)
            keys = list(later.order_by("pk").values_list("pk", flat=True)[:chunk])
            if not keys:
                break
            _rotate_chunk(model, keys, using, progress)
            last = keys[-1]
            yield progress
        yield progress
    retire(using)


def _rotate_chunk(model: Any, keys: list[Any], using: str, progress: Progress) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        outcome = Progress(progress.model)
        try:
            with transaction.atomic(using=using):
                for row in model._base_manager.using(using).filter(stale(model), pk__in=keys).order_by("pk"):
                    _rotate_row(row, using, outcome)
            break
        except OperationalError:
            # Two writers held each other's rows (a deadlock), or SQLite's lock took too long: the chunk was undone whole.
            if attempt == ATTEMPTS:
                raise
    progress.moved += outcome.moved
    progress.overtaken += outcome.overtaken
    progress.failed.update(outcome.failed)


def _rotate_row(row: Any, using: str, outcome: Progress) -> None:
    sealed, blind = fields_of(type(row))
    unchanged: dict[str, Any] = {"pk": row.pk}
    fresh: dict[str, Any] = {}
    try:
        for one in sealed:
            held = getattr(row, one.name)
            unchanged |= {f"{one.name}__isnull": True} if held is None else {f"{one.name}__cipher": held}
            if held is not None and not held.cipher.startswith(current_prefix()):
                setattr(row, one.name, held.reveal())
                fresh[one.name] = getattr(row, one.name)
        for index in blind:
            value = getattr(row, index.name)
            if value and not value.startswith(digest_prefix()):
                fresh[index.name] = digest(index.kind, index.canonical(getattr(row, index.of).reveal()))
        with transaction.atomic(using=using):
            moved = type(row)._base_manager.using(using).filter(**unchanged).update(**fresh)
    except CannotOpen as error:
        outcome.failed[str(row.pk)] = str(error)
    except IntegrityError:
        outcome.failed[str(row.pk)] = "another row holds the same value of a unique blind index"
    else:
        outcome.moved += moved
        outcome.overtaken += 1 - moved


def remaining(using: str = "default") -> dict[str, int]:
    """Return how many values are under each key that the rings hold or that is in use, by `seal:k1` or `blind:b1`."""
    uses: Any = apps.get_model("secrets", "KeyUse")._default_manager.using(using)
    names = {f"{SEALING}:{key}" for key in ring().keys} | {f"{BLIND}:{key}" for key in blind_ring().keys}
    counts = dict.fromkeys(sorted(names | set(uses.filter(retired_at=None).values_list("pk", flat=True))), 0)
    for name in counts:
        use, _colon, key_id = name.partition(":")
        for model, fields in sealed_models(EncryptedTextField if use == SEALING else BlindIndexField):
            for one in fields:
                under = Q(pk__in=[])
                for suite in SUITES:
                    sealed = {f"{one.name}__under": prefix(suite, key_id)}
                    under |= Q(**(sealed if use == SEALING else {f"{one.name}__startswith": f"{suite}.{key_id}."}))
                counts[name] += model._base_manager.using(using).filter(under).count()
    return counts


def retire(using: str = "default") -> list[str]:
    """Mark keys under which nothing is left as no longer needed, so that they may leave the ring; returns their names."""
    note_use(ring().current.id, using)
    note_use(blind_ring().current.id, using, BLIND)
    current = {f"{SEALING}:{ring().current.id}", f"{BLIND}:{blind_ring().current.id}"}
    empty = [name for name, count in remaining(using).items() if not count and name not in current]
    uses: Any = apps.get_model("secrets", "KeyUse")._default_manager.using(using)
    uses.filter(pk__in=empty, retired_at=None).update(retired_at=timezone.now())
    return empty
