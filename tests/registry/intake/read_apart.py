"""Read files each in a process of its own: `python -m tests.registry.intake.read_apart FILE…` prints one JSON object a file.

`{file, seconds, megabytes, code, message, rows, sheets}`; `megabytes` is the greatest resident memory of the process,
Python and Django included.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any


def outcome(path: Path) -> dict[str, Any]:
    """Read one file and say what came of it."""
    from registry.intake.reading import UnreadableFile, read

    begin = time.monotonic()
    found: dict[str, Any] = {"file": path.name, "code": "", "message": "", "rows": 0}
    try:
        reading = read(path.read_bytes(), path.name)
        found |= {"rows": len(reading.rows), "message": reading.refused, "code": "no_list" if reading.refused else ""}
    except UnreadableFile as refusal:
        found |= {"code": refusal.code, "message": str(refusal)}
    found["seconds"] = round(time.monotonic() - begin, 2)
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def apart(path: Path) -> str:
    """Do it in a child process; a child that dies says so."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(there, json.dumps(outcome(path), ensure_ascii=False).encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as answer:
        text = answer.read().decode()
    _pid, status = os.waitpid(child, 0)
    return text or json.dumps({"file": path.name, "code": "died", "message": f"status {status}"})


if __name__ == "__main__":
    import django

    django.setup()
    from registry.intake.reading import read_text

    read_text(
        "2020年全国劳动模范名单\n张三 某某公司工人\n"
    )  # tables of names and regions are loaded before anything is measured
    for name in sys.argv[1:]:
        print(apart(Path(name)), flush=True)
