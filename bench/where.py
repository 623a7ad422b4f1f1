"""Names where the time of a page goes: runs it under the profiler and prints our functions and what they wait for.

Run as `ERP_DATA_DIR=bench/work/M python bench/where.py partners` or `… where.py partner partner=7`.
"""

import cProfile
import gc
import pstats
import sys
import time
from pathlib import Path

from county import sign_in
from streamlit.testing.v1 import AppTest

from erp.services.sign_in import token_hash
from erp.settings import ROOT

ROUNDS = 10


def main() -> None:
    """Profile unchanged reruns of the page named on the command line."""
    page, *query = sys.argv[1:]
    shown = AppTest.from_file(str(ROOT / "erp" / "ui" / "main.py"), default_timeout=60)
    shown.user = {"sid": token_hash(sign_in())}
    for each in query:
        name, _, value = each.partition("=")
        shown.query_params[name] = value
    shown.run()
    shown.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    for problem in shown.exception:
        raise SystemExit(problem.message)
    gc.collect()
    gc.freeze()
    profile = cProfile.Profile(time.thread_time)  # CPU of the page alone: waiting for other programs does not count
    # The page runs in a thread of its own; the profiler has to be started there.
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner  # noqa: PLC0415 -- private, for this only

    run = ScriptRunner._run_script

    def profiled(runner: ScriptRunner, *args: object) -> None:
        profile.enable()
        try:
            run(runner, *args)
        finally:
            profile.disable()

    ScriptRunner._run_script = profiled
    for _ in range(ROUNDS):
        shown.run()
    stats = pstats.Stats(profile)
    rows = [
        (f"{Path(file).as_posix()}:{name}", calls / ROUNDS, 1000 * own / ROUNDS, 1000 * total / ROUNDS)
        for (file, _, name), (_, calls, own, total, _) in stats.stats.items()
    ]
    print(
        f"{page}: {1000 * stats.total_tt / ROUNDS:.1f} ms of CPU a rerun under the profiler, which more than doubles it\n"
    )
    ours = sorted((row for row in rows if "/erp/" in row[0] or "/pages/" in row[0]), key=lambda row: -row[3])
    _show("our functions, with what they call", [(n.split("/main/")[-1], c, o, t) for n, c, o, t in ours[:40]])
    rest = sorted(rows, key=lambda row: -row[2])
    _show("everything, own time", [(n.split("site-packages/")[-1], c, o, t) for n, c, o, t in rest[:25]])


def _show(title: str, rows: list[tuple[str, float, float, float]]) -> None:
    print(f"{title}\n{'calls':>8} {'own ms':>8} {'all ms':>8}")
    for name, calls, own, total in rows:
        print(f"{calls:8.1f} {own:8.2f} {total:8.2f}  {name}")
    print()


if __name__ == "__main__":
    main()
