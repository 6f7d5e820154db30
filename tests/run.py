"""The whole suite, in three passes: SQLite with the embedded search, PostgreSQL with Elasticsearch, and the browser.

    python -m tests.run [arguments for pytest]

Starts the services itself where their programs are. What cannot run is named at the end; with `REQUIRE_SERVICES=1`
(or `CI=true`) it fails the run instead. Further arguments go to every pass (`-k profile`).
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.services import run as services

NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Pass:
    """One run of pytest: a title, the marks that choose its tests, and what it adds to the environment."""

    title: str
    marks: str
    environment: dict[str, str] = field(default_factory=dict)


def plan(running: list[services.Service], missing: dict[str, str]) -> tuple[list[Pass], list[str]]:
    """Return the passes that can run here, and a sentence for everything that cannot."""
    passes = [Pass("SQLite + embedded search", "not postgres and not elasticsearch and not browser")]
    not_run = [f"the suite on {name}: {reason}" for name, reason in missing.items()]
    if running:
        environment = {name: value for service in running for name, value in service.environment.items()}
        search = "elasticsearch" if "Elasticsearch" not in missing else "embedded"
        marks = ["not browser", "not once"]
        marks += ["not postgres"] if "PostgreSQL" in missing else []
        marks += ["not elasticsearch"] if "Elasticsearch" in missing else []
        database = "SQLite" if "PostgreSQL" in missing else "PostgreSQL"
        title = f"{database} + {'Elasticsearch' if search == 'elasticsearch' else 'embedded search'}"
        passes.append(Pass(title, " and ".join(marks), {**environment, "SEARCH_ENGINE": search}))
    if shutil.which("chromium"):
        passes.append(Pass("Browser", "browser"))
    else:
        not_run.append("the browser tests: no chromium on PATH")
    return passes, not_run


def run(one: Pass, arguments: list[str]) -> int:
    """Run pytest for one pass and return its exit code; its own words go straight to the terminal."""
    chosen = {"DATABASE_URL", "SEARCH_ENGINE", "ELASTICSEARCH_URL", "SEARCH_INDEX_PREFIX", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    environment |= {
        "SEARCH_ENGINE": "embedded",
        "SEARCH_INDEX_PREFIX": f"test-{secrets.token_hex(4)}",
        **one.environment,
    }
    print(f"\n=== {one.title} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-rs", "-m", one.marks, *arguments]
    return subprocess.run(command, cwd=services.ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run everything that can run, then say in plain words what passed, what failed and what did not run."""
    required = os.environ.get("REQUIRE_SERVICES") == "1" or os.environ.get("CI") == "true"
    passes, not_run = plan(*services.start_all())
    lines: list[str] = []
    failed = False
    for one in passes:
        began = time.monotonic()
        code = run(one, arguments)
        fine = code == 0 or (code == NOTHING_COLLECTED and bool(arguments))
        failed |= not fine
        lines.append(f"{'passed' if fine else 'FAILED'}: {one.title} ({time.monotonic() - began:.0f} s)")
    print("\n=== The suite ===")
    print("\n".join([*lines, *(f"NOT RUN: {sentence}" for sentence in not_run)]))
    if not_run and required:
        print("FAILED: services are required here (REQUIRE_SERVICES or CI is set)")
    return 1 if failed or (not_run and required) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
