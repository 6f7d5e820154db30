"""One-time codes that are read from paper and typed on a phone."""

import secrets
import unicodedata

from django.utils.crypto import salted_hmac

# Without what is taken for something else: 0 O 1 I L U.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
SALT = "registry.holders.invitation"


def new_code() -> str:
    """Return a new code, about 59 bits, in groups: `7KQ2-MHTX-9B4F`."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def normal(code: str) -> str:
    """Bring what was typed into one form; "" for what can't be a code."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isascii() and sign.isalnum())
    return plain if len(plain) == LENGTH and set(plain) <= set(SIGNS) else ""


def digest_of(code: str) -> str:
    """Return what is kept of a code: a keyed digest."""
    return salted_hmac(SALT, normal(code), algorithm="sha256").hexdigest()
