"""Key rings are read strictly and never shown."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from registry.secrets.keys import RingError, blind_ring, current_suite, make_key, parse_ring, ring
from tests.registry.secrets.made import key

ROOT = Path(__file__).resolve().parents[3]


def test_the_first_key_is_the_current_one() -> None:
    held = parse_ring(f" {key('k2')} , {key('k1')},", "SECRET_KEYS")
    assert held.current.id == "k2" and list(held.keys) == ["k2", "k1"]
    assert len(held.current.secret) == 32


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" , ", "is empty"),
        ("k1", "k1.*not base64|0 bytes"),
        ("k1:!!!!", "not base64"),
        ("k1:c2hvcnQ=", "5 bytes instead of 32"),
        ("K1:" + key("a")[2:], "write id:base64"),
        ("k.1:" + key("a")[2:], "write id:base64"),
        (":" + key("a")[2:], "write id:base64"),
        (f"{key('k1')},{key('k1', 'other')}", "stands twice"),
    ],
)
def test_a_malformed_ring_is_refused_without_showing_it(text: str, message: str) -> None:
    with pytest.raises(RingError, match=message) as caught:
        parse_ring(text, "SECRET_KEYS")
    assert "SECRET_KEYS" in str(caught.value) and key("a")[2:] not in str(caught.value)


def test_keys_show_nothing(settings: Settings) -> None:
    secret = ring().current.secret
    assert repr(secret) not in repr(ring()) and secret.hex() not in repr(ring().current)
    settings.BLIND_KEY = settings.SECRET_KEYS
    with pytest.raises(RingError, match="a key of its own"):
        blind_ring()
    settings.SECRET_SUITE = "des"
    with pytest.raises(RingError, match="'des'; known are aes, sm"):
        current_suite()


def test_a_new_key_can_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_secret_key", "k9")
    first = capsys.readouterr().out.strip()
    assert parse_ring(first, "SECRET_KEYS").current.id == "k9"
    assert first != make_key("k9")


def start(module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load settings in a process of its own."""
    code = f"from {module} import *; print(SECRET_KEYS, BLIND_KEY)"
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False
    )


def test_a_newcomers_keys_are_made_once_and_are_private(tmp_path: Path) -> None:
    first = start("cms.settings.dev", VAR_DIR=str(tmp_path))
    again = start("cms.settings.dev", VAR_DIR=str(tmp_path))
    assert first.stdout == again.stdout and len(first.stdout) > 80, first.stderr
    for part, name in zip(first.stdout.split(), ("SECRET_KEYS", "BLIND_KEY"), strict=True):
        assert len(parse_ring(part, name).current.secret) == 32
    for name in ("secret_key", "secret_keys", "blind_key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blind_key", "secret_key", "secret_keys"]
    chosen = start("cms.settings.dev", VAR_DIR=str(tmp_path), SECRET_KEYS=key("own"))
    assert chosen.stdout.startswith("own:")


def test_production_takes_them_from_the_environment_only() -> None:
    missing = start("cms.settings.production", SECRET_KEY="x", BLIND_KEY=key("b1"))
    assert missing.returncode and "SECRET_KEYS" in missing.stderr
    missing = start("cms.settings.production", SECRET_KEY="x", SECRET_KEYS=key("k1"))
    assert missing.returncode and "BLIND_KEY" in missing.stderr
    good = start("cms.settings.production", SECRET_KEY="x", SECRET_KEYS=key("k1"), BLIND_KEY=key("b1"))
    assert good.stdout.split() == [key("k1"), key("b1")]
