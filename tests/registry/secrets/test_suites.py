"""Both suites against the vectors of their standards, and cipher texts that are only good where they belong."""

import base64
import hmac
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pytest_django.fixtures import Settings

from registry.secrets.sealing import CannotOpen, digest, digests, seal, unseal
from registry.secrets.suites import SUITES, Sm4Gcm
from tests.registry.secrets.made import key, number

PLACE = "people.privatefacts.phone:1"
SM3_BLOCK = 64


def sm3(data: bytes) -> bytes:
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize()


def hmac_sm3(secret: bytes, data: bytes) -> bytes:
    """HMAC as RFC 2104 defines it, over the bare hash."""
    secret = (sm3(secret) if len(secret) > SM3_BLOCK else secret).ljust(SM3_BLOCK, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in secret) + data)
    return sm3(bytes(byte ^ 0x5C for byte in secret) + inner)


def hkdf(hash_of: object, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for one block of output, without salt."""
    assert callable(hash_of)
    pseudo = hash_of(bytes(32), secret)
    expanded: bytes = hash_of(pseudo, info + b"\1")
    return expanded[:length]


def test_sm4_gcm_of_rfc_8998() -> None:
    cipher = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = cipher.encrypt(nonce, plain, aad)
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15"
        "A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert cipher.decrypt(nonce, sealed, aad) == plain


def test_aes_256_gcm_of_the_gcm_specification() -> None:
    secret = bytes.fromhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
        "b16aedf5aa0de657ba637b39"
    )
    sealed = (
        SUITES["aes"]
        .aead(secret)
        .encrypt(
            bytes.fromhex("cafebabefacedbaddecaf888"), plain, bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        )
    )
    assert sealed[:8].hex() == "522dc1f099567d07"
    assert sealed[-16:].hex() == "76fc6ece0f4e1768cddf8853bb2d551b"


def test_sm3_of_gb_t_32905() -> None:
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_suite_is_what_its_name_says() -> None:
    """The keys are derived by HKDF with the suite's hash; what comes out opens with the bare library."""
    secret = bytes(range(32))
    aes = hkdf(lambda k, d: hmac.digest(k, d, "sha256"), secret, b"model-workers aes seal", 32)
    sealed = SUITES["aes"].cipher(secret).encrypt(bytes(12), "宁夏".encode(), b"here")
    assert AESGCM(aes).decrypt(bytes(12), sealed, b"here").decode() == "宁夏"
    sm4 = hkdf(hmac_sm3, secret, b"model-workers sm seal", 16)
    sealed = SUITES["sm"].cipher(secret).encrypt(bytes(12), "宁夏".encode(), b"here")
    assert Sm4Gcm(sm4).decrypt(bytes(12), sealed, b"here").decode() == "宁夏"
    blind = hkdf(lambda k, d: hmac.digest(k, d, "sha256"), secret, b"model-workers aes blind", 32)
    assert SUITES["aes"].mac(secret, b"data") == hmac.digest(blind, b"data", "sha256")
    assert SUITES["sm"].mac(secret, b"data") == hmac_sm3(hkdf(hmac_sm3, secret, b"model-workers sm blind", 32), b"data")


@pytest.mark.parametrize("suite", ["aes", "sm"])
def test_a_secret_comes_back_and_no_two_cipher_texts_are_equal(settings: Settings, suite: str) -> None:
    settings.SECRET_SUITE = suite
    first, second = seal("宁夏银川 13800138000", PLACE), seal("宁夏银川 13800138000", PLACE)
    assert first.startswith(f"1.{suite}.test.") and first != second
    assert unseal(first, PLACE) == unseal(second, PLACE) == "宁夏银川 13800138000"
    assert "13800138000" not in first


def test_both_suites_and_old_keys_lie_side_by_side(settings: Settings) -> None:
    settings.SECRET_KEYS = key("k1")
    old = seal("旧的", PLACE)
    settings.SECRET_KEYS, settings.SECRET_SUITE = f"{key('k2')},{key('k1')}", "sm"
    new = seal("新的", PLACE)
    assert old.startswith("1.aes.k1.") and new.startswith("1.sm.k2.")
    assert (unseal(old, PLACE), unseal(new, PLACE)) == ("旧的", "新的")
    settings.SECRET_KEYS = key("k2")
    with pytest.raises(CannotOpen, match="k1") as caught:
        unseal(old, PLACE)
    assert caught.value.key_id == "k1" and "旧的" not in str(caught.value)


@pytest.mark.parametrize("suite", ["aes", "sm"])
def test_every_changed_character_is_noticed(settings: Settings, suite: str) -> None:
    settings.SECRET_SUITE = suite
    sealed = seal(number(), PLACE)
    start = len(f"1.{suite}.test.")
    data = base64.b64decode(sealed[start:])
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(CannotOpen) as caught:
            unseal(sealed[:start] + base64.b64encode(changed).decode(), PLACE)
        assert number() not in str(caught.value) and caught.value.__cause__ is None
    for broken in (sealed[:-4], sealed[: start + 8], sealed[:start], "", "plain", f"2.{suite}.test.AAAA"):
        with pytest.raises(CannotOpen):
            unseal(broken, PLACE)


def test_a_moved_cipher_text_and_a_forged_head_do_not_open(settings: Settings) -> None:
    same = key("k1").partition(":")[2]
    settings.SECRET_KEYS = f"k1:{same}"
    sealed = seal("secret", PLACE)
    for elsewhere in (
        "people.privatefacts.phone:2",
        "people.privatefacts.address:1",
        "people.other.phone:1",
        "care.privatefacts.phone:1",
    ):
        with pytest.raises(CannotOpen, match="moved"):
            unseal(sealed, elsewhere)
    with pytest.raises(CannotOpen):
        unseal(sealed.replace(".aes.", ".sm."), PLACE)
    settings.SECRET_KEYS = f"k2:{same}"
    with pytest.raises(CannotOpen):
        unseal(sealed.replace(".k1.", ".k2."), PLACE)


def test_the_blind_index_is_keyed_and_by_kind(settings: Settings) -> None:
    first = digest("identity", number())
    assert first == digest("identity", number()) != digest("phone", number())
    assert len(digest("identity", number())) <= 64 and number() not in first
    settings.SECRET_SUITE = "sm"
    other = digest("identity", number())
    assert other.startswith("sm.blind.") and other != first
    assert digests("identity", number()) == [other, first]
    settings.BLIND_KEY = f"{key('sixteen-long-key')},{settings.BLIND_KEY}"
    assert digests("identity", number())[0] == digest("identity", number())
    assert len(digest("identity", number())) == 63 and first in digests("identity", number())


def test_without_openssls_sm4_the_suite_would_be_missed_here() -> None:
    """The installed wheel carries SM4-GCM and SM3: asked in a process of its own, before anything was loaded."""
    code = "from registry.secrets.suites import SUITES; c = SUITES['sm'].cipher(bytes(32)); print(len(c.encrypt(bytes(12), b'x', b'')))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "17", ran.stderr
