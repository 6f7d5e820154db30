"""What every test may lean on: services that are asked for by a mark, a browser, and a database that is one's own.

A test whose service is missing is skipped with the reason; with `REQUIRE_SERVICES=1` (or `CI=true`) it fails.
"""

import json
import os
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlparse

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from playwright.sync_api import Browser, Page, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure() -> None:
    """Give the run an index prefix of its own, so that two runs never see each other's documents."""
    if "SEARCH_INDEX_PREFIX" not in os.environ:
        settings.SEARCH_INDEX_PREFIX = f"test-{secrets.token_hex(4)}"


def pytest_sessionfinish() -> None:
    """Remove the run's indices."""
    if _elasticsearch_answers() and settings.SEARCH_INDEX_PREFIX.startswith("test-"):
        pattern = f"{settings.SEARCH_INDEX_PREFIX}*"
        with _elasticsearch("GET", f"/_cat/indices/{pattern}?format=json&h=index") as answer:
            names = [row["index"] for row in json.load(answer)]
        for name in names:
            _elasticsearch("DELETE", f"/{name}").close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a missing service, or fail it where services are required."""
    for mark, reason in ((mark, missing(mark)) for mark in ("postgres", "elasticsearch", "browser")):
        if reason and item.get_closest_marker(mark):
            if os.environ.get("REQUIRE_SERVICES") == "1" or os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests with real commits find the data of the migrations again, which the clean-up before them took away."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction") and "serialized_rollback" not in mark.kwargs:
            again = pytest.mark.django_db(*mark.args, **mark.kwargs, serialized_rollback=True)
            item.add_marker(again, append=False)


@cache
def missing(mark: str) -> str:
    """Return why tests with this mark cannot run here; empty when they can."""
    if mark == "postgres" and not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return "needs PostgreSQL: set DATABASE_URL (make services)"
    if mark == "elasticsearch" and not _elasticsearch_answers():
        return "needs Elasticsearch: set ELASTICSEARCH_URL (make services)"
    if mark == "browser" and not shutil.which("chromium"):
        return "needs chromium on PATH"
    return ""


@cache
def _elasticsearch_answers() -> bool:
    if not os.environ.get("ELASTICSEARCH_URL"):
        return False
    try:
        _elasticsearch("GET", "/").close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def _elasticsearch(method: str, path: str) -> Any:
    request = urllib.request.Request(os.environ["ELASTICSEARCH_URL"] + path, method=method)
    return urllib.request.urlopen(request, timeout=30)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Name the test database after this process, unless it is to be kept: two runs beside each other must not meet."""
    if request.config.getvalue("reuse_db"):
        return
    for options in settings.DATABASES.values():
        test: dict[str, Any] = options.setdefault("TEST", {})
        name = test.get("NAME") or f"test_{options['NAME']}"
        test["NAME"] = f"{name}.{os.getpid()}" if options["ENGINE"].endswith("sqlite3") else f"{name}_{os.getpid()}"
    for database in connections.all():
        database.settings_dict["TEST"]["NAME"] = settings.DATABASES[database.alias]["TEST"]["NAME"]


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_cleaned() -> Iterator[None]:
    """Lift the databases' refusal to delete log entries for the clean-up after a test with real commits, not longer."""
    from registry.audit import triggers

    clean: Callable[[TransactionTestCase], None] = vars(TransactionTestCase)["_fixture_teardown"]

    def clean_all(case: TransactionTestCase) -> None:
        tables = _append_only_tables()
        for table in tables:
            triggers.remove(connection, table)
        try:
            clean(case)
        finally:
            for table in tables:
                triggers.install(connection, table)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", clean_all)
        yield


def _append_only_tables() -> list[str]:
    queries = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_delete'",
        "postgresql": "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname = relname || '_no_truncate'",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """The distribution's Chromium, headless."""
    # Playwright's loop runs in this thread, which makes Django take every query for an asynchronous one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    held = {alias: connections[alias] for alias in connections}
    with sync_playwright() as playwright:
        for alias, kept in held.items():
            # Within the loop Django would open connections of its own, which know nothing of the test database's contents.
            connections[alias] = kept
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_at(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return `page_at(width, height=900, **options)`: a fresh page of that width in CSS pixels, in Chinese.

    Options are those of a Playwright context, for instance `java_script_enabled=False`. The test fails afterwards when
    a page asked for anything outside this machine or a script of ours threw.
    """
    contexts = []
    offences: list[str] = []

    def outside(route: Route) -> None:
        offences.append(f"asked for {route.request.url}")
        route.abort()

    def make(width: int, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        contexts.append(context)
        context.route(lambda url: not _is_local(url), outside)
        page = context.new_page()
        page.on("pageerror", lambda error: offences.append(f"threw {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not offences, f"pages misbehaved: {offences}"


def _is_local(url: str) -> bool:
    parts = urlparse(url)
    return not parts.scheme.startswith("http") or parts.hostname in ("127.0.0.1", "localhost")


@pytest.fixture
def site(django_db_serialized_rollback: None, live_server: LiveServer) -> LiveServer:
    """The whole site on a port of its own, with the data of the migrations; `site.url` is its address."""
    return live_server
