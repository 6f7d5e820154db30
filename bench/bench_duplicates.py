"""Doubles: 500 planted among 20,000 files, of the kinds that real lists bring; how many are found, how many are wrong, how long it takes.

SQLite in a folder of its own. Namesakes in one unit with another birth, brothers and sisters stand among them on purpose.
"""

import os
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING

from bench.harness import ROOT, claim

if TYPE_CHECKING:
    from bench.doubles import Planted

WORK = ROOT / "var" / "bench" / "duplicates"
FILES, DOUBLES = 20_000, 500
RECALL, PRECISION, SECONDS, AGAIN_SECONDS = 0.95, 0.90, 60.0, 1.0


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

    call_command("migrate", verbosity=0, interactive=False)
    measure()
    shutil.rmtree(WORK, ignore_errors=True)


def measure() -> None:
    """Find them all, then look at changed files again."""
    from bench.doubles import planted, write
    from registry.duplicates.finding import find_all, look_at
    from registry.duplicates.models import Suspicion
    from registry.organisations.models import UnionNode

    union = UnionNode.objects.create(code="BENCH", name="总工会", kind="regional", path="BENCH/")
    made = planted(FILES, DOUBLES)
    keys = write(made, union)
    floor = bare_reading()
    began = time.perf_counter()
    found = find_all()
    seconds = time.perf_counter() - began
    pairs = {(row.first_id or 0, row.second_id or 0) for row in Suspicion._base.all()}
    wanted = {(keys[one], keys[other]): kind for (one, other), kind in made.doubles.items()}
    hits = pairs & set(wanted)
    claim("duplicates: share of 500 planted doubles found", len(hits) / len(wanted), "share", 0.0, RECALL, True)
    claim("duplicates: share of the queue that is right", len(hits) / len(pairs), "share", 0.0, PRECISION, True)
    claim(f"duplicates: {FILES:,} files traced and compared", seconds, "s", floor, SECONDS, False)
    print(f"{found.files} files, {found.compared} pairs compared, {found.crowded} keys passed over")
    tell(made, keys, pairs)
    began = time.perf_counter()
    look_at(keys[:100])
    claim("duplicates: 100 changed files looked at again", time.perf_counter() - began, "s", 0.0, AGAIN_SECONDS, False)


def tell(made: "Planted", keys: list[int], pairs: set[tuple[int, int]]) -> None:
    """Say which kinds were missed."""
    every, missed = Counter(made.doubles.values()), Counter[str]()
    for (one, other), kind in made.doubles.items():
        if (keys[one], keys[other]) not in pairs:
            missed[kind] += 1
    print(
        "missed:",
        ", ".join(f"{kind} {missed[kind]} of {number}" for kind, number in every.items() if missed[kind]) or "none",
    )


def bare_reading() -> float:
    """Return the seconds that it takes to read all the files and nothing else."""
    from registry.people.models import Honouree

    began = time.perf_counter()
    list(Honouree._base.all())
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
