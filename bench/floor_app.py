"""Serves the floor with the collector tamed as in the real app, so that what differs is our own work."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Load what the pages need and freeze it."""
    for module in ("altair", "pandas", "pyarrow"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    yield


app = st.App(Path(__file__).parent / "floor.py", lifespan=lifespan)
