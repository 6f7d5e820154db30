"""A list of 100,000 people with identity numbers: read, checked, sealed, matched, written, audited; taken back.

`DATABASE_URL` names the server, on which a database of its own is made anew; without it SQLite is measured. `ROWS` changes the number.
Beside it are measured: COPY of the same file into one table with a unique number, and django-import-export's default Resource on the
table of files.
"""

import io
import os
import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.harness import ROOT, claim

WORK = ROOT / "var" / "bench" / "intake"
ROWS = int(os.environ.get("ROWS", "100000"))
BASELINE_ROWS = 3_000
NAME = "bench_intake"
HEADINGS = (
    "姓名",
    "性别",
    "民族",
    "出生年月",
    "身份证号",
    "手机号",
    "工作单位",
    "职务",
    "荣誉称号",
    "年度",
    "地区",
    "备注",
)
MEGABYTE = 1024 * 1024


def person(n: int) -> tuple[str, ...]:
    """Return one invented person: an area that no county bears, a right check digit, one unit for every 25."""
    from stdnum.cn.ric import calc_check_digit

    year, rest = 1930 + n % 75, n // 75
    month, day, serial = 1 + rest % 12, 1 + rest // 12 % 28, rest // 336
    body = f"640{190 + serial // 500:03d}{year}{month:02d}{day:02d}{2 * (serial % 500) + 1:03d}"
    name = f"{'王李张刘陈杨黄赵吴周'[n % 10]}{chr(0x5200 + n // 7 % 200)}{chr(0x6200 + n // 1400 % 200)}"
    phone = f"13{n:09d}"
    unit = f"银川市第{n // 25}机械厂"
    return (
        name, "男", "汉族", f"{year}-{month:02d}", body + calc_check_digit(body + "0"), phone, unit, "车工", "塞上工匠", "2024", "银川市",
        "",
    )  # fmt: skip


def people(number: int) -> Iterator[str]:
    """Yield the lines of the list."""
    yield ",".join(HEADINGS)
    for n in range(number):
        yield ",".join(person(n))


