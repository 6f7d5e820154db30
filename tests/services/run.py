"""PostgreSQL and Elasticsearch on loopback for development and tests, without containers.

    python tests/services/run.py start | stop | status

`start` prints the lines to export (`eval "$(make -s services)"`). Both keep their data and logs under `var/services`,
and starting twice does no harm. Standard library only: it must run before there is a virtual environment.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "services"
ROLE = "modelworkers"
LOOPBACK = "127.0.0.1"


class Unavailable(Exception):
    """The service cannot run here; the message says why."""


@dataclass(frozen=True)
class Service:
    """A running service: its name for people, and the environment that leads to it."""

    name: str
    environment: Mapping[str, str]


def start_all() -> tuple[list[Service], dict[str, str]]:
    """Start what can be started. Returns the running services, and the reason for each one that is missing."""
    running: list[Service] = []
    missing: dict[str, str] = {}
    with _one_at_a_time():
        for name, start in (("PostgreSQL", start_postgresql), ("Elasticsearch", start_elasticsearch)):
            try:
                running.append(start())
            except Unavailable as reason:
                missing[name] = str(reason)
    return running, missing


def stop_all() -> None:
    """Stop both; what does not run is left alone."""
    with _one_at_a_time():
        stop_postgresql()
        stop_elasticsearch()


# PostgreSQL


def start_postgresql() -> Service:
    """Start PostgreSQL 14 or newer from its own data folder.

    The one role that may connect is `modelworkers`, no superuser, from loopback, without a password.
    """
    data = _postgresql_data()
    programs = _postgresql_programs(data)
    if not (data / "PG_VERSION").exists():
        _make_cluster(programs, data)
    if not _postgresql_runs(programs, data):
        port = _free_port(HOME / "pg.port", int(os.environ.get("PG_PORT", "54329")))
        options = f"-p {port} -c listen_addresses={LOOPBACK} -c unix_socket_directories= -c fsync=on"
        command: list[Path | str] = [
            programs / "pg_ctl",
            "-D",
            data,
            "-l",
            data / "server.log",
            "-w",
            "-t",
            "60",
            "-o",
            options,
            "start",
        ]
        _as_postgres(data, *command)
    address = f"{LOOPBACK}:{(HOME / 'pg.port').read_text()}"
    return Service("PostgreSQL", {"DATABASE_URL": f"postgres://{ROLE}@{address}/{ROLE}"})


def stop_postgresql() -> None:
    """Stop PostgreSQL, cutting off whoever is still connected."""
    with contextlib.suppress(Unavailable):
        data = _postgresql_data()
        programs = _postgresql_programs(data)
        if _postgresql_runs(programs, data):
            _as_postgres(data, programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def _postgresql_programs(data: Path) -> Path:
    """Return the folder with the server's programs: of the version that made the data, else the newest."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")]
    if on_path := shutil.which("pg_ctl"):
        folders.append(Path(on_path).resolve().parent)
    versions = {_postgresql_version(folder): folder for folder in folders if (folder / "initdb").exists()}
    usable = {version: folder for version, folder in versions.items() if version >= 14}
    if not usable:
        raise Unavailable("no PostgreSQL 14 or newer in /usr/lib/postgresql or on PATH")
    made_by = data / "PG_VERSION"
    if not made_by.exists():
        return usable[max(usable)]
    version = int(made_by.read_text())
    if version not in usable:
        raise Unavailable(f"{data} belongs to PostgreSQL {version}, which is not here; remove the folder")
    return usable[version]


