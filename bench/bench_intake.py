"""Imports: checking 10,000 rows, committing and taking them back, beside what reading and bare writing cost in the same run.

SQLite in a folder of its own; the worker's own chunk code runs in this process, the trail and the news for search included.
"""

import os
import shutil
import time

from bench.harness import ROOT, claim

WORK = ROOT / "var" / "bench" / "intake"
ROWS = 10_000
CHECK_SECONDS = 30.0
ROWS_A_SECOND = 2_000.0


def people(number: int) -> bytes:
    """Return a list of so many invented people, each at a unit of its own."""
    lines = [
        f"甲{chr(0x5200 + n // 200)}{chr(0x6200 + n % 200)},男,汉族,19{50 + n % 50}-05,银川市第{n}厂,车工,塞上工匠,2024"
        for n in range(number)
    ]
    return "\n".join(["姓名,性别,民族,出生年月,工作单位,职务,荣誉称号,年度", *lines]).encode()


def main() -> None:
    """Measure in a folder made anew."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(DJANGO_SETTINGS_MODULE="cms.settings.dev", VAR_DIR=str(WORK), LOG_LEVEL="ERROR")
    import django

    django.setup()
    from django.core.management import call_command

    from registry.honours.reference import load_reference

    call_command("migrate", verbosity=0, interactive=False)
    load_reference()
    measure()
    shutil.rmtree(WORK, ignore_errors=True)


def measure() -> None:
    """Read, check, commit, write barely, take back."""
    from registry.accounts.enums import Role
    from registry.accounts.models import User
    from registry.intake.actions import begin, upload
    from registry.intake.committing import commit_all
    from registry.intake.enums import BatchState
    from registry.intake.reading import read
    from registry.intake.undoing import dependants, undo_all
    from registry.organisations.actions import appoint
    from registry.organisations.queries import top_node

    actor = User.objects.create_user("bench")
    appoint(actor, Role.REGISTRAR, top_node(), actor=None)
    content = people(ROWS)
    upload(people(10), "warm.csv", actor=actor)

    began = time.perf_counter()
    read(content, "list.csv", answers={})
    reading = time.perf_counter() - began
    began = time.perf_counter()
    batch = upload(content, "list.csv", actor=actor)
    checking = time.perf_counter() - began
    claim("intake: 10,000 rows read, staged and checked", checking, "s", reading, CHECK_SECONDS, False)

    begin(batch, BatchState.COMMITTING, actor=actor, enqueue=False)
    began = time.perf_counter()
    batch = commit_all(batch.pk, actor)
    committing = ROWS / (time.perf_counter() - began)
    if batch.done != ROWS:
        raise SystemExit(f"{batch.done} of {ROWS} rows were committed")
    bare = bare_writing()
    claim("intake: rows committed a second", committing, "rows/s", bare, ROWS_A_SECOND, True)

    began = time.perf_counter()
    found = dependants(batch)
    seconds = time.perf_counter() - began
    if found:
        raise SystemExit(f"nothing depends on it, yet: {found}")
    claim("intake: may 10,000 rows be taken back", seconds, "s", reading, 10.0, False)
    begin(batch, BatchState.UNDOING, actor=actor, reason="bench", enqueue=False)
    began = time.perf_counter()
    undo_all(batch.pk, actor)
    undoing = ROWS / (time.perf_counter() - began)
    claim("intake: rows taken back a second", undoing, "rows/s", bare, ROWS_A_SECOND, True)


def bare_writing() -> float:
    """Return how many files with one honour each Django writes a second, with no matching, no trail and no undo; they are removed again."""
    from django.db import transaction

    from registry.honours.models import Conferral, HonourTitle
    from registry.organisations.queries import top_node
    from registry.people.models import Honouree

    union, title = top_node(), HonourTitle.objects.get(name="塞上工匠")
    began = time.perf_counter()
    with transaction.atomic():
        files = Honouree._base.bulk_create(
            [
                Honouree(
                    kind="individual", slug=f"bare-{n}", name=f"甲{n}", name_key=f"甲{n}", pinyin_key=f"jia {n}", stroke_key=f"{n}",
                    union=union, unit_name=f"银川市第{n}厂", position="车工",
                )
                for n in range(ROWS)
            ],
            batch_size=500,
        )  # fmt: skip
        Conferral._base.bulk_create(
            [Conferral(honouree=file, title=title, level=title.level, year=2024) for file in files], batch_size=500
        )
    rate = ROWS / (time.perf_counter() - began)
    with transaction.atomic():
        Conferral._base.filter(honouree__slug__startswith="bare-").delete()
        Honouree._base.filter(slug__startswith="bare-").delete()
    return rate


if __name__ == "__main__":
    main()
