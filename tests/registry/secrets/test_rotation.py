"""Keys are changed while people work, and a run that dies is simply run again."""

import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction
from pytest_django.fixtures import Settings

from registry.organisations.models import Region, UnionNode
from registry.people.models import Honouree, PrivateFacts
from registry.people.naming import apply_name
from registry.people.privacy import find_by_identity, find_by_phone
from registry.secrets import rotation
from registry.secrets.checks import strays, troubles
from registry.secrets.models import KeyUse
from registry.secrets.rotation import remaining, rotate
from registry.secrets.uses import forget_uses
from tests.registry.secrets.made import key, number

ROOT = Path(__file__).resolve().parents[3]
OLD = {"SECRET_KEYS": key("k1"), "BLIND_KEY": key("b1"), "SECRET_SUITE": "aes"}
NEW = {
    "SECRET_KEYS": f"{key('k2')},{key('k1')}",
    "BLIND_KEY": f"{key('b2')},{key('b1')}",
    "SECRET_SUITE": "sm",
}


def use(settings: Settings, ring: dict[str, str]) -> None:
    """Start anew with these keys."""
    for name, value in ring.items():
        setattr(settings, name, value)
    forget_uses()


def run(chunk: int = 500) -> rotation.Progress:
    """Rotate everything; returns what came of the private facts."""
    return {progress.model: progress for progress in rotate(chunk=chunk)}["people.PrivateFacts"]


def phone(index: int) -> str:
    """Return an invented mobile number."""
    return f"1990000{index:04d}"


def people(count: int) -> list[PrivateFacts]:
    """Make files with a number, a phone and, every third, an address."""
    region, _made = Region.objects.get_or_create(
        code="640000", defaults={"name": "宁夏回族自治区", "short_name": "宁夏", "level": "province"}
    )
    top, _made = UnionNode.objects.get_or_create(
        path="R/", defaults={"code": "R", "name": "轮换工会", "kind": "regional", "region": region}
    )
    files = []
    for index in range(count):
        file = Honouree(kind="individual", union=top)
        apply_name(file, f"马轮{index}")
        files.append(file)
    Honouree._base.bulk_create(files)
    rows = []
    for index, file in enumerate(files):
        row = PrivateFacts(honouree=file)
        row.put("identity_number", number(sequence=f"{index % 1000:03d}", birth=f"19{50 + index // 1000}0308"))
        row.put("phone", phone(index))
        if index % 3 == 0:
            row.put("address", f"宁夏某处{index}号")
        rows.append(row)
    PrivateFacts._base.bulk_create(rows)
    return rows


def assert_whole(count: int) -> None:
    """Nothing lost, nothing doubled, everything readable under the new keys alone."""
    rows = list(PrivateFacts._base.order_by("honouree_id"))
    assert len(rows) == count
    for index, row in enumerate(rows):
        assert row.plain("phone") == phone(index)
        assert row.plain("address") == (f"宁夏某处{index}号" if index % 3 == 0 else "")
        assert row.phone.cipher.startswith("1.sm.k2.") and row.identity_digest.startswith("sm.b2.")
        found = find_by_identity(row.plain("identity_number"))
        assert found is not None and found.pk == row.honouree_id == getattr(find_by_phone(phone(index)), "pk", None)