def _postgresql_version(programs: Path) -> int:
    said = subprocess.run([programs / "pg_ctl", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\(PostgreSQL\) (\d+)", said)[0])


def _postgresql_data() -> Path:
    """Return the data folder: under `var`, or under `/var/tmp` where root's `postgres` cannot reach the clone."""
    data = HOME / "pg"
    if os.geteuid() != 0:
        return data
    if not _user_exists("postgres") or not shutil.which("runuser"):
        raise Unavailable("PostgreSQL refuses to run as root; needs a user postgres and runuser")
    if data.exists() or _reachable_by_postgres(HOME):
        return data
    return Path("/var/tmp") / f"{ROLE}-{hashlib.sha256(bytes(ROOT)).hexdigest()[:12]}" / "pg"


def _make_cluster(programs: Path, data: Path) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = data.with_name("pg.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(unfinished, "postgres")
    initdb: list[Path | str] = [
        programs / "initdb",
        "-D",
        unfinished,
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--auth=trust",
    ]
    try:
        _as_postgres(unfinished, *initdb, "--locale=C.UTF-8")
    except Unavailable:
        _as_postgres(unfinished, *initdb, "--locale=C")
    roles = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"
    _as_postgres(unfinished, programs / "postgres", "--single", "-D", unfinished, "postgres", told=roles)
    (unfinished / "pg_hba.conf").write_text(f"host all {ROLE} {LOOPBACK}/32 trust\n")
    unfinished.rename(data)


def _postgresql_runs(programs: Path, data: Path) -> bool:
    try:
        _as_postgres(data, programs / "pg_ctl", "-D", data, "status")
    except Unavailable:
        return False
    return True


def _as_postgres(data: Path, *command: Path | str, told: str = "") -> None:
    """Run a command as the user `postgres` when we are root. Raises Unavailable with its last words when it fails."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    # Into a file, not a pipe: the server would keep a pipe open and we would wait for its end.
    with (HOME / "pg.start.log").open("w+") as log:
        ended = subprocess.run(words, input=told.encode(), stdout=log, stderr=log, cwd=data, check=False)
        if ended.returncode:
            log.seek(0)
            raise Unavailable(" ".join(log.read().split()[-60:]) or f"{Path(words[0]).name} failed")


def _user_exists(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _reachable_by_postgres(folder: Path) -> bool:
    return subprocess.run(["runuser", "-u", "postgres", "--", "test", "-x", folder], check=False).returncode == 0


# Elasticsearch


def start_elasticsearch() -> Service:
    """Build (when a source is newer) and start the node of `tests/services/elasticsearch`."""
    absent = [program for program in ("java", "javac", "mvn", "bash") if not shutil.which(program)]
    if absent:
        raise Unavailable(f"needs a JDK 17 and Maven; not on PATH: {', '.join(absent)}")
    data = HOME / "es"
    if not _elasticsearch_runs(data):
        port = _free_port(HOME / "es.port", int(os.environ.get("ES_PORT", "9299")))
        script = Path(__file__).parent / "elasticsearch" / "run.sh"
        with (HOME / "es.start.log").open("w+") as log:
            command = ["bash", str(script), str(port), str(data), "--detach"]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
            if ended.returncode:
                log.seek(0)
                raise Unavailable(" ".join(log.read().split()[-60:]) or "run.sh failed")
    url = f"http://{LOOPBACK}:{(HOME / 'es.port').read_text()}"
    with urllib.request.urlopen(url, timeout=30):
        return Service("Elasticsearch", {"ELASTICSEARCH_URL": url})


def stop_elasticsearch() -> None:
    """Ask the node to end, and wait until it has let go of its folder."""
    data = HOME / "es"
    if not _elasticsearch_runs(data):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(int((data / "pid").read_text()), signal.SIGTERM)
    for _ in range(300):
        if not _elasticsearch_runs(data):
            return
        time.sleep(0.1)
    raise SystemExit(f"Elasticsearch does not end; see {data / 'server.log'}")


def _elasticsearch_runs(data: Path) -> bool:
    """Whether a node holds the folder: it keeps a lock as long as it lives, which no stale pid file can fake."""
    lock = data / "lock"
    if not lock.exists():
        return False
    with lock.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


# What both need


def _free_port(remembered: Path, preferred: int) -> int:
    """Choose the preferred port, or any other when somebody listens there, and remember it."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((LOOPBACK, port))
                chosen = int(probe.getsockname()[1])
                remembered.write_text(str(chosen))
                return chosen
    raise Unavailable("no free port on loopback")


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _status() -> int:
    try:
        data = _postgresql_data()
        postgresql = (data / "PG_VERSION").exists() and _postgresql_runs(_postgresql_programs(data), data)
    except Unavailable:
        postgresql = False
    elasticsearch = _elasticsearch_runs(HOME / "es")
    for name, runs in (("PostgreSQL", postgresql), ("Elasticsearch", elasticsearch)):
        print(f"{name}: {'running' if runs else 'not running'}")
    return 0 if postgresql and elasticsearch else 1


def main(arguments: list[str]) -> int:
    """Run one verb from the command line; 1 when a service is missing."""
    if arguments == ["stop"]:
        stop_all()
        return 0
    if arguments == ["status"]:
        HOME.mkdir(parents=True, exist_ok=True)
        return _status()
    if arguments != ["start"]:
        print(__doc__, file=sys.stderr)
        return 2
    running, missing = start_all()
    for service in running:
        for name, value in service.environment.items():
            print(f"export {name}={value}")
    for name, reason in missing.items():
        print(f"{name} does not run: {reason}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
