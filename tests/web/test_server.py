"""The real server, as `erp serve` starts it: the sign-in wall on a fresh process, and restarts."""

import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from erp.services.sign_in import hash_password
from erp.settings import ROOT
from erp.ui.navigation import PAGES

PASSWORD = "seven quiet herons"
#: Seconds for the server to answer; the machine may be busy.
PATIENCE = 90


@dataclass(frozen=True)
class Answer:
    """What the server answered, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Server:
    """A server process on a data folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start and wait until pages can be served; return what was printed until then."""
        log = self.folder / "server.log"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ERP_")}
        own = {"ERP_DATA_DIR": str(self.folder), "ERP_PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from erp.web.serve import serve; serve()"],
                cwd=self.folder,  # not the program's own
                env=plain | own,
                stdout=out,
                stderr=out,
                text=True,
            )
        for _ in range(PATIENCE * 5):
            assert self.process.poll() is None, log.read_text()
            try:
                if self.ask("GET", "/healthz").body == b"ok":
                    return log.read_text()
            except ConnectionError:
                pass
            time.sleep(0.2)
        raise AssertionError(log.read_text())

    def stop(self) -> None:
        """Stop the process as Ctrl+C does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Ask for a page as a browser does, without following anything."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = {"Accept": "text/html", "Connection": "close"} | headers
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(connection):
            connection.request(method, path, urlencode(form) if form is not None else None, sent)
            with closing(connection.getresponse()) as answer:
                return Answer(answer.status, answer.headers, answer.read())

    def sign_in(self) -> str:
        """Sign in as the coordinator; return the cookie."""
        answer = self.ask("POST", "/signin", {"email": "cora@alder.example", "password": PASSWORD})
        assert answer.status == 303
        return str(answer.headers["Set-Cookie"]).partition(";")[0]

    def run_page(self, page: str, **headers: str) -> str:
        """Run a page over the page server's socket as a browser does; return all that it sent, as text."""
        origin = {"Origin": f"http://127.0.0.1:{self.port}"}
        with connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=origin | headers,
            open_timeout=PATIENCE,
            max_size=None,
        ) as socket:
            message = BackMsg()
            message.rerun_script.page_name = page
            socket.send(message.SerializeToString())
            said = ""
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(socket.recv(timeout=PATIENCE))
                said += str(answer)
                if answer.WhichOneof("type") == "script_finished":
                    return said


@pytest.fixture
def folder(template_database: Path, tmp_path: Path) -> Path:
    """Copy the county and its cast into a folder, with a password for the coordinator."""
    shutil.copyfile(template_database, tmp_path / "erp.db")
    with closing(sqlite3.connect(tmp_path / "erp.db")) as database, database:
        database.execute("UPDATE account SET password_hash = ? WHERE email LIKE 'cora@%'", (hash_password(PASSWORD),))
    return tmp_path


@pytest.fixture
def server(folder: Path, free_port: int) -> Iterator[Server]:
    """Give the test a server that it starts itself."""
    served = Server(folder, free_port)
    yield served
    served.stop()


def test_the_sign_in_wall_of_a_fresh_server(server: Server) -> None:
    server.start()
    for entry in PAGES:  # before anybody signed in: a page must not run even when it is the first thing asked for
        for path in (f"/{entry.name}", f"/pages/{entry.name}.py"):
            answer = server.ask("GET", path)
            assert (answer.status, answer.headers["Location"][:13]) == (303, "/signin?next=")
    for path in ("/_stcore/metrics", "/media/x.csv", "/_stcore/upload_file/a/b", "/_stcore/agent/openapi.json"):
        assert server.ask("GET", path, Accept="*/*").status == 401
    assert server.ask("POST", "/_stcore/agent/interact", {}).status == 401
    assert server.ask("GET", "/static/no-such-file.js").status == 303
    assert server.ask("GET", "/_stcore/health").status == 200
    refused = ({}, {"Cookie": "erp_session=made-up"}, {"x-erp-sid": "0" * 64})
    for headers in refused:
        with pytest.raises(InvalidStatus, match="403"):
            server.run_page("partners", **headers)

    cookie = server.sign_in()
    with pytest.raises(InvalidStatus, match="403"):
        server.run_page("account", Cookie=cookie, Origin="https://elsewhere.example")
    assert "Cora Coordinator" in server.run_page("account", Cookie=cookie)
    answer = server.ask("GET", "/account", Cookie=cookie)
    assert (answer.status, answer.headers["X-Frame-Options"]) == (200, "DENY")
    assert "script-src 'self' 'sha256-" in answer.headers["Content-Security-Policy"]

    server.stop()
    server.start()
    assert "Cora Coordinator" in server.run_page("account", Cookie=cookie)  # the sign-in survived the restart
    assert server.ask("POST", "/signout", {}, Cookie=cookie).status == 303
    said = server.run_page("account", Cookie=cookie)
    assert "Your session has ended" in said
    assert "Cora" not in said
    assert server.ask("GET", "/account", Cookie=cookie).status == 303


def test_an_empty_database_is_made_and_asks_for_set_up_with_a_new_code_at_each_start(server: Server) -> None:
    (server.folder / "erp.db").unlink()
    codes = []
    for _ in range(2):
        printed = server.start()
        assert f"http://localhost:{server.port}" in printed
        codes.append(re.findall(r"^    ([0-9A-Z]{5}(?:-[0-9A-Z]{5}){3})$", printed, flags=re.MULTILINE))
        assert server.ask("GET", "/partners").headers["Location"] == "/setup"
        server.stop()
    assert len(codes[0]) == len(codes[1]) == 1
    assert codes[0] != codes[1]
