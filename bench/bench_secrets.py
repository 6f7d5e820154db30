"""Private facts against bare `cryptography`, in the same run: opening, sealing, digesting, revealing and looking up a number.

The limit of each is the same job done by hand with the library: stored text to plaintext, plaintext to stored text, number to digest,
and the same queries with those. A scratch database under `var/bench` (on the server with `DATABASE_URL`) holds `BENCH_SECRETS` files.
"""

import os
import subprocess
import sys
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from typing import Any
from unittest import mock

from bench.harness import ROOT, claim, median, milliseconds

NUMBER = int(os.environ.get("BENCH_SECRETS", "20000"))
SCRATCH = ROOT / "var" / "bench"
TEXTS = 2_000
ROUNDS = 15
GOAL = 2.0
REASON = "性能测量"


def main() -> int:
    """Measure in a process of its own: settings are read once."""
    if len(sys.argv) > 1:
        return measure(sys.argv[1])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    server = os.environ.get("DATABASE_URL", "")
    runs = {"sqlite": f"sqlite:///{SCRATCH / f'secrets-{NUMBER}.sqlite3'}"}
    if server.startswith("postgres"):
        runs["postgresql"] = server.rsplit("/", 1)[0] + f"/bench_secrets_{NUMBER}"
        _make_database(server, f"bench_secrets_{NUMBER}")
    failed = 0
    for name, url in runs.items():
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
        command = [sys.executable, "-m", "bench.bench_secrets", name]
        failed |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return failed


def _make_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


def side_by_side(name: str, ours: Callable[[], Any], bare: Callable[[], Any], per: int, unit: str = "µs") -> None:
    """Time both in turn, so that the machine's moods meet both alike; claim the medians, per single job."""
    factor = 1000 / per if unit == "µs" else 1 / per
    ours(), bare()
    rounds = [(milliseconds(ours), milliseconds(bare)) for _ in range(ROUNDS)]
    figure, limit = median(one for one, _ in rounds) * factor, median(other for _, other in rounds) * factor
    claim(name, figure, unit, limit, GOAL * limit, higher_is_better=False)


