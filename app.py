"""The launcher: Streamlit with our gate, routes and start around it. `erp serve` runs it."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from erp.settings import ROOT
from erp.web.routes import MIDDLEWARE, ROUTES
from erp.web.start import prepare, set_up_notice

#: Loaded before the first visitor comes; otherwise the first page takes them 0.6 s longer.
WARM = ("altair", "pandas", "pyarrow", "erp.ui.actions", "erp.ui.loads", "erp.ui.navigation", "erp.ui.show")

# A folder pages/ beside the script would be served without asking who is there. Ours is elsewhere; this is the belt.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Bring the database up to date, print the set-up code where one is needed, load what pages need."""
    prepare()
    notice = set_up_notice()
    if notice:
        print(notice, flush=True)
    for module in WARM:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what is loaded now stays; collecting it again after every run cost 35–80 ms
    yield


app = st.App(ROOT / "erp" / "ui" / "main.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