@pytest.mark.django_db
def test_everything_moves_to_the_new_key_and_suite(settings: Settings) -> None:
    use(settings, OLD)
    people(25)
    use(settings, NEW)
    out = io.StringIO()
    call_command("rotate_keys", "--dry-run", stdout=out)
    assert "SECRET_KEYS k1: 59 values, still needed" in out.getvalue()
    assert "SECRET_KEYS k2: 0 values, current" in out.getvalue()
    assert PrivateFacts._base.filter(phone__under="1.aes.k1.").count() == 25
    out = io.StringIO()
    call_command("rotate_keys", "--chunk", "10", stdout=out)
    assert "people.PrivateFacts: 10 of 25 rows" in out.getvalue()
    assert "people.PrivateFacts: 25 of 25 rows" in out.getvalue()
    assert "SECRET_KEYS k1: 0 values, may leave the ring" in out.getvalue() or "k1" not in _retired()
    assert remaining()["seal:k2"] == 59 and remaining()["blind:b2"] == 50
    use(settings, {"SECRET_KEYS": key("k2"), "BLIND_KEY": key("b2"), "SECRET_SUITE": "sm"})
    assert troubles("default") == strays("default") == []
    assert_whole(25)
    before = list(PrivateFacts._base.order_by("pk").values_list("phone", flat=True))
    call_command("rotate_keys", stdout=io.StringIO())
    assert list(PrivateFacts._base.order_by("pk").values_list("phone", flat=True)) == before


def _retired() -> set[str]:
    return set(KeyUse.objects.exclude(retired_at=None).values_list("pk", flat=True))


@pytest.mark.django_db
def test_look_ups_work_before_during_and_after(settings: Settings) -> None:
    use(settings, OLD)
    rows = people(6)
    use(settings, NEW)
    steps = rotate(chunk=2)
    for _step in steps:
        for index, row in enumerate(rows):
            assert getattr(find_by_phone(phone(index)), "pk", None) == row.honouree_id
    assert {"seal:k1", "blind:b1"} <= _retired()


@pytest.mark.django_db
def test_a_row_that_cannot_be_opened_is_named_and_stays(settings: Settings) -> None:
    use(settings, OLD)
    rows = people(4)
    broken = rows[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_privatefacts SET phone = %s WHERE phone = %s", [rows[2].phone.cipher, broken.phone.cipher]
        )
    use(settings, NEW)
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="1 rows could not be moved"):
        call_command("rotate_keys", stdout=out, stderr=err)
    assert str(broken.pk) in err.getvalue() and "moved" in err.getvalue() and phone(2) not in err.getvalue()
    assert remaining()["seal:k1"] == 2 and "seal:k1" not in _retired()
    assert "still needed" in out.getvalue()
    assert rows[3].plain("phone") == phone(3)


@pytest.mark.django_db
def test_an_edit_between_reading_and_writing_wins(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, OLD)
    rows = people(3)
    use(settings, NEW)
    asked: list[Any] = []
    real = rotation._rotate_row

    def edited_meanwhile(row: Any, using: str, outcome: Any) -> None:
        if row.pk == rows[1].pk:
            asked.append(row.pk)
            mine = PrivateFacts._base.get(pk=row.pk)
            mine.put("phone", "19911112222")
            mine.save()
        real(row, using, outcome)

    monkeypatch.setattr(rotation, "_rotate_row", edited_meanwhile)
    last = run()
    assert asked and (last.moved, last.overtaken, last.failed) == (2, 1, {})
    assert PrivateFacts._base.get(pk=rows[1].pk).plain("phone") == "19911112222"
    monkeypatch.undo()
    list(rotate())
    assert PrivateFacts._base.filter(rotation.stale(PrivateFacts)).count() == 0
    assert PrivateFacts._base.get(pk=rows[1].pk).plain("phone") == "19911112222"


@pytest.mark.django_db
def test_a_number_that_stands_twice_under_two_keys_is_told(settings: Settings) -> None:
    use(settings, OLD)
    first, second = people(2)
    use(settings, NEW)
    second.put("identity_number", first.plain("identity_number"))
    second.save()
    last = run()
    assert list(last.failed) == [str(first.pk)] and "unique blind index" in last.failed[str(first.pk)]
    assert "blind:b1" not in _retired()


