"""Statistics at a million files: the page now, on past days and for one county; how fast changes are counted; whether a recount agrees.

Runs on SQLite in a folder made anew, and on the PostgreSQL database of `BENCH_STATISTICS_URL` (an empty one made for it) when that is set.
`BENCH_STATISTICS_SIZE` sets another number. Each figure stands beside the plain way: grouping all files by the same two facts.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.harness import ROOT, claim, median, milliseconds, times

WORK = ROOT / "var" / "bench" / "statistics"
SIZE = int(os.environ.get("BENCH_STATISTICS_SIZE", "1000000"))
GOAL = 300.0  # milliseconds for the page
PAGES = {
    "first view": "",
    "region and ethnicity": "rows=region&columns=ethnicity",
    "year and age": "rows=year&columns=age",
    "honours, union and decade": "of=honours&rows=union&columns=decade",
    "honours, year and industry": "of=honours&rows=year&columns=industry",
}
# Facts that the invented register leaves empty, spread by the number of the file.
FACTS = """
UPDATE people_honouree SET
  industry_id = substr('ABCDEFGHIJKLMNOPQRST', CAST(id * 17 % 20 + 1 AS integer), 1),
  born = CASE WHEN kind = 'individual' AND id % 11 > 0 THEN CAST(1925 + id * 7919 % 78 AS varchar(4)) ELSE '' END,
  died = CASE WHEN kind = 'individual' AND id % 9 = 0 THEN CAST(1990 + id * 31 % 35 AS varchar(4)) ELSE '' END,
  ethnicity_id = CASE WHEN kind = 'collective' THEN NULL WHEN id % 10 < 6 THEN '01' WHEN id % 10 < 9 THEN '03'
    ELSE substr(CAST(101 + id * 13 % 56 AS varchar(3)), 2, 2) END,
  political_status_id = CASE WHEN kind = 'collective' THEN NULL
    ELSE substr(CAST(101 + id * 7 % 13 AS varchar(3)), 2, 2) END,
  identity_class = CASE WHEN kind = 'collective' THEN '' WHEN id % 5 = 0 THEN 'industrial_worker'
    WHEN id % 5 = 1 THEN 'farmer' WHEN id % 5 = 2 THEN 'science_education' WHEN id % 5 = 3 THEN 'official' ELSE 'other' END
