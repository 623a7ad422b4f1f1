"""Names where the time of a page goes: runs it under the profiler and prints our functions and what they wait for.

Run as `ERP_DATA_DIR=bench/made/M/county python bench/where.py partners` or `… where.py partner partner=7`.
"""

import cProfile
import gc
import pstats
import sys
import time
from typing import Any

from county import sign_in
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from erp.services.sign_in import token_hash
from erp.settings import ROOT

ROUNDS = 10

Row = tuple[str, float, float, float]


def main() -> None:
    """Profile unchanged reruns of the page named on the command line."""
    page, *query = sys.argv[1:]
    shown = AppTest.from_file(str(ROOT / "erp" / "ui" / "main.py"), default_timeout=60)
    shown.user = {"sid": token_hash(sign_in())}
    shown.run()
    shown.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for each in query:
        name, _, value = each.partition("=")
        shown.query_params[name] = value
    shown.run()
    for problem in shown.exception:
        raise SystemExit(problem.message)
    gc.collect()
    gc.freeze()
    profile = cProfile.Profile(time.thread_time)  # CPU of the page alone: waiting for other programs does not count
    _profile_runs(profile)
    for _ in range(ROUNDS):
        shown.run()
    stats: Any = pstats.Stats(profile)  # its documented attributes are missing from the type stubs
    rows: list[Row] = [
        (f"{file}:{name}", calls / ROUNDS, 1000 * own / ROUNDS, 1000 * total / ROUNDS)
        for (file, _, name), (_, calls, own, total, _) in stats.stats.items()
    ]
    print(f"{page}: {1000 * stats.total_tt / ROUNDS:.1f} ms of CPU a rerun; the profiler more than doubles it\n")
    ours = [row for row in rows if row[0].startswith((f"{ROOT}/erp/", f"{ROOT}/pages/"))]
    _show("our functions, with what they call", sorted(ours, key=lambda row: -row[3])[:40])
    _show("everything, own time", sorted(rows, key=lambda row: -row[2])[:25])


def _profile_runs(profile: cProfile.Profile) -> None:
    """Profile every run of a page from now on; it has a thread of its own, in which the profiler has to be started."""
    runner: Any = script_runner.ScriptRunner  # not public; there is no other way into that thread
    run = runner._run_script

    def profiled(*args: Any) -> None:
        profile.enable()
        try:
            run(*args)
        finally:
            profile.disable()

    runner._run_script = profiled


def _show(title: str, rows: list[Row]) -> None:
    print(f"{title}\n{'calls':>8} {'own ms':>8} {'all ms':>8}")
    for name, calls, own, total in rows:
        short = name.removeprefix(f"{ROOT}/").split("site-packages/")[-1]
        print(f"{calls:8.1f} {own:8.2f} {total:8.2f}  {short}")
    print()


if __name__ == "__main__":
    main()
