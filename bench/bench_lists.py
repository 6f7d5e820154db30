"""Lists at a million files: the 10,000th page beside the first, and each filter, in the database and as a whole request.

Runs on the database of `BENCH_LISTS_URL` (PostgreSQL: an empty database made for it), else on SQLite in a folder made anew.
Database time is what the statements took that read the list's tables (rows and count; not sign-in and menu), each statement's
least of several goes: what else the machine does only ever adds to it. Page 10,000 is reached by the cursor that its predecessor's
last row gives, read once with an offset and unmeasured.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.harness import ROOT, claim

WORK = ROOT / "var" / "bench" / "lists"
SIZE = int(os.environ.get("BENCH_LISTS_SIZE", "1000000"))
DEEP = 10_000
ENTRIES = 260_000
GOES, WARM = 5, 1
LISTED = ('"people_honouree"', '"honours_conferral"', "search_searchentry")
PATIENCE = 1500.0  # milliseconds for one address
QUICK = 5.0  # milliseconds of database time: the goal for the lists of one county


def main() -> None:
    """Fill and measure."""
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "static").mkdir(parents=True)
    os.environ.update(DJANGO_SETTINGS_MODULE="cms.settings.dev", VAR_DIR=str(WORK), LOG_LEVEL="ERROR")
    os.environ.pop("REDIS_URL", None)
    os.environ["DATABASE_URL"] = os.environ.get("BENCH_LISTS_URL", "")
    if not os.environ["DATABASE_URL"]:
        del os.environ["DATABASE_URL"]
    from bench import register

    register.prepare(0)
    began = time.monotonic()
    register.grow(SIZE)
    claim(f"{SIZE:,} files with honours written", time.monotonic() - began, "s", 600, 600, False)
    console()
    public()
    shutil.rmtree(WORK, ignore_errors=True)


def console() -> None:
    """The console's lists, for the whole region and for one county."""
    from django.urls import reverse

    from registry.honours.models import HonourTitle
    from registry.organisations.models import UnionNode

    county = UnionNode.objects.get(code="NX-640104")
    top = UnionNode.objects.get(parent=None)
    people, honours = reverse("console_people"), reverse("console_honours")
    title = HonourTitle.objects.filter(for_individuals=True).values_list("pk", flat=True)[3]
    filters = {
        "name": "q=王建国", "unit": "q=电力第12", "pinyin": "q=wangjianguo", "initials": "q=wjg", "level": "level=national",
        "title": f"title={title}", "year": "year=1998", "level and year": "level=city&year=2010", "region": "region=640104",
        "sex": "sex=female", "withheld": "public=withheld", "of the union": f"union={county.pk}",
    }  # fmt: skip
    for words, node in (("of the region", top), ("of one county", county)):
        client = Asker(node)
        for order in ("", "stroke_key", "-latest_year", "-highest_rank", "-honour_count"):
            client.turn(f"people {words} by {order or 'pinyin_key'}", people, f"order={order}" if order else "")
        for name, query in filters.items():
            client.once(f"people {words}, filter {name}", f"{people}?{query}", QUICK if node is county else None)
        for order in ("", "rank", "honouree__pinyin_key"):
            client.turn(f"honours {words} by {order or '-sort_year'}", honours, f"order={order}" if order else "")
        client.once(f"front {words}", reverse("wagtailadmin_home"), None)


def public() -> None:
    """The directory and the list of the API (the embedded engine; enough entries for 10,000 pages)."""
    from bench import register

    client = Asker(None)
    for sort in ("year", "pinyin", "stroke"):
        client.turn(f"directory by {sort}", "/honourees/", f"sort={sort}")
    register.index(ENTRIES)
    client.turn("API by year", "/api/v1/honourees", "sort=year")
    client.turn("API by relevance", "/api/v1/honourees", "")


class Asker:
    """A client, signed in as a registry officer of a node, that knows how long the database took."""

    def __init__(self, node: Any) -> None:
        from django.test import Client

        from registry.accounts.enums import Role
        from registry.accounts.models import User
        from registry.organisations.actions import appoint

        self.client, self.user = Client(), None
        if node is not None:
            self.user, new = User.objects.get_or_create(username=f"bench-{node.pk}")
            if new:
                appoint(self.user, Role.REGISTRAR, node, actor=None)
            self.client.force_login(self.user, backend="registry.organisations.backends.RoleBackend")

    def ask(self, address: str) -> tuple[float, float]:
        """Return the milliseconds of the database and of the request, the least of several."""
        whole: list[float] = []
        while len(whole) < GOES + WARM and sum(whole) < PATIENCE:
            with noted() as statements:
                began = time.perf_counter()
                answer = self.client.get(address)
                whole.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        return sum(min(spent(*statement) for _go in range(GOES)) for statement in statements), min(whole)

    def turn(self, name: str, path: str, query: str) -> None:
        """Compare the 10,000th page (or the last but one) with the first."""
        first, first_whole = self.ask(f"{path}?{query}")
        cursor, page = deep_cursor(self, path, query)
        far, far_whole = self.ask(f"{path}?{query}&cursor={cursor}")
        claim(f"{name}: page {page:,} beside page 1, database", far, "ms", first, 2 * first, False)
        claim(f"{name}: page {page:,} beside page 1, request", far_whole, "ms", first_whole, 2 * first_whole, False)

    def once(self, name: str, address: str, goal: float | None) -> None:
        """Measure one address; without a goal a second is the limit of patience."""
        database, whole = self.ask(address)
        claim(f"{name}: database (request {whole:.0f} ms)", database, "ms", goal or 1000, goal or 1000, False)


def deep_cursor(asker: Asker, path: str, query: str) -> tuple[str, int]:
    """Return the cursor of the 10,000th page, or of the last but one of a shorter list, and its number."""
    from django.test import RequestFactory
    from django.urls import resolve

    from cms.pages.browse import SIZE
    from registry.honours.queries import ORDERS, Filters, filtered
    from registry.paging import encode
    from search.analysis import Rank
    from search.models import SearchEntry

    if path.startswith("/console"):
        request: Any = RequestFactory().get(f"{path}?{query}")
        request.user = asker.user
        screen: Any = resolve(path).func
        view = screen.view_class()
        view.setup(request)
        rows, order, size, mark = view.found(), view.ordering(), view.page_size, "{start}."
    elif path.startswith("/api"):
        order, size, mark = (("-latest_year", "position") if "year" in query else ("position",)), SIZE, ""
        rows = SearchEntry.objects.order_by(*order)
    else:
        order, size, mark = ORDERS[query.partition("=")[2]], SIZE, ""
        rows = filtered(Filters()).order_by(*order)
    page = min(DEEP, rows.count() // size - 1)
    place = (page - 1) * size
    row = rows[place - 1]
    values: list[Any] = []
    for name in order:
        value = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value)
    if path.startswith("/api"):
        values = ["year", *values] if "year" in query else ["relevance", int(Rank.TEXT), *values]
    return mark.format(start=place + 1) + encode(values), page


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """Note each statement of the block that reads a list."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if any(table in sql for table in LISTED) and sql.startswith("SELECT"):
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def spent(sql: str, params: Any) -> float:
    """Return the milliseconds of a statement: planning and execution as PostgreSQL tells them; on SQLite until the last row is read."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            told = cursor.fetchone()[0]
            plan = (json.loads(told) if isinstance(told, str) else told)[0]
            return float(plan["Planning Time"]) + float(plan["Execution Time"])
        began = time.perf_counter()
        cursor.execute(sql, params)
        cursor.fetchall()
        return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
