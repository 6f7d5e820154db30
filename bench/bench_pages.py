"""Public pages: requests a second beside the plain Wagtail page, and lists that cost the same on every page.

Both sites run under the same server (gunicorn, two processes of four threads) on SQLite, are asked by the same generator, in turns, and no
page is cached on either side. Ours carries a register of 200,000 files while it is measured, the plain site its 300 pages.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.harness import ROOT, claim, median, times

WORK = ROOT / "var" / "bench" / "pages"
PAGES = 300
ROUNDS = 3
SECONDS = 6.0
CONNECTIONS = 8
SIZES = (200_000, 1_000_000)
DEEP = 10_000


def main() -> None:
    """Measure everything in a folder made anew."""
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "ours" / "static").mkdir(parents=True)
    plain = {
        "DJANGO_SETTINGS_MODULE": "bench.baseline_pages.settings",
        "BASELINE_DATABASE": str(WORK / "plain.sqlite3"),
        "BASELINE_MEDIA": str(WORK / "media"),
    }
    subprocess.run(
        [sys.executable, "-m", "bench.baseline_pages.fill", str(PAGES)],
        env={**os.environ, **plain},
        cwd=ROOT,
        check=True,
    )
    ours = {"DJANGO_SETTINGS_MODULE": "cms.settings.dev", "VAR_DIR": str(WORK / "ours"), "LOG_LEVEL": "ERROR"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(ours)
    from bench import register

    register.prepare(PAGES)
    register.grow(SIZES[0])
    rates(plain, ours, register.addresses(PAGES))
    lists(SIZES[0])
    register.grow(SIZES[1])
    lists(SIZES[1])
    shutil.rmtree(WORK, ignore_errors=True)


def rates(plain: dict[str, str], ours: dict[str, str], profiles: list[str]) -> None:
    """Compare profile and directory with the plain page."""
    browse = ["/honourees/", "/honourees/?sort=pinyin", "/honourees/?sort=stroke"]
    people = [f"/people/p{number}/" for number in range(PAGES)]
    figures: dict[str, list[float]] = {"plain": [], "profile": [], "browse": []}
    with served("bench.baseline_pages.wsgi", plain) as first, served("cms.wsgi", ours) as second:
        for port, paths in ((first, people), (second, profiles), (second, browse * 20)):
            warm(port, paths)
        for _round in range(ROUNDS):
            for name, port, paths in (
                ("plain", first, people),
                ("profile", second, profiles),
                ("browse", second, browse),
            ):
                figures[name].append(load(port, paths))
    limit = median(figures["plain"])
    claim("profile page, uncached, 200,000 files", median(figures["profile"]), "requests/s", limit, 2 * limit, True)
    claim(
        "directory page of 24, uncached, 200,000 files", median(figures["browse"]), "requests/s", limit, 2 * limit, True
    )


def lists(size: int) -> None:
    """Compare the first page of every order with the 10,000th (or the last one there is)."""
    from cms.pages.browse import SIZE
    from registry.honours.queries import ORDERS, Filters, cards_query, filtered
    from registry.paging import capped_count, encode, keyset_page

    deep = min(DEEP, size // SIZE - 1)
    for name, order in ORDERS.items():
        fields = [field.lstrip("-") for field in order]
        before = filtered(Filters()).order_by(*order).values_list(*fields)[deep * SIZE - 1 : deep * SIZE][0]
        cursor = encode(list(before))

        def page(cursor: str, order: tuple[str, ...] = order) -> None:
            files = filtered(Filters())
            assert len(keyset_page(cards_query(files), order, cursor=cursor, size=SIZE).rows) == SIZE
            capped_count(files)

        first, far = median(times(partial(page, ""), 30, 3)), median(times(partial(page, cursor), 30, 3))
        claim(f"page {deep:,} of {size:,} files by {name}, against page 1", far, "ms", first, 2 * first, False)


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Serve an application on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    options = f"--bind 127.0.0.1:{port} --workers 2 --threads 4 --worker-class gthread --keep-alive 30 --log-level error".split()
    command = [sys.executable, "-m", "gunicorn", *options, f"{application}:application"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise SystemExit(f"{application} did not start") from None
                time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def warm(port: int, paths: list[str]) -> None:
    """Ask for every page once, so that pictures are cut and templates compiled."""
    for path in paths:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as response:
            assert response.status == 200


def load(port: int, paths: list[str]) -> float:
    """Return the requests answered per second; a page that fails fails the benchmark."""
    command = [sys.executable, "-m", "bench.load", str(port), str(SECONDS), str(CONNECTIONS)]
    done = subprocess.run(command, input="\n".join(paths), cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert not found["bad"], found
    return float(found["rps"])


assert Path(ROOT / "manage.py").exists()

if __name__ == "__main__":
    main()