@pytest.mark.django_db
def test_a_chunk_that_met_a_deadlock_is_done_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, OLD)
    people(5)
    use(settings, NEW)
    real, failing = rotation._rotate_row, iter([False, False, True, False, False, False, False, False])

    def deadlock(row: Any, using: str, outcome: Any) -> None:
        real(row, using, outcome)
        if next(failing):
            raise OperationalError("deadlock detected")

    monkeypatch.setattr(rotation, "_rotate_row", deadlock)
    last = run()
    assert (last.moved, last.overtaken, last.failed) == (5, 0, {})
    assert_whole(5)


class Killed(BaseException):
    """Stands for the process's end: nobody catches it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(8))
def test_a_run_that_dies_anywhere_is_run_again(settings: Settings, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    use(settings, OLD)
    people(30)
    use(settings, NEW)
    die_at = random.Random(seed).randrange(1, 70)
    statements = 0

    def dying(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == die_at:
            raise Killed
        return execute(sql, params, many, context)

    with pytest.raises(Killed), connection.execute_wrapper(dying):
        list(rotate(chunk=7))
    list(rotate(chunk=7))
    assert {"seal:k1", "blind:b1"} <= _retired()
    use(settings, {"SECRET_KEYS": key("k2"), "BLIND_KEY": key("b2"), "SECRET_SUITE": "sm"})
    assert_whole(30)


def command(*options: str) -> subprocess.Popen[str]:
    """Start `rotate_keys` as a process of its own on the test's database."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        url = f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {**os.environ, **NEW, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "cms.settings.dev"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys", *options],
        cwd=ROOT,
        env={**environment, "SECRET_KEY": "tests-only"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def _killed_at_the_end() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_kill_9_and_start_again(settings: Settings, _killed_at_the_end: list[subprocess.Popen[str]]) -> None:
    """Three real kills in the middle of the work, then one run to the end."""
    count = 900
    use(settings, OLD)
    people(count)
    use(settings, NEW)
    chance = random.Random(9)
    moved = [0]
    for _turn in range(3):
        process = command("--chunk", "10")
        _killed_at_the_end.append(process)
        assert process.stdout is not None
        for _line in range(chance.randrange(3, 12)):
            process.stdout.readline()
        time.sleep(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        moved.append(PrivateFacts._base.filter(phone__under="1.sm.k2.").count())
        assert moved[-2] < moved[-1] < count
    last = command()
    _killed_at_the_end.append(last)
    out, err = last.communicate(timeout=120)
    assert last.returncode == 0, err
    assert "SECRET_KEYS k2: 2,100 values, current" in out
    use(settings, {"SECRET_KEYS": key("k2"), "BLIND_KEY": key("b2"), "SECRET_SUITE": "sm"})
    assert_whole(count)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_people_edit_while_keys_rotate(settings: Settings) -> None:
    """Two clerks change addresses all the while, one of them locking as the actions do; every edit survives."""
    use(settings, OLD)
    rows = people(200)
    use(settings, NEW)
    stop = threading.Event()
    written: dict[Any, str] = {}
    troubles_met: list[BaseException] = []

    def clerk(mine: list[PrivateFacts], seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                with transaction.atomic():
                    row = PrivateFacts._base.select_for_update().get(pk=chance.choice(mine).pk)
                    text = f"新址{chance.random()}"
                    row.put("address", text)
                    time.sleep(0.001)
                    row.save()
                written[row.pk] = text
        except BaseException as error:
            troubles_met.append(error)
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=clerk, args=(rows[half::2], half)) for half in (0, 1)]
    for one in clerks:
        one.start()
    try:
        while len(written) < 5 and not troubles_met:
            time.sleep(0.01)
        while PrivateFacts._base.filter(rotation.stale(PrivateFacts)).exists() and not troubles_met:
            assert run(chunk=9).failed == {}
    finally:
        stop.set()
        for one in clerks:
            one.join()
    assert troubles_met == [] and len(written) > 20
    for row in PrivateFacts._base.all():
        assert row.plain("phone") and row.address is None or row.address.cipher.startswith("1.sm.k2.")
        if row.pk in written:
            assert row.plain("address") == written[row.pk]
