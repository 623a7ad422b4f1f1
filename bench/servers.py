"""Starting and stopping the two servers, and what they use: memory shared fairly between processes, and CPU."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "bench" / "made"
#: Seconds a server may take to answer.
PATIENCE = 60
#: The floor's share of .streamlit/config.toml; it is started in another folder, without our theme and gate.
PLAIN = {
    "server.headless": "true",
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "runner.postScriptGC": "false",
    "runner.magicEnabled": "false",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": "true",
}


@dataclass(frozen=True)
class Server:
    """A running server: its name, address, process, and the cookie that signs in (empty: open to anybody)."""

    name: str
    url: str
    process: psutil.Process
    token: str = ""
    #: Seconds from the command to the first answer.
    started_in: float = 0.0

    @property
    def cpu(self) -> float:
        """CPU seconds used so far, by the process and its children."""
        return sum(sum(each.cpu_times()[:2]) for each in self._family())

    @property
    def memory(self) -> float:
        """Memory in MiB: PSS, where a page shared by two processes counts half for each."""
        return sum(each.memory_full_info().pss for each in self._family()) / 2**20

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def app(folder: Path, port: int, token: str) -> Iterator[Server]:
    """Serve the app on the county in `folder` until the block ends."""
    command = [str(Path(sys.executable).with_name("erp")), "serve", "--port", str(port)]
    env = {"ERP_DATA_DIR": str(folder), "ERP_ADDRESS": "127.0.0.1", "ERP_PUBLIC_PER_MINUTE": "100000"}
    with _running("app", command, ROOT, env, port, "/healthz", folder) as server:
        yield Server("app", server.url, server.process, token, server.started_in)


@contextmanager
def floor(folder: Path, port: int) -> Iterator[Server]:
    """Serve the floor app on its own copy of the county until the block ends."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "bench" / "floor_app.py"), f"--server.port={port}"]
    command += [f"--{name}={value}" for name, value in PLAIN.items()]
    env = {"BENCH_DB": str(folder / "floor.db")}
    with _running("floor", command, folder, env, port, "/_stcore/health", folder) as server:
        yield server


@contextmanager
def _running(
    name: str, command: list[str], cwd: Path, env: dict[str, str], port: int, path: str, logs: Path
) -> Iterator[Server]:
    url = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    with (logs / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | env, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(url + path, process, Path(log.name))
            yield Server(name, url, psutil.Process(process.pid), started_in=time.perf_counter() - start)
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"The server at {url} does not answer. Its last words:\n{log.read_text()[-2000:]}")
