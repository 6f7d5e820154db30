"""Search at 100,000 honourees: the embedded engine on SQLite (and PostgreSQL when it runs), the server against itself.

Each database is a scratch one of its own, kept under `var/bench` and filled once; `BENCH_PEOPLE` sets another number.
With `DATABASE_URL` and `ELASTICSEARCH_URL` (`make services`) those are measured too.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bench.harness import ROOT, claim, milliseconds, p95

NUMBER = int(os.environ.get("BENCH_PEOPLE", "100000"))
SCRATCH = ROOT / "var" / "bench"
REPEAT = 3
BROAD = ["有限公司", "宁夏", "公司", "银川 公司", "五一劳动奖章"]
NAMES_SAMPLED = 60


def main() -> int:
    """Measure each database in a process of its own: settings are read once."""
    if len(sys.argv) > 1:
        return measure(sys.argv[1])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    server = os.environ.get("DATABASE_URL", "")
    runs = {"sqlite": f"sqlite:///{SCRATCH / f'search-{NUMBER}.sqlite3'}"}
    if server.startswith("postgres"):
        runs["postgresql"] = server.rsplit("/", 1)[0] + f"/bench_search_{NUMBER}"
    failed = 0
    for name, url in runs.items():
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "cms.settings.test",
            "SEARCH_INDEX_PREFIX": f"bench-{NUMBER}",
        }
        if name == "postgresql":
            _make_database(server, f"bench_search_{NUMBER}")
        command = [sys.executable, "-m", "bench.bench_search", name]
        failed |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return failed


def _make_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


def measure(name: str) -> int:
    """Fill the scratch database if it is empty, then measure."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench import people
    from registry.honours.reference import load_reference
    from registry.people.models import Honouree
    from search import indexing, service
    from search.engines.embedded import EmbeddedEngine
    from search.models import SearchEntry

    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    load_reference()
    if Honouree._base.count() < NUMBER:
        people.fill(NUMBER)
        print(f"{name}: {NUMBER:,} honourees in {time.perf_counter() - began:.0f} s", flush=True)
    engine = EmbeddedEngine()
    if SearchEntry.objects.count() != NUMBER or not _is_current():
        began = time.perf_counter()
        indexing.rebuild(engine)
        print(f"{name}: indexed at {NUMBER / (time.perf_counter() - began):,.0f} documents/s", flush=True)
        _settle()
    truth = Truth()
    embedded(name, engine, truth)
    if name == "sqlite" and os.environ.get("ELASTICSEARCH_URL"):
        against_the_server(service.server(), truth)
    return 0


def _is_current() -> bool:
    """Whether the index says what today's code would write: an older bench may have left it."""
    from search.models import SearchEntry
    from search.sources import build, honouree_ids, now_version

    documents = build("honouree", [next(iter(honouree_ids()))], now_version())[0]
    return all(SearchEntry.objects.filter(key=each.key, digest=each.digest).exists() for each in documents)


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Truth:
    """Names and pinyin of everybody in plain Python, to hold the answers against."""

    def __init__(self) -> None:
        from registry.honours.queries import public_honourees
        from registry.text.normalise import fold
        from registry.text.pinyin import name_readings

        self.names = [(f"honouree:{pk}", fold(name)) for pk, name in public_honourees().values_list("pk", "name")]
        people = [(key, name) for key, name in self.names if len(name) <= 4]
        self.readings = [
            (key, ["".join(reading) for reading in name_readings(name)], list(name_readings(name)))
            for key, name in people
        ]
        chance = random.Random(5)
        sample = [name for _, name in chance.sample(people, NAMES_SAMPLED)]
        surnames = sorted({name[0] for name in sample})
        self.han = [*sample, *(name[:2] for name in sample), *(name[1:] for name in sample), *surnames]
        readings = [name_readings(name)[0] for name in sample]
        self.pinyin = ["".join(reading) for reading in readings]
        self.pinyin += ["".join(reading[:2]) for reading in readings]
        self.pinyin += ["".join(syllable[0] for syllable in reading) for reading in readings]
        self.pinyin += ["".join(reading)[:length] for length in (1, 2, 3, 4) for reading in readings[:10]]
        self.han, self.pinyin = sorted(set(self.han)), sorted(set(self.pinyin))

    def named(self, text: str) -> set[str]:
        """Return who must be found by Han characters of a name: consecutive, or by every pair of them."""
        return {key for key, name in self.names if text in name}

    def sounding(self, text: str) -> set[str]:
        """Return whose whole name, in any reading, begins with these letters, or has these initials."""
        return {
            key
            for key, whole, readings in self.readings
            if any(sound.startswith(text) for sound in whole)
            or any("".join(syllable[0] for syllable in reading).startswith(text) for reading in readings)
        }


