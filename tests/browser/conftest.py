"""A real server and a real browser: the system's Chromium, on a database of the test's own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import SQLITE
from tests.server import Server as Databases

#: Chromium in a sandboxed machine without a screen or a network.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
#: Milliseconds; a loaded machine is slow, a broken page never settles.
PATIENCE = 60_000


@dataclass(frozen=True)
class Server:
    """A running app: its address, its data folder and what it printed at its start."""

    address: str
    folder: Path
    printed: str

    @property
    def code(self) -> str:
        """The one-time set-up code from the terminal."""
        found = re.search(r"^    (\S+)$", self.printed, re.MULTILINE)
        assert found, self.printed
        return found[1]


def county_day() -> date:
    """Return the day it is in the demonstration county: its server goes by the true clock, the tests do not."""
    return time_machine.escape_hatch.datetime.datetime.now(ZoneInfo("America/Los_Angeles")).date()


def start(folder: Path, command: str, database: str = "") -> Iterator[Server]:
    """Start `erp serve` or `erp demo` on a free port; stop it at the end. `database`: its address, if not a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "printed.txt"
    environment = {**os.environ, "ERP_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", "ERP_DATABASE_URL": database}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "erp", command, "--port", str(port)], stdout=out, stderr=out, env=environment
        )
    address = f"http://localhost:{port}"
    try:
        _wait(address, process, log)
        yield Server(address, folder, log.read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demonstration county, served once for all tests that look, or change what no other test counts."""
    yield from start(tmp_path_factory.mktemp("demo"), "demo")


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server on a new, empty database, as after the first `make run`; on PostgreSQL where the test asks for it."""
    if getattr(request, "param", SQLITE) == SQLITE:
        yield from start(tmp_path / "data", "serve")
    else:
        databases: Databases = request.getfixturevalue("server")
        with databases.database("empty_county") as url:
            yield from start(tmp_path / "data", "serve", url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium")
    assert path, "The browser tests need Chromium: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A wide window of somebody who was never here."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def settle(page: Page) -> None:
    """Wait until the app has drawn what it was asked for."""
    page.wait_for_selector(SETTLED, timeout=PATIENCE)
    page.wait_for_timeout(400)
    page.wait_for_selector(SETTLED, timeout=PATIENCE)


def open_demo_as(context: BrowserContext, demo: Server, role: str) -> Page:
    """Sign in to the demonstration with one click as somebody with this role."""
    page = context.new_page()
    page.goto(f"{demo.address}/signin")
    page.locator("form[action^='/demo-signin'] button", has_text=re.compile(role, re.IGNORECASE)).first.click()
    settle(page)
    return page