"""


def main() -> int:
    """Measure each database in a process of its own: settings are read once."""
    if len(sys.argv) > 1:
        return measure(sys.argv[1])
    failed = 0
    for name, url in (("sqlite", ""), ("postgresql", os.environ.get("BENCH_STATISTICS_URL", ""))):
        if name == "postgresql" and not url:
            continue
        shutil.rmtree(WORK, ignore_errors=True)
        (WORK / "static").mkdir(parents=True)
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.dev", "VAR_DIR": str(WORK), "LOG_LEVEL": "ERROR", "DATABASE_URL": url,
        }  # fmt: skip
        if not url:
            del environment["DATABASE_URL"]
        environment.pop("REDIS_URL", None)
        command = [sys.executable, "-m", "bench.bench_statistics", name]
        failed |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        shutil.rmtree(WORK, ignore_errors=True)
    return failed


def measure(name: str) -> int:
    """Fill, count, measure."""
    import django

    from bench import bulk, register

    django.setup()
    from django.db import connection

    if "people_honouree" not in connection.introspection.table_names():
        register.prepare(1)
    register.grow(SIZE)

    from registry.people.models import Honouree
    from registry.statistics import actions
    from registry.statistics.models import Cell, Span

    if not Honouree._base.exclude(born="").exists():
        with bulk.without_indexes(Honouree), connection.cursor() as cursor:
            cursor.execute(FACTS)
        bulk.analyse()
    began = time.perf_counter()
    actions.rebuild()
    took = time.perf_counter() - began
    claim(f"statistics {name}: {SIZE:,} files counted anew", SIZE / took, "files/s", SIZE / took, 2000, True)
    print(f"      {Span._base.count():,} spans, {Cell.objects.count():,} cells, {took:.0f} s", flush=True)
    pages(name)
    writes(name)
    began = time.perf_counter()
    verdict = actions.check()
    wrong = len(verdict.spans) + len(verdict.cells) + len(verdict.totals)
    claim(f"statistics {name}: numbers that a recount finds wrong", wrong, "", 0, 0, False)
    print(f"      recounted in {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def pages(name: str) -> None:
    """Measure whole requests: for the region now and on past days, for a county, and for somebody with two counties."""
    from django.db.models import Count

    from registry.organisations.models import UnionNode
    from registry.people.models import Honouree

    top = UnionNode.objects.get(parent=None)
    counties = list(
        UnionNode.objects.filter(path__startswith=top.path, kind="regional").exclude(children__isnull=False)[:2]
    )
    plain = milliseconds(
        lambda: list(Honouree._base.filter(kind="individual").values_list("region", "ethnicity").annotate(Count("pk")))
    )
    ask = _asker(top)
    for words, query in PAGES.items():
        _page(f"statistics {name}: {words}", ask, query, plain)
    for words, day in (
        ("as of last year's May Day", date(date.today().year - 1, 5, 1)),
        ("as of 2000", date(2000, 5, 1)),
        ("as of 1970", date(1970, 5, 1)),
    ):
        _page(f"statistics {name}: {words}", ask, f"day={day}", plain)
    _page(f"statistics {name}: one county", _asker(counties[0]), "", plain)
    _page(f"statistics {name}: one county as of 2000", _asker(counties[0]), "day=2000-05-01", plain)
    _page(f"statistics {name}: two counties together", _asker(*counties), "", plain)


def _page(name: str, ask: Callable[[str], Any], query: str, plain: float) -> None:
    assert ask(query).status_code == 200
    # The least of several: what else the machine does only ever adds to it. On SQLite the processor's time is all there is to it.
    began, goes = time.process_time(), 9
    took = min(times(lambda: ask(query), goes, warm_up=0))
    processor = (time.process_time() - began) / goes * 1000
    claim(f"{name}, whole request", took, "ms", plain, GOAL, False)
    print(f"      {processor:.0f} ms of this process's processor time", flush=True)


def _asker(*nodes: Any) -> Callable[[str], Any]:
    from django.core.cache import cache
    from django.test import Client
    from django.urls import reverse

    from registry.accounts.enums import Role
    from registry.accounts.models import User
    from registry.organisations.actions import appoint

    user, new = User.objects.get_or_create(username=f"bench-statistics-{'-'.join(str(node.pk) for node in nodes)}")
    for node in nodes if new else ():
        appoint(user, Role.REGISTRAR, node, actor=None)
    client = Client()
    client.force_login(user, backend="registry.organisations.backends.RoleBackend")

    def ask(query: str) -> Any:
        # A past day is kept once it was counted: here it is counted each time.
        cache.clear()
        return client.get(f"{reverse('console_statistics')}?{query}")

    return ask


def writes(name: str) -> None:
    """Measure what a change costs: one file at a time, and ten thousand that an import left."""
    from registry.people.models import Honouree
    from registry.statistics import actions

    def change(pk: int) -> None:
        Honouree._base.filter(pk=pk).update(sex="female", born=f"{1930 + pk % 60}", industry="A")
        actions.owe([pk])
        actions.catch_up()

    persons = list(
        Honouree._base.filter(kind="individual", pk__gt=1000).order_by("pk").values_list("pk", flat=True)[:10_040]
    )
    one = median([milliseconds(lambda pk=pk: change(pk)) for pk in persons[:40]])  # type: ignore[misc]
    claim(f"statistics {name}: one changed file counted again", one, "ms", one, 60, False)
    many = persons[40:]
    Honouree._base.filter(pk__in=many[:5000]).update(sex="male", industry="B", born="1977")
    Honouree._base.filter(pk__in=many[5000:]).update(sex="female", industry="C", born="1955")
    actions.owe(many)
    began = time.perf_counter()
    actions.catch_up()
    rate = len(many) / (time.perf_counter() - began)
    claim(f"statistics {name}: 10,000 changed files counted again", rate, "files/s", rate, 1000, True)


if __name__ == "__main__":
    sys.exit(main())
