"""Cipher texts: `1.aes.k1.<base64 of nonce, cipher text, tag>`, and the blind index: `aes.b1.<base64url of the keyed hash>`.

Version, suite and key id stand in front, so that texts under any key and suite of the ring lie side by side and can be found by their
prefix. All of it, and the place (`app.model.field` and the row's public id), is authenticated: a text moved elsewhere doesn't open.
"""

import os
import re
from base64 import urlsafe_b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64

from cryptography.exceptions import InvalidTag

from registry.secrets.keys import Key, Ring, blind_ring, current_suite, ring
from registry.secrets.suites import NONCE, SUITES, Aead

VERSION = "1"
PATTERN = re.compile(r"1\.([a-z]{1,8})\.([a-z0-9-]{1,16})\.[A-Za-z0-9+/]+=*")


class CannotOpen(Exception):
    """A secret can't be read: its key isn't in the ring, or the text isn't of this place. Names key and place, never the data."""

    def __init__(self, key_id: str, place: str, why: str) -> None:
        super().__init__(f"{place}: {why} (key {key_id or 'unknown'})")
        self.key_id = key_id
        self.place = place


def prefix(suite: str, key_id: str) -> str:
    """Return how every cipher text under this suite and key begins."""
    return f"{VERSION}.{suite}.{key_id}."


def current_prefix() -> str:
    """Return how cipher texts written now begin."""
    return prefix(current_suite().name, ring().current.id)


def seal(text: str, place: str, key: Key | None = None) -> str:
    """Encrypt for a place (`app.model.field:row`) under the current suite and key, or another key of the ring."""
    held = ring()
    head = f"{VERSION}.{current_suite().name}.{(key or held.current).id}"
    cipher = held.ciphers.get(head) or _cipher(held, head, place)
    nonce = os.urandom(NONCE)
    sealed = cipher.encrypt(nonce, text.encode(), f"{head}.{place}".encode())
    return f"{head}.{b2a_base64(nonce + sealed, newline=False).decode()}"


def unseal(cipher: str, place: str) -> str:
    """Decrypt what was sealed for this very place; raises `CannotOpen`."""
    head, _dot, body = cipher.rpartition(".")
    held = ring()
    opener = held.ciphers.get(head) or _cipher(held, head, place)
    try:
        data = a2b_base64(body, strict_mode=True)
        return opener.decrypt(data[:NONCE], data[NONCE:], f"{head}.{place}".encode()).decode()
    except InvalidTag:
        raise CannotOpen(_key_id(head), place, "wrong key, or the cipher text was changed or moved") from None
    except (NotBase64, ValueError):
        raise CannotOpen(_key_id(head), place, "the cipher text is damaged") from None


def _cipher(held: Ring, head: str, place: str) -> Aead:
    """Make the cipher for texts with this head and keep it with the ring; raises `CannotOpen`."""
    version, name, key_id = head.split(".") if head.count(".") == 2 else ("", "", "")
    if version != VERSION:
        raise CannotOpen("", place, "not a cipher text")
    if name not in SUITES:
        raise CannotOpen(key_id, place, f"unknown suite {name}")
    if key_id not in held.keys:
        raise CannotOpen(key_id, place, "the key is not in SECRET_KEYS")
    made = SUITES[name].cipher(held.keys[key_id].secret)
    held.ciphers[head] = made
    return made


def _key_id(head: str) -> str:
    return head.rpartition(".")[2]


def key_id_of(cipher: str) -> str:
    """Return the id of the key a cipher text is under, "" when it is none."""
    match = PATTERN.fullmatch(cipher)
    return match[2] if match else ""


def key_id_of_digest(value: str) -> str:
    """Return the id of the blind key a digest is under, "" when it is none."""
    parts = value.split(".")
    return parts[1] if len(parts) == 3 else ""


def digest_prefix() -> str:
    """Return how digests made now begin."""
    return f"{current_suite().name}.{blind_ring().current.id}."


def digest(kind: str, normalised: str, key: Key | None = None) -> str:
    """Return the blind index of a value: the same for the same value, telling nothing to who hasn't the key. At most 64 characters."""
    return _digest(current_suite().name, (key or blind_ring().current).id, kind, normalised)


def digests(kind: str, normalised: str) -> list[str]:
    """Return the value's digests under every suite and blind key of the ring, the current one first: what a look-up has to ask for."""
    names = sorted(SUITES, key=lambda name: name != current_suite().name)
    return [_digest(name, key_id, kind, normalised) for name in names for key_id in blind_ring().keys]


def _digest(name: str, key_id: str, kind: str, normalised: str) -> str:
    mac = SUITES[name].mac(blind_ring().keys[key_id].secret, f"{kind}:{normalised}".encode())
    return f"{name}.{key_id}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
