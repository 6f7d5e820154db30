"""The key rings, read from the settings: `SECRET_KEYS` seals, `BLIND_KEY` makes the blind index. They are never in the database.

Both are written `id:base64` (32 bytes each), several separated by commas, the first being the one that new secrets take; the others
only open what is still under them, until `rotate_keys` has moved it.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from registry.secrets.suites import SUITES, Aead, Suite

KEY_BYTES = 32
_ID = re.compile(r"[a-z0-9-]{1,16}")


class RingError(ImproperlyConfigured):
    """A key ring or the suite's name is missing or malformed. Says which, never shows a key."""


@dataclass(frozen=True)
class Key:
    """One key: its id stands before every cipher text, the secret is never shown."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Ring:
    """Keys by id; `current` is the one for what is written now."""

    current: Key
    keys: dict[str, Key]
    # Ciphers made from these keys, by the head of what they opened; gone with the ring.
    ciphers: dict[str, Aead] = field(default_factory=dict, repr=False, compare=False)


def parse_ring(text: str, setting: str) -> Ring:
    """Read a ring from a setting's text; raises `RingError`."""
    keys: dict[str, Key] = {}
    for number, part in enumerate((part.strip() for part in text.split(",") if part.strip()), 1):
        key_id, _colon, encoded = part.partition(":")
        where = f"{setting}, key {number}"
        if not _ID.fullmatch(key_id):
            raise RingError(f"{where}: write id:base64, the id of 1 to 16 lower-case letters, digits and hyphens")
        try:
            secret = base64.b64decode(encoded, altchars=b"-_" if set("-_") & set(encoded) else None, validate=True)
        except (binascii.Error, ValueError):
            raise RingError(f"{where} ({key_id}): not base64") from None
        if len(secret) != KEY_BYTES:
            raise RingError(f"{where} ({key_id}): {len(secret)} bytes instead of {KEY_BYTES}")
        if key_id in keys:
            raise RingError(f"{where}: the id {key_id} stands twice")
        keys[key_id] = Key(key_id, secret)
    if not keys:
        raise RingError(f"{setting} is empty: no private fact could be read or written")
    return Ring(next(iter(keys.values())), keys)


def make_key(key_id: str) -> str:
    """Return a new key in the form of the settings, `id:base64`."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


@lru_cache(maxsize=1)
def ring() -> Ring:
    """The keys that seal; raises `RingError`."""
    return parse_ring(settings.SECRET_KEYS, "SECRET_KEYS")


@lru_cache(maxsize=1)
def blind_ring() -> Ring:
    """The keys of the blind index; raises `RingError`, also when one of them seals as well."""
    blind = parse_ring(settings.BLIND_KEY, "BLIND_KEY")
    sealing = {key.secret for key in ring().keys.values()}
    if any(key.secret in sealing for key in blind.keys.values()):
        raise RingError("BLIND_KEY: a key of its own is needed, not one of SECRET_KEYS")
    return blind


@lru_cache(maxsize=1)
def current_suite() -> Suite:
    """The suite for what is written now; raises `RingError`."""
    try:
        return SUITES[settings.SECRET_SUITE]
    except KeyError:
        raise RingError(f"SECRET_SUITE is {settings.SECRET_SUITE!r}; known are {', '.join(SUITES)}") from None


def _forget(*, setting: str, **_others: Any) -> None:
    if setting in ("SECRET_KEYS", "BLIND_KEY", "SECRET_SUITE"):
        for cached in (ring, blind_ring, current_suite):
            cached.cache_clear()


setting_changed.connect(_forget)
