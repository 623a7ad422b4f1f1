"""Refusing to start: one clear sentence, exit status 2, and nothing touched."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from erp import db
from erp.settings import ROOT, settings
from erp.web.serve import serve


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    """Try to serve; return the one line it says when it leaves with status 2."""
    settings.cache_clear()
    with pytest.raises(SystemExit) as left:
        serve()
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_a_database_newer_than_the_program_is_refused_and_not_touched(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    assert "written by a newer version of the program" in refusal(capsys)
    db.forget_engines()
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("ERP_PORT", "none", "The setting ERP_PORT is 'none', which cannot be used"),
        ("ERP_SESSION_IDLE_MINUTES", "1", "The setting ERP_SESSION_IDLE_MINUTES is '1', which cannot be used"),
        ("ERP_DATABASE_URL", "mysql://x", "must name a file as sqlite:///"),
    ],
)
def test_a_wrong_setting_stops_the_start(
    database: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    sentence: str,
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setenv(setting, value)
        assert sentence in refusal(capsys)
    settings.cache_clear()


def test_a_port_in_use_is_said_plainly(
    database: Path, free_port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERP_PORT", str(free_port))
    with closing(create_server(("127.0.0.1", free_port))):
        assert f"Cannot listen on 127.0.0.1, port {free_port}" in refusal(capsys)


def test_the_first_answer_waits_for_nothing_that_only_pages_need() -> None:
    told = "import sys, app, erp.__main__, erp.cli; print(*sorted({'altair', 'pandas', 'pyarrow'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "\n"


STARTED = """
import asyncio, sys, app

app.FIRST = 60  # nothing is to be loaded in the midst of leaving

async def start():
    asked, told = asyncio.Queue(), asyncio.Queue()
    await asked.put({"type": "lifespan.startup"})
    served = asyncio.create_task(app.app({"type": "lifespan", "asgi": {"version": "3.0"}}, asked.get, told.put))
    print((await told.get())["type"], "streamlit.components.v2.manifest_scanner" in sys.modules)
    await asked.put({"type": "lifespan.shutdown"})
    await served

asyncio.run(start())
"""


def test_nothing_is_served_that_another_package_brings(tmp_path: Path) -> None:
    own = os.environ | {"ERP_DATA_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True, cwd=ROOT, env=own)
    assert run.stdout.splitlines()[-1] == "lifespan.startup.complete False"
