"""A chart as plain values and Arrow bytes: made once, drawn as often as the page runs.

Building and checking a chart takes tens of milliseconds, drawing its kept form one. Vega reads Arrow: days stay days.
"""

import threading
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

#: altair's settings belong to the whole process; only one chart at a time may change them.
_altairs_settings = threading.Lock()


def spec_of(chart: Any) -> dict[str, Any]:
    """Return a chart's Vega-Lite spec, its frames under `datasets` as name → Arrow stream (bytes)."""
    streams: dict[str, bytes] = {}

    def keep_apart(frame: Any) -> Any:
        name = f"rows_{len(streams)}"
        streams[name] = _arrow(frame)
        return {"name": name}

    with _altairs_settings:
        alt.data_transformers.register("erp_keep_apart", keep_apart)
        with alt.data_transformers.enable("erp_keep_apart"), alt.theme.enable("none"):
            spec = chart.to_dict()
    spec.pop("$schema", None)
    spec["datasets"] = streams
    return spec


def _arrow(frame: pd.DataFrame) -> bytes:
    words = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    table = pa.Table.from_pandas(frame.astype(dict.fromkeys(words, str)), preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
