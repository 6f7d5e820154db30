"""A worker in a process of its own, to be killed: `python -m tests.registry.intake.killed BATCH ACTOR commit|undo`.

`stories()` uploads a list, kills the worker that writes it or takes it back at random moments, and looks whether anything is lost or
doubled. Run it as `python -m tests.registry.intake.killed 20` for twenty moments each; `DATABASE_URL` names the database, which is
filled and left as it was.
"""

import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

MODULE = "tests.registry.intake.killed"
CHUNK = 50


def work(batch: int, actor: int, what: str) -> None:
    """Do what the worker does, in small chunks, so that a kill falls between and within many of them."""
    import django

    django.setup()
    from registry.accounts.models import User
    from registry.intake import committing, undoing

    committing.CHUNK = undoing.CHUNK = CHUNK
    job = committing.commit_all if what == "commit" else undoing.undo_all
    job(batch, User.objects.get(pk=actor))


def kill_at_random(batch: Any, actor: Any, what: str, moments: int, chance: random.Random) -> int:
    """Start the worker and kill it with SIGKILL at so many moments while it writes; then let it finish. Return how often it was killed."""
    from django.conf import settings
    from django.db import connection

    from registry.intake.models import IntakeBatch

    environment = {**os.environ, **_same_database(connection, settings)}
    command = [sys.executable, "-m", MODULE, str(batch.pk), str(actor.pk), what]
    killed = 0
    for _ in range(moments):
        start = IntakeBatch._base.get(pk=batch.pk)
        worker = subprocess.Popen(command, env=environment)
        # From the first chunk on; a moment anywhere within the work of a few chunks.
        while worker.poll() is None and _moved(batch, start) == 0:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.4)
        if worker.poll() is None:
            worker.send_signal(signal.SIGKILL)
            killed += 1
        worker.wait()
    subprocess.run(command, env=environment, check=True)
    return killed


def _moved(batch: Any, start: Any) -> int:
    now = type(batch)._base.values_list("done", "taken_back").get(pk=batch.pk)
    return int(abs(now[0] - start.done) + abs(now[1] - start.taken_back))


def _same_database(connection: Any, settings: Any) -> dict[str, str]:
    """What a child needs in its environment to work on the very database of this process."""
    held = connection.settings_dict
    if connection.vendor == "postgresql":
        place = f"{held['USER']}{':' + held['PASSWORD'] if held['PASSWORD'] else ''}@{held['HOST']}:{held['PORT']}"
        address = f"postgres://{place}/{held['NAME']}"
    else:
        address = f"sqlite:///{held['NAME']}"
    return {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "cms.settings.test"),
    }


def main() -> None:
    """A worker, or the whole story."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    if len(sys.argv) == 4:
        work(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
        return
    import pytest

    os.environ["KILLS"] = sys.argv[1]
    raise SystemExit(pytest.main(["-q", "tests/registry/intake/test_killed.py"]))


if __name__ == "__main__":
    main()
