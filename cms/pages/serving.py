"""The processes behind `manage.py serve`: one web server, one worker; who dies alone is started again, both end together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

STOP_SECONDS = 15
ROUND_SECONDS = 0.5


@dataclass
class Child:
    """A process that should be running. `restarts` says whether it is started again when it ends by itself."""

    name: str
    command: list[str]
    restarts: bool
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a process group of its own, so that it doesn't get the terminal's Ctrl-C twice."""
        self.started.append(time.monotonic())
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603

    @property
    def ended(self) -> bool:
        """Whether it is not running."""
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end; after a while, end it."""
        if self.ended or self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Starts the children, waits until the site answers, keeps them running until somebody says stop."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.stopping = False
        self.exit_code = 0

    def start(self) -> None:
        """Start all, and listen to SIGTERM and SIGINT from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))
        for child in self.children:
            child.start()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until the site answers; False when it doesn't in time or a child that must live is dead."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.stopping:
            if ready():
                return True
            if any(child.ended and not child.restarts for child in self.children):
                return False
            time.sleep(0.2)
        return False

    def run(self) -> int:
        """Watch until told to stop or until the web server is gone; return the exit code."""
        while not self.stopping:
            for child in self.children:
                if child.ended and not child.restarts:
                    self.say(f"The {child.name} has ended; everything stops.")
                    self.exit_code, self.stopping = 1, True
                elif child.ended and time.monotonic() - child.started[-1] > 1 + min(len(child.started), 30):
                    self.say(f"The {child.name} has ended; it is started again.")
                    child.start()
            time.sleep(ROUND_SECONDS)
        return self.exit_code

    def stop(self) -> None:
        """End all children, the web server first."""
        for child in self.children:
            child.stop()


def gunicorn(host: str, port: int) -> Child:
    """The web server: two processes of four threads."""
    options = {
        "bind": f"{host}:{port}",
        "workers": "2",
        "threads": "4",
        "worker-class": "gthread",
        "keep-alive": "5",
        "log-level": "warning",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Child("web server", [sys.executable, "-m", "gunicorn", *flags, "cms.wsgi"], restarts=False)


def worker() -> Child:
    """The worker: imports and the search index."""
    flags = ["--queue-name", "*", "--interval", "0.2", "--no-startup-delay", "--no-reload", "--verbosity", "0"]
    return Child("worker", [sys.executable, "manage.py", "db_worker", *flags], restarts=True)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there (a connection that is still closing doesn't count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(address: str) -> bool:
    """Whether a site answers there with a page."""
    try:
        with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def environment() -> None:
    """Let the children use the same settings, and find a folder for collected static files (perhaps empty)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
