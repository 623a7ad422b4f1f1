"""Serving the app: settings checked, database up to date, then the page server takes over this process."""

import os
import runpy
import socket
import sys
from typing import NoReturn

from erp.errors import ERPError, Invalid
from erp.settings import LOOPBACK, ROOT, settings
from erp.web.start import prepare


def serve(port: int | None = None, *, demo: bool = False) -> NoReturn:
    """Serve the app until it is stopped; the demonstration on this machine's own address only.

    Where it cannot start it says why in one sentence and leaves with exit status 2.
    """
    try:
        _choose(port, demo)
        prepare()
        _refuse_taken_port()
    except ERPError as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(2) from refusal
    here = settings()
    name = "localhost" if here.address in LOOPBACK else here.address
    print(f"Serving on http://{name}:{here.port} – Ctrl+C stops it.", flush=True)
    options = {"address": here.address, "port": here.port, "maxUploadSize": here.upload_megabytes}
    flags = [f"--server.{option}={value}" for option, value in options.items()]
    # In this process, which has loaded half of what pages need: a stop signal reaches it, and memory is used once.
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *flags]
    runpy.run_module("streamlit", run_name="__main__")
    raise SystemExit


def _choose(port: int | None, demo: bool) -> None:
    if port is not None:
        os.environ["ERP_PORT"] = str(port)
    if demo:
        os.environ |= {"ERP_DEMO": "true", "ERP_ADDRESS": "127.0.0.1"}
    settings.cache_clear()
    settings()


def _refuse_taken_port() -> None:
    here = settings()
    family = socket.AF_INET6 if ":" in here.address else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((here.address, here.port))
        except OSError as problem:
            raise Invalid(
                f"Cannot listen on {here.address}, port {here.port}: {problem.strerror}. Stop what uses it, "
                "or choose another port (--port, ERP_PORT)."
            ) from problem
