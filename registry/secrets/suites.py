"""The ciphers: `aes` (AES-256-GCM, HMAC-SHA-256) and `sm` (SM4-GCM of RFC 8998, HMAC-SM3 of GB/T 32905).

Every key of the ring is 32 bytes of its own; what a suite works with is derived from it by HKDF with the suite's hash, so one ring serves
both suites and no two uses share a key.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
TAG = 16


class Aead(Protocol):
    """Encryption that also proves where the text belongs. Nonce: 12 bytes, never twice under one key; tag: the last 16 bytes."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class Sm4Gcm:
    """SM4 in Galois/counter mode with a key of 16 bytes, with the methods of cryptography's `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return cipher text and tag."""
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return the plaintext; raises `cryptography.exceptions.InvalidTag`."""
        decryptor = Cipher(self._cipher, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


@dataclass(frozen=True)
class Suite:
    """A cipher and a keyed hash that are chosen together by the setting `SECRET_SUITE`."""

    name: str
    aead: type[AESGCM] | type[Sm4Gcm]
    key_bytes: int
    hash: hashes.HashAlgorithm

    def cipher(self, secret: bytes) -> Aead:
        """Return the cipher under a key of the ring."""
        return self.aead(_derive(self, secret, "seal", self.key_bytes))

    def mac(self, secret: bytes, data: bytes) -> bytes:
        """Return the keyed hash (32 bytes) under a key of the ring."""
        started = _mac(self.name, secret).copy()
        started.update(data)
        return started.finalize()


SUITES = {
    "aes": Suite("aes", AESGCM, 32, hashes.SHA256()),
    "sm": Suite("sm", Sm4Gcm, 16, hashes.SM3()),
}


def _derive(suite: Suite, secret: bytes, use: str, length: int) -> bytes:
    return HKDF(suite.hash, length, None, f"model-workers {suite.name} {use}".encode()).derive(secret)


@lru_cache(maxsize=32)
def _mac(name: str, secret: bytes) -> hmac.HMAC:
    suite = SUITES[name]
    return hmac.HMAC(_derive(suite, secret, "blind", 32), suite.hash)
