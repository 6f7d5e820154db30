"""Pictures of the site at phone and desk width, to look at: `python -m tests.browser.shots [ADDRESS...]` (make shots).

Takes a running site at BASE_URL (http://127.0.0.1:PORT); when nothing answers there it serves one on a free port.
Without addresses it walks from the front page and takes one page of every shape.
With SHOTS_USER and SHOTS_PASSWORD it signs in first.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlparse

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "shots"
WIDTHS = (390, 1280)
MOST = 24
NOT_PAGES = re.compile(r"/(uploads|static|documents|accounts/logout)/")
PATIENCE = 600


def answers(base: str) -> bool:
    """Whether a site is served there."""
    try:
        urllib.request.urlopen(base, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def served() -> Iterator[str]:
    """Give the address of a running site, starting one for as long as it is needed."""
    base = os.environ.get("BASE_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    if answers(base):
        yield base
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = FOLDER / "serve.log"
    with log.open("w") as said:
        command, environment = [sys.executable, "manage.py", "serve"], os.environ | {"PORT": str(port)}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while not answers(base):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the site did not start; see {log.relative_to(ROOT)}")
            time.sleep(0.5)
        yield base
    finally:
        server.terminate()
        server.wait(30)


def shape(address: str) -> str:
    """Return what two addresses of the same kind of page have in common."""
    parts = urlparse(address)
    steps = [step for step in parts.path.split("/") if step]
    last = "*" if len(steps) > 1 else "/".join(steps[-1:])
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    return "/".join([*steps[:-1], last]) + "?" + "&".join(names)


def walk(page: Page, base: str) -> list[str]:
    """Return one address of every shape that links reach from the front page, at most MOST."""
    queue, taken = [base + "/"], {shape(base + "/"): base + "/"}
    while queue and len(taken) < MOST:
        page.goto(queue.pop(0))
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            address = urldefrag(urljoin(page.url, href)).url
            wanted = address.startswith(base) and not re.search(
                r"/(uploads|static|documents|accounts/logout)/", address
            )
            if wanted and shape(address) not in taken and len(taken) < MOST:
                taken[shape(address)] = address
                queue.append(address)
    return list(taken.values())


def sign_in(page: Page, base: str) -> None:
    """Sign in with SHOTS_USER and SHOTS_PASSWORD when they are given."""
    if user := os.environ.get("SHOTS_USER"):
        page.goto(base + "/accounts/login/")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", os.environ["SHOTS_PASSWORD"])
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()


def take(browser: Browser, base: str, addresses: list[str]) -> int:
    """Write one picture for each address and width; return how many."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    sign_in(page, base)
    addresses = [urljoin(base, address) for address in addresses] or walk(page, base)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for number, address in enumerate(addresses, 1):
            page.goto(address)
            name = re.sub(r"[^\w-]+", "_", address.removeprefix(base)).strip("_")[:60] or "front"
            page.screenshot(path=FOLDER / f"{number:02}-{name}-{width}.png", full_page=True)
    context.close()
    return len(addresses) * len(WIDTHS)


def main(addresses: list[str]) -> int:
    """Take the pictures anew."""
    program = shutil.which("chromium")
    if not program:
        print("make shots needs chromium on PATH", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        print(f"{take(browser, base, addresses)} pictures in {FOLDER.relative_to(ROOT)}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
