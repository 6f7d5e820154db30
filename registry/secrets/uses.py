"""Which keys are in use, so that a lost or a wrong key is noticed at start-up and not when somebody needs a number.

The first time a process stores something under a key it makes sure, in the same transaction, that a `KeyUse` row with a canary stands
in the database: a known text sealed under that very key.
"""

from typing import Any

from django.apps import apps
from django.db import connections, transaction

from registry.secrets.keys import Key, Ring, RingError, blind_ring, ring
from registry.secrets.sealing import CannotOpen, digest, digests, seal, unseal

CANARY = "canary"
SEALING = "seal"
BLIND = "blind"
# (database, use, key id) whose row is committed.
_committed: set[tuple[str, str, str]] = set()


class _Committed:
    """Run by Django after the commit; while it is still queued, the row of this transaction stands."""

    def __init__(self, *use: str) -> None:
        self.use = use

    def __call__(self) -> None:
        _committed.add(self.use)  # type: ignore[arg-type]  # three strings


def forget_uses() -> None:
    """Ask the database again before the next use (after a database was restored or emptied)."""
    _committed.clear()


def note_use(key_id: str, using: str = "default", use: str = SEALING) -> None:
    """Make sure that the canary of a key in use stands in the database; costs nothing once it is committed.

    Raises `RingError` when another key was used under this id: nothing may be written that the rightful key can't open.
    """
    if (using, use, key_id) in _committed or _queued(using, use, key_id):
        return
    _store(key_id, using, use)
    transaction.on_commit(_Committed(using, use, key_id), using=using)


def _queued(using: str, use: str, key_id: str) -> bool:
    # A rolled back savepoint or transaction takes its callbacks out of this list, and the row with them.
    queue: list[Any] = connections[using].run_on_commit
    return any(isinstance(item[1], _Committed) and item[1].use == (using, use, key_id) for item in queue)


def _store(key_id: str, using: str, use: str) -> None:
    uses: Any = apps.get_model("secrets", "KeyUse")._default_manager.using(using)
    name = f"{use}:{key_id}"
    key = _ring_of(use).keys.get(key_id)
    if key is None:
        # A row whose key is lost is saved as it is; the check at start-up has said so already.
        return
    stored = uses.filter(pk=name, retired_at=None).values_list("canary", flat=True).first()
    if stored is None:
        uses.bulk_create(
            [uses.model(pk=name, canary=canary_of(key, use))],
            update_conflicts=True,
            update_fields=["canary", "retired_at"],
            unique_fields=["name"],
        )
    elif trouble := trouble_with(name, stored):
        raise RingError(trouble)


def place_of(name: str) -> str:
    """Name the place a canary is sealed for."""
    return f"secrets.keyuse.canary:{name}"


def canary_of(key: Key, use: str) -> str:
    """Make the canary of a key: sealed by it, or its digest."""
    return seal(CANARY, place_of(f"{use}:{key.id}"), key) if use == SEALING else digest(CANARY, CANARY, key)


def _ring_of(use: str) -> Ring:
    return ring() if use == SEALING else blind_ring()


def trouble_with(name: str, canary: str) -> str:
    """Say what is wrong with the ring for this row of `KeyUse`, "" when nothing. Raises `RingError`."""
    use, _colon, key_id = name.partition(":")
    setting = "SECRET_KEYS" if use == SEALING else "BLIND_KEY"
    if key_id not in _ring_of(use).keys:
        return f"{setting}: the key {key_id} is in use and missing from the ring"
    if use == SEALING:
        try:
            wrong = unseal(canary, place_of(name)) != CANARY
        except CannotOpen:
            wrong = True
    else:
        wrong = canary not in digests(CANARY, CANARY)
    return f"{setting}: the key {key_id} is not the one that was used under this id" if wrong else ""
