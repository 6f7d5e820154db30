"""A lost or wrong key is noticed at start-up."""

import os
import subprocess
import sys

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from registry.people.models import PrivateFacts
from registry.secrets.checks import strays, troubles, verify_at_start
from registry.secrets.keys import RingError
from registry.secrets.models import KeyUse
from registry.secrets.uses import BLIND, note_use
from tests.registry.conftest import Federation
from tests.registry.secrets.made import key, number
from tests.registry.secrets.test_fields import person


def errors() -> list[str]:
    """What the checks at start-up say, with the database."""
    return [
        f"{error.id} {error.msg}" for error in run_checks(tags=[Tags.security, Tags.database], databases=["default"])
    ]


@pytest.fixture
def stored(federation: Federation, settings: Settings) -> PrivateFacts:
    """A number under k1 and b1."""
    settings.SECRET_KEYS, settings.BLIND_KEY = key("k1"), key("b1")
    held = PrivateFacts(honouree=person(federation))
    held.put("identity_number", number())
    held.save()
    return held


def test_the_first_use_of_a_key_is_written_down_once(stored: PrivateFacts) -> None:
    assert set(KeyUse.objects.values_list("pk", flat=True)) == {"seal:k1", "blind:b1"}
    assert not any(number() in canary for canary in KeyUse.objects.values_list("canary", flat=True))
    assert errors() == []
    stored.put("phone", "13800138000")
    stored.save()
    assert KeyUse.objects.count() == 2


@pytest.mark.parametrize(
    ("secret_keys", "blind_key", "words"),
    [
        ("", key("b1"), "secrets.E001 SECRET_KEYS is empty"),
        (key("k1"), "", "secrets.E001 BLIND_KEY is empty"),
        ("k1:nonsense", key("b1"), "secrets.E001 SECRET_KEYS, key 1 (k1)"),
        (key("k2"), key("b1"), "secrets.E002 SECRET_KEYS: the key k1 is in use and missing"),
        (key("k1"), key("b2"), "secrets.E002 BLIND_KEY: the key b1 is in use and missing"),
        (key("k1", "wrong"), key("b1"), "secrets.E002 SECRET_KEYS: the key k1 is not the one"),
        (key("k1"), key("b1", "wrong"), "secrets.E002 BLIND_KEY: the key b1 is not the one"),
    ],
)
def test_a_lost_or_wrong_key_stops_the_start(
    stored: PrivateFacts, settings: Settings, secret_keys: str, blind_key: str, words: str
) -> None:
    settings.SECRET_KEYS, settings.BLIND_KEY = secret_keys, blind_key
    assert any(error.startswith(words) for error in errors()), errors()
    with pytest.raises(SystemCheckError, match=words.split(" ", 1)[1].replace("(", r"\(").replace(")", r"\)")):
        call_command("check", databases=["default"])
    with pytest.raises(ImproperlyConfigured), transaction.atomic():
        verify_at_start()


def test_a_whole_ring_with_the_old_key_behind_starts(stored: PrivateFacts, settings: Settings) -> None:
    settings.SECRET_KEYS, settings.BLIND_KEY = f"{key('k2')},{key('k1')}", f"{key('b2')},{key('b1')}"
    settings.SECRET_SUITE = "sm"
    assert errors() == []
    assert stored.plain("identity_number") == number()


def test_stored_texts_speak_even_when_the_table_of_keys_is_silent(stored: PrivateFacts, settings: Settings) -> None:
    KeyUse.objects.all().delete()
    settings.SECRET_KEYS, settings.BLIND_KEY = key("k2"), key("b2")
    assert troubles("default") == []
    assert strays("default") == [
        "people.PrivateFacts.identity_number: the key k1 is missing from the ring",
        "people.PrivateFacts.identity_digest: the key b1 is missing from the ring",
    ]


def test_nothing_is_written_under_a_wrong_key(stored: PrivateFacts, settings: Settings) -> None:
    settings.SECRET_KEYS = key("k1", "wrong")
    connection.run_on_commit.clear()  # as in another process
    stored.put("address", "宁夏")
    with pytest.raises(RingError, match="not the one"), transaction.atomic():
        stored.save()
    assert PrivateFacts._base.get(pk=stored.pk).address is None


def test_a_row_under_a_lost_key_can_be_saved_as_it_is(stored: PrivateFacts, settings: Settings) -> None:
    KeyUse.objects.all().delete()
    settings.SECRET_KEYS = key("k2")
    connection.run_on_commit.clear()
    stored.save()
    assert not KeyUse.objects.filter(pk="seal:k1").exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_use_is_noted_again(settings: Settings) -> None:
    KeyUse.objects.all().delete()
    try:
        with transaction.atomic():
            note_use("test")
            note_use("test")
            raise ValueError
    except ValueError:
        assert not KeyUse.objects.exists()
    with transaction.atomic():
        try:
            with transaction.atomic():
                note_use("test")
                raise ValueError
        except ValueError:
            note_use("test")
    note_use("blind", use=BLIND)
    assert set(KeyUse.objects.values_list("pk", flat=True)) == {"seal:test", "blind:blind"}
    with connection.execute_wrapper(_refuse):
        note_use("test")


def _refuse(*_args: object) -> None:
    raise AssertionError("a committed use costs no query")


def test_checks_before_the_first_migration_find_nothing_to_say(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda *_args, **_options: [])
    assert troubles("default") == strays("default") == []


def test_a_web_server_without_keys_does_not_start() -> None:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "SECRET_KEY": "x" * 60,
        "SECRET_KEYS": "k1:broken",
        "BLIND_KEY": key("b1"),
        "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",
    }
    ran = subprocess.run([sys.executable, "-c", "import cms.wsgi"], env=environment, capture_output=True, text=True)
    assert ran.returncode and "SECRET_KEYS, key 1 (k1)" in ran.stderr