def main() -> None:
    """Measure in a folder and a database made anew."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    server = os.environ.pop("DATABASE_URL", "")
    os.environ.pop("REDIS_URL", None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="cms.settings.dev", VAR_DIR=str(WORK), LOG_LEVEL="ERROR", SEARCH_ENGINE="embedded",
        INTAKE_LIMITS='{"rows": 1100000, "packed": 300000000, "area": 20000000, "text": 900000000}',
    )  # fmt: skip
    if server.startswith("postgres"):
        _database(server, f"CREATE DATABASE {NAME}")
        os.environ["DATABASE_URL"] = server.rsplit("/", 1)[0] + f"/{NAME}"
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from registry.honours.reference import load_reference

        call_command("migrate", verbosity=0, interactive=False)
        load_reference()
        measure()
    finally:
        if server.startswith("postgres"):
            from django.db import connections

            connections.close_all()
            _database(server)
        shutil.rmtree(WORK, ignore_errors=True)


def _database(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        for statement in (f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", *statements):
            connection.execute(statement.encode())


@contextmanager
def profiled(name: str) -> Iterator[None]:
    """Write a profile when PROFILE is set."""
    if not os.environ.get("PROFILE"):
        yield
        return
    import cProfile
    import pstats

    profile = cProfile.Profile()
    with profile:
        yield
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(45)
    pstats.Stats(profile, stream=out).sort_stats("cumulative").print_stats(70)
    (ROOT / "var" / "bench" / f"profile-{name}.txt").write_text(out.getvalue())


def timed(name: str, action: Callable[[], Any]) -> tuple[Any, float]:
    """Run it and return what it gave and the seconds it took."""
    with profiled(name):
        began, busy = time.perf_counter(), time.process_time()
        found = action()
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"{name}: {seconds:.1f} s, of which {busy:.1f} s of this process' own work", flush=True)
    return found, seconds


class Peak:
    """The most memory that this process held at any moment while it ran, in megabytes above what it held before."""

    def __enter__(self) -> "Peak":
        self.before = self.most = _resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, _resident())


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // MEGABYTE


def measure() -> None:
    """Read, check, commit, compare, take back."""
    from registry.accounts.enums import Role
    from registry.accounts.models import User
    from registry.audit.queries import verify_chain
    from registry.intake import actions
    from registry.intake.committing import commit_all
    from registry.intake.enums import BatchState
    from registry.intake.reading import read
    from registry.intake.undoing import dependants, undo_all
    from registry.organisations.actions import appoint
    from registry.organisations.queries import top_node
    from registry.people.private import PrivateFacts

    actor, second = User.objects.create_user("bench"), User.objects.create_user("second")
    for user in (actor, second):
        appoint(user, Role.REGISTRAR, top_node(), actor=None)
    actions.upload("\n".join(people(10)).encode(), "warm.csv", actor=actor)
    content = "\n".join(people(ROWS)).encode()
    limit = copy_rate(content)
    plain = import_export_rate()

    with Peak() as peak:
        batch, staging = timed("staging", lambda: actions.upload(content, "list.csv", actor=actor))
    print(f"staged {ROWS} rows in {staging:.1f} s ({ROWS / staging:,.0f}/s), {peak.most} MB", flush=True)
    actions.commit(batch, actor=actor)
    actions.confirm(batch, actor=second, enqueue=False)
    with Peak() as later:
        batch, committing = timed("commit", lambda: commit_all(batch.pk, second))
    print(f"committed in {committing:.1f} s ({ROWS / committing:,.0f}/s), {later.most} MB", flush=True)
    if batch.done != ROWS or PrivateFacts._base.count() != ROWS:
        raise SystemExit(f"{batch.done} of {ROWS} rows were committed")
    whole = ROWS / (staging + committing)
    claim(f"intake: CSV with numbers, {ROWS:,} rows, whole import to COPY", whole, "rows/s", limit, limit * 0.12, True)
    claim("intake: whole import to import_export's default Resource", whole, "rows/s", plain, plain * 30, True)
    claim("intake: rows committed a second", ROWS / committing, "rows/s", limit, limit * 0.12, True)
    claim("intake: peak memory", max(peak.most, later.most), "MB", peak.before, 250, False)
    if os.environ.get("ONLY") == "import":
        return
    if verify_chain() is not None:
        raise SystemExit("the trail doesn't hold")

    found, asking = timed("dependants", lambda: dependants(batch))
    if found:
        raise SystemExit(f"nothing depends on it, yet: {found}")
    actions.begin(batch, BatchState.UNDOING, actor=actor, reason="bench", enqueue=False)
    _batch, undoing = timed("undo", lambda: undo_all(batch.pk, actor))
    claim(f"intake: {ROWS:,} rows taken back", asking + undoing, "s", committing, staging + committing, False)
    if verify_chain() is not None:
        raise SystemExit("the trail doesn't hold")
    if ROWS <= 200_000:
        book = workbook()
        _reading, seconds = timed("xlsx", lambda: read(book, "list.xlsx", answers={}))
        rate = ROWS / (seconds + staging - csv_seconds(content) + committing)
        claim("intake: XLSX, whole import to COPY", rate, "rows/s", limit, limit * 0.1, True)


def csv_seconds(content: bytes) -> float:
    """How long reading the CSV alone takes."""
    from registry.intake.reading import read

    return timed("reading", lambda: read(content, "list.csv", answers={}))[1]


def workbook() -> bytes:
    """The same list as a workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.append(HEADINGS)
    for n in range(ROWS):
        sheet.append(person(n))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def copy_rate(content: bytes) -> float:
    """Rows a second of the database's own way: COPY of the file, or one prepared INSERT, into one table with a unique number."""
    import csv

    from django.db import connection

    columns = ", ".join(f"c{n} text" for n in range(len(HEADINGS)))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_copy ({columns}, UNIQUE (c4))")
        began = time.perf_counter()
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write(content)
        else:
            rows = csv.reader(io.StringIO(content.decode()))
            next(rows)
            marks = ", ".join(["?"] * len(HEADINGS))
            cursor.cursor.connection.executemany(f"INSERT INTO bench_copy VALUES ({marks})", rows)
        rate = ROWS / (time.perf_counter() - began)
        cursor.execute("DROP TABLE bench_copy")
    return rate


def import_export_rate() -> float:
    """Rows a second of django-import-export as it comes, on the table of files; what it wrote is removed again."""
    import tablib
    from import_export import resources

    from registry.organisations.queries import top_node
    from registry.people.models import Honouree

    class Files(resources.ModelResource):
        class Meta:
            model = Honouree
            fields = (
                "id", "kind", "slug", "name", "name_key", "pinyin_key", "stroke_key", "union", "sex", "born", "unit_name", "position",
            )  # fmt: skip

    union = top_node().pk
    data = tablib.Dataset(headers=list(Files._meta.fields))
    for n in range(BASELINE_ROWS):
        name, sex, _group, born, _number, _phone, unit, post = person(n)[:8]
        data.append(["", "individual", f"bare-{n}", name, name, name, name, union, sex and "male", born, unit, post])
    from registry.organisations.scoping import scope_required

    with scope_required(False):
        began = time.perf_counter()
        result = Files().import_data(data, raise_errors=True)
        rate = BASELINE_ROWS / (time.perf_counter() - began)
    if result.totals["new"] != BASELINE_ROWS:
        raise SystemExit("the baseline wrote nothing")
    Honouree._base.filter(slug__startswith="bare-").delete()
    return rate


if __name__ == "__main__":
    main()
