"""Invented numbers: the unassigned area code 640199 with a right check digit, and keys that are known."""

import base64
import hashlib

from stdnum.cn.ric import calc_check_digit


def number(birth: str = "19650308", sequence: str = "001", area: str = "640199") -> str:
    """Return an 18-digit number; an odd sequence is a man's."""
    body = f"{area}{birth}{sequence}"
    return body + calc_check_digit(body + "0")


def key(key_id: str, seed: str = "") -> str:
    """Return a key in the settings' form, always the same for the same words."""
    return f"{key_id}:{base64.b64encode(hashlib.sha256(f'{key_id}{seed}'.encode()).digest()).decode()}"
