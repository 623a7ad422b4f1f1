"""A chart as plain values and Arrow bytes: how it is drawn is made once, its numbers each time. Vega reads Arrow.

Building and checking a chart takes tens of milliseconds, and nothing in it depends on the numbers drawn.
"""

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

#: What a chart draws: a frame, or its columns by name, each an array, or a list of words.
Columns = pd.DataFrame | Mapping[str, Any]

#: altair's settings belong to the whole process; only one chart at a time may change them.
_altairs_settings = threading.Lock()


def spec_of(frames: Mapping[str, Columns], chart: Callable[..., Any], *drawn: Any) -> dict[str, Any]:
    """Return the Vega-Lite spec of `chart(*drawn)`, which names its frames, with them under `datasets`.

    Datasets are Arrow streams (bytes), in which days stay days. `drawn`: hashable.
    """
    return _kept(chart, *drawn) | {"datasets": {name: _arrow(frame) for name, frame in frames.items()}}


@lru_cache(maxsize=64)
def _kept(chart: Callable[..., Any], *drawn: Any) -> dict[str, Any]:
    with _altairs_settings, alt.theme.enable("none"):
        spec = chart(*drawn).to_dict()
    spec.pop("$schema", None)
    # Read aloud as one picture with its text; mark by mark it would be hundreds, and the table says them better.
    spec.setdefault("config", {}).setdefault("mark", {})["aria"] = False
    return spec


def _arrow(columns: Columns) -> bytes:
    table = pa.table({str(name): _cells(column) for name, column in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def _cells(column: Any) -> Any:
    """Return a column for Arrow; NaN and NaT are blank in it."""
    if isinstance(column, pd.Series) and isinstance(column.dtype, pd.CategoricalDtype):
        return pa.array(column.astype(str), from_pandas=True)
    if isinstance(column, list):
        return pa.array(column, pa.string())  # also where it is empty
    return pa.array(column, from_pandas=True)
