"""The launcher: Streamlit with our gate, routes and start around it. `erp serve` runs it."""

import gc
import importlib
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.pages_manager import PagesManager

from erp.settings import ROOT
from erp.web.routes import MIDDLEWARE, ROUTES
from erp.web.start import Served, prepare, set_up_notice

#: What every page needs, and the list of partners: loaded while the first visitor's browser fetches what is its own.
NEEDED = (
    "pandas",
    "pyarrow",
    "PIL.Image",
    "erp.ui.actions",
    "erp.ui.loads",
    "erp.ui.search",
    "erp.ui.views",
    "erp.ui.partner_directory",
    "erp.ui.partner_form",
)
#: Seconds before anything is loaded, and until the rest is: whoever had the app open when it was started anew is let in
#: first, then served first.
FIRST, LATER = 0.08, 3.0

# A folder pages/ beside the script would be served without asking who is there. Ours is elsewhere; this is the belt.
PagesManager.uses_pages_directory = False

# Nor is anything shown that another installed package brings: to look through all of them took a tenth of the start.
BidiComponentManager.discover_and_register_components = lambda *_, **__: None


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Bring the database up to date, print the set-up code where one is needed, begin to load what pages need."""
    if not Served.version:  # `erp serve` did it before it opened the port
        prepare()
    notice = set_up_notice()
    if notice:
        print(notice, flush=True)
    threading.Thread(target=get_ready, args=(notice is None,), daemon=True).start()
    yield


def get_ready(county_is_here: bool) -> None:
    """Load what pages need and figure what they show, beside the first visitors, who wait only for what they ask."""
    gc.disable()  # what is loaded stays; what the first visitors leave behind is collected in three seconds
    try:
        time.sleep(FIRST)
        for module in NEEDED:
            importlib.import_module(module)
        time.sleep(LATER)
        importlib.import_module("altair")
    finally:
        gc.enable()
    gc.collect()
    gc.freeze()  # what is loaded now stays; collecting it again after every run cost 35–80 ms
    if county_is_here:
        from erp.ui.loads import keep_standings  # noqa: PLC0415 -- NEEDED has just loaded it

        keep_standings()


app = st.App(ROOT / "erp" / "ui" / "main.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