def embedded(name: str, engine: Any, truth: Truth) -> None:
    """Measure what a visitor waits for: the page of hits and the count; with facets for broad phrases."""
    from search.analysis import parse_query
    from search.engines.base import Ask

    def ask(text: str, **more: Any) -> Callable[[], Any]:
        return lambda: engine.search(Ask(parse_query(text), **more))

    # The suggestion list asks for eight, the page for 24 with facets: the short questions are those of somebody typing.
    for kind, texts in (("Han", truth.han), ("pinyin", truth.pinyin)):
        taken = []
        for text in texts:
            ask(text)()
            taken += [(milliseconds(ask(text)), text) for _ in range(REPEAT)]
        slow = max(taken)
        figure = p95(time_ for time_, _ in taken)
        claim(f"search embedded {name}: {kind} names, 1-4 characters, p95", figure, "ms", 10, 10, False)
        print(f"      slowest {slow[1]} {slow[0]:.1f} ms; {len(texts)} queries", flush=True)
    claim(f"search embedded {name}: recall of Han names", recall(engine, truth.han, truth.named), "", 1, 1, True)
    claim(f"search embedded {name}: recall of pinyin", recall(engine, truth.pinyin, truth.sounding), "", 1, 1, True)
    broad: list[float] = []
    for text in BROAD:
        ask(text, facets=True)()
        here = [milliseconds(ask(text, facets=True)) for _ in range(5)]
        answer = ask(text, facets=True)()
        print(f"      {text}: {sum(answer.facets['kind'].values()):,} hits, {min(here):.0f} ms", flush=True)
        broad += here
    claim(f"search embedded {name}: broad phrase with facets, p95", p95(broad), "ms", 150, 150, False)
    claim(f"search embedded {name}: update of one row, p95", p95(updates(engine)), "ms", 5, 5, False)


def recall(engine: Any, texts: list[str], truth: Callable[[str], set[str]]) -> float:
    """Return the share of what must be found that is found."""
    from search.analysis import parse_query
    from search.engines.base import Ask

    wanted = found = 0
    for text in texts:
        must = truth(text)
        keys: set[str] = set()
        if must:
            answer = engine.search(Ask(parse_query(text), size=NUMBER))
            keys = {hit.key for hit in answer.hits}
        wanted += len(must)
        found += len(must & keys)
    return found / wanted if wanted else 0.0


def updates(engine: Any) -> list[float]:
    """Return how long it takes to write one document with another post than before, commit included."""
    from search.sources import build, honouree_ids, now_version

    ids = list(honouree_ids())
    documents = []
    for pk in random.Random(3).sample(ids, 60):
        now = build("honouree", [pk], now_version())[0][0]
        documents.append(replace(now, text_terms=(*now.text_terms, f"{time.time_ns()}")))
    return [milliseconds(lambda document=document: engine.index([document])) for document in documents]  # type: ignore[misc]


def against_the_server(engine: Any, truth: Truth) -> None:
    """Hold our path against the server's own `took` for the very same requests."""
    from django.conf import settings

    from search import dsl, indexing
    from search.analysis import parse_query
    from search.engines.base import Ask, EngineAway

    settings.ELASTICSEARCH_TIMEOUT = 30
    try:
        number = int(dsl.client().count(index=engine.alias)["count"]) if engine.ping() else 0
        if number != NUMBER:
            began = time.perf_counter()
            indexing.rebuild(engine)
            print(f"elasticsearch: indexed at {NUMBER / (time.perf_counter() - began):,.0f} documents/s", flush=True)
    except EngineAway as error:
        print(f"elasticsearch: not measured, {error}", flush=True)
        return
    groups = {
        "Han names": [Ask(parse_query(text)) for text in truth.han[:60]],
        "pinyin": [Ask(parse_query(text)) for text in truth.pinyin[:60]],
        "broad with facets": [Ask(parse_query(text), facets=True) for text in BROAD for _ in range(6)],
    }
    for name, asks in groups.items():
        for ask in asks:
            engine.search(ask)
        whole, took = [], []
        for ask in [*asks, *asks]:
            # Ours and the server's own figure of the same request, one after the other in the same state.
            whole.append(milliseconds(lambda ask=ask: engine.search(ask)))  # type: ignore[misc]
            took.append(float(engine._request(ask).execute().took))
        limit = p95(took)
        claim(f"search elasticsearch: {name}, p95", p95(whole), "ms", limit, 1.5 * limit + 5, False)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    sys.exit(main())