def measure(database: str) -> int:
    """Fill the scratch database if it is empty, then measure."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0)
    if database == "sqlite":
        for suite in ("aes", "sm"):
            with override_settings(SECRET_SUITE=suite):
                _in_memory(suite)
    _in_the_database(database)
    return 0


def _in_memory(suite: str) -> None:
    from cryptography.hazmat.primitives import hmac

    from registry.secrets.keys import blind_ring, ring
    from registry.secrets.sealing import digest, seal, unseal
    from registry.secrets.suites import NONCE, SUITES

    texts = [f"6401991965{index:08d}" for index in range(TEXTS)]
    places = [f"people.privatefacts.identity_number:{index:032x}" for index in range(TEXTS)]
    stored = [seal(text, place) for text, place in zip(texts, places, strict=True)]
    bodies = [
        (one.rpartition(".")[2], one.rpartition(".")[0] + "." + place)
        for one, place in zip(stored, places, strict=True)
    ]
    cipher = SUITES[suite].cipher(ring().current.secret)

    def bare_open() -> None:
        for body, place in bodies:
            data = a2b_base64(body)
            cipher.decrypt(data[:NONCE], data[NONCE:], place.encode()).decode()

    def bare_seal() -> None:
        for text, (_body, place) in zip(texts, bodies, strict=True):
            nonce = os.urandom(NONCE)
            b2a_base64(nonce + cipher.encrypt(nonce, text.encode(), place.encode()), newline=False).decode()

    def bare_digest() -> None:
        for text in texts:
            made = hmac.HMAC(blind_ring().current.secret, SUITES[suite].hash)
            made.update(text.encode())
            made.finalize().hex()

    def ours_open() -> None:
        for one, place in zip(stored, places, strict=True):
            unseal(one, place)

    def ours_seal() -> None:
        for text, place in zip(texts, places, strict=True):
            seal(text, place)

    side_by_side(f"secrets: open, {suite}", ours_open, bare_open, TEXTS)
    side_by_side(f"secrets: seal, {suite}", ours_seal, bare_seal, TEXTS)
    side_by_side(f"secrets: digest, {suite}", lambda: [digest("identity", t) for t in texts], bare_digest, TEXTS)


def _number(index: int) -> str:
    from stdnum.cn.ric import calc_check_digit

    body = f"640199{1930 + index // 28_000}{1 + index // 1000 % 12:02d}{1 + index // 12_000 % 28:02d}{index % 1000:03d}"
    return body + str(calc_check_digit(body + "0"))


def _fill() -> Any:
    """Fill once; returns the officer who may reveal."""
    from django.contrib.auth.models import Permission

    from registry.accounts.enums import Role
    from registry.accounts.models import User
    from registry.organisations.actions import appoint
    from registry.organisations.models import Region, UnionNode
    from registry.people.models import Honouree, PrivateFacts
    from registry.people.naming import apply_name

    region, _made = Region.objects.get_or_create(
        code="640000", defaults={"name": "宁夏回族自治区", "short_name": "宁夏", "level": "province"}
    )
    node, _made = UnionNode.objects.get_or_create(
        path="B/", defaults={"code": "B", "name": "测量工会", "kind": "regional", "region": region}
    )
    user, made = User.objects.get_or_create(username="bench")
    if made:
        appoint(user, Role.REGISTRAR, node, actor=None)
        user.user_permissions.add(Permission.objects.get(codename="reveal_privatefacts"))
    there = PrivateFacts._base.count()
    for start in range(there, NUMBER, 2_000):
        files = []
        for index in range(start, min(start + 2_000, NUMBER)):
            file = Honouree(kind="individual", union=node)
            apply_name(file, f"马{index}")
            files.append(file)
        Honouree._base.bulk_create(files)
        rows = []
        for index, file in enumerate(files, start):
            row = PrivateFacts(honouree=file)
            row.put("identity_number", _number(index))
            row.put("phone", f"199{index:08d}")
            rows.append(row)
        PrivateFacts._base.bulk_create(rows)
    return User.objects.get(pk=user.pk)


def _in_the_database(database: str) -> None:
    from cryptography.hazmat.primitives import hmac

    from registry.people.models import Honouree
    from registry.people.privacy import find_by_identity, reveal
    from registry.secrets.keys import blind_ring, ring
    from registry.secrets.sealing import digest
    from registry.secrets.suites import NONCE, SUITES

    officer = _fill()
    numbers = [_number(index * (NUMBER // 200)) for index in range(200)]
    cipher, suite = SUITES["aes"].cipher(ring().current.secret), SUITES["aes"]
    known = {number: digest("identity", number) for number in numbers}
    keyed = hmac.HMAC(blind_ring().current.secret, suite.hash)

    def bare_unseal(stored: str, place: str) -> str:
        head, _dot, body = stored.rpartition(".")
        data = a2b_base64(body)
        return cipher.decrypt(data[:NONCE], data[NONCE:], f"{head}.{place}".encode()).decode()

    def bare_look_up() -> None:
        for number in numbers:
            made = keyed.copy()
            made.update(number.encode())
            made.finalize().hex()
            Honouree._base.filter(private_facts__identity_digest=known[number]).first()

    def ours_look_up() -> None:
        for number in numbers:
            find_by_identity(number)

    people = list(Honouree._base.filter(private_facts__isnull=False).order_by("pk")[:20])

    def ours_reveal() -> None:
        for person in people:
            reveal(person, "identity_number", actor=officer, reason=REASON)

    def bare_reveal() -> None:
        with mock.patch("registry.secrets.fields.unseal", bare_unseal):
            ours_reveal()

    assert all(find_by_identity(number) for number in numbers)
    side_by_side(f"secrets: look up a number among {NUMBER:,}, {database}", ours_look_up, bare_look_up, 200, "ms")
    side_by_side(f"secrets: reveal with its audit entry, {database}", ours_reveal, bare_reveal, len(people), "ms")


if __name__ == "__main__":
    sys.exit(main())
