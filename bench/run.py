"""Measures the app on a made-up large county beside the bare floor, in one run, and prints the ratios.

Run as `make bench`, or `python bench/run.py S`. It always ends with status 0: it measures, it does not judge.
"""

import argparse
import asyncio
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from browser import Launches, OnApp, OnFloor, Tasks, launch
from playwright.sync_api import sync_playwright
from servers import ROOT, WORK, Server, app, floor
from submissions import told, under_submissions
from visits import Reruns, Visit, crowd, measure, memory_of_idle

APP_PORT, FLOOR_PORT = 18670, 18671
#: MiB after start, and seconds for the health of a county.
GOAL_MEMORY, GOAL_HEALTH = 250, 1.0
#: From the command to the first list: at most so many times the floor; so many starts.
GOAL_FIRST_LIST, STARTS, FIRST_LIST = 1.3, 9, "from the command to the first list in Chromium, s"
#: Of a rebuild: at most so many times the plain floor, MiB at its highest.
GOAL_REBUILD, GOAL_HIGHEST = 1.5, 1024
#: So many sessions, each a rerun after so many seconds on the average, for so many seconds; 95 % within so many ms.
SESSIONS, THINK, LASTING, GOAL_CROWD = 50, 3.0, 45.0, 100
#: Feedback that comes in on the public page: so many a second, for so many seconds; none may be lost.
PER_SECOND, SUBMITTING = 50, 30
#: Each task takes at most so many times the floor.
GOALS = {
    "open_list": 1.5,
    "filter_list": 1.4,
    "open_by_link": 1.7,
    "open_by_row": 1.7,
    "open_by_address": 1.7,
    "save_meeting": 2.0,
    "tap_save": 2.0,
    "open_health": 1.5,
    "rerun": 1.5,
    "search": 3.0,
}
#: Method of Tasks → what it is called. The two last begin by a change of the data, as if a colleague had saved.
TASKS = {
    "open_list": "open the partner list",
    "filter_list": "filter it",
    "open_by_link": "open a partner, by a link",
    "open_by_row": "open a partner, by its row",
    "open_by_address": "open a partner, by its address in a new tab",
    "save_meeting": "save a meeting, by a mouse",
    "tap_save": "save a meeting, by a tap",
    "open_health": "open the health page",
    "rerun": "an unchanged rerun",
    "search": "search from another page, first results (F: its unchanged rerun)",
}
AFTER_A_SAVE = {"open_list": "open the partner list, after a save", "open_health": "open the health page, after a save"}
#: Page of the app, of the floor, and what stands in the address.
PAGES = (
    ("partners", "partners", ""),
    ("partner", "partner", "partner=7"),
    ("log", "log", ""),
    ("health", "health", ""),
    ("account", "", ""),
    ("", None, ""),
    ("engagements", None, ""),
    ("promises", None, ""),
    ("feedback", None, ""),
    ("behaviors", None, ""),
)


@dataclass
class Compared:
    """A task's times in milliseconds, on the app and on the floor."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The app's median over the floor's."""
        return statistics.median(self.ours) / statistics.median(self.floor)


def county_of(size: str) -> Path:
    """Return the folder of the made-up county, made anew unless the same code and seed made it this month."""
    folder = WORK / size / "county"
    made_of = [ROOT / "bench" / name for name in ("county.py", "writing.py", "check.py")]
    code = b"".join(path.read_bytes() for path in (*made_of, *sorted(ROOT.glob("migrations/versions/*.py"))))
    stamp = f"{hashlib.sha256(code).hexdigest()} {datetime.now(UTC):%Y-%m}"
    kept = folder / "made-by"
    if not kept.exists() or kept.read_text() != stamp:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"Making the county ({size}) …", flush=True)
        _python("county.py", folder, size)
        kept.write_text(stamp)
    return folder


def fresh_copies(county: Path) -> Path:
    """Copy the county for this run, once for the app and once for the floor, and return the folder."""
    folder = county.parent / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("erp.db", "floor.db"):
        with closing(sqlite3.connect(county / "erp.db")) as source, closing(sqlite3.connect(folder / name)) as copy:
            source.backup(copy)
    return folder


def in_chromium(ours: Server, theirs: Server, partners: int, rounds: int) -> dict[str, Compared]:
    """Time every task on both servers in turn; the first round warms them up and is thrown away."""
    from county import change  # noqa: PLC0415 -- opens the database that main() names first

    taken = {name: Compared() for name in (*TASKS.values(), *AFTER_A_SAVE.values())}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        sides: list[tuple[str, Tasks]] = [
            ("floor", OnFloor(browser, theirs, partners)),
            ("ours", OnApp(browser, ours, partners)),
        ]
        for method, name in (*TASKS.items(), *AFTER_A_SAVE.items()):
            for turn in range(rounds + 1):
                for side, tasks in sides if turn % 2 else sides[::-1]:
                    tasks.page.bring_to_front()
                    if name in AFTER_A_SAVE.values():
                        change(100 + turn)
                    took = getattr(tasks, method)(turn)
                    if turn:
                        getattr(taken[name], side).append(took)
            print(".", end="", flush=True)
        browser.close()
    return taken


def from_start(folder: Path, token: str) -> tuple[float, float]:
    """Return the seconds from the command to the first partner list, of the app and of the floor, started in turn.

    The middle of several starts each; the first of each fills the browser's store and is thrown away.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        ours = Launches(browser, OnApp, lambda: app(folder, APP_PORT, token))
        theirs = Launches(browser, OnFloor, lambda: floor(folder, FLOOR_PORT))
        took = [(ours.once(), theirs.once()) for _ in range(STARTS + 1)]
        browser.close()
    return statistics.median(our for our, _ in took[1:]), statistics.median(their for _, their in took[1:])


def main() -> None:
    """Measure everything and print it as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="?", choices=("S", "M", "L"), default="M")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each task in Chromium")
    chosen = parser.parse_args()
    folder = fresh_copies(county_of(chosen.size))
    os.environ["ERP_DATA_DIR"] = str(folder)
    from county import SIZES, sign_in  # noqa: PLC0415 -- reads the setting above

    rounds = "9" if chosen.size != "L" else "3"
    health = json.loads(_python("health.py", folder, rounds))
    plain = json.loads(_python("health_floor.py", folder, str(folder / "floor.db"), rounds))
    starts = from_start(folder, sign_in())
    with app(folder, APP_PORT, sign_in()) as ours, floor(folder, FLOOR_PORT) as theirs:
        used = {"memory after start, MiB": (ours.memory, theirs.memory)}
        tasks = in_chromium(ours, theirs, SIZES[chosen.size].partners, chosen.rounds)
        pairs = [
            (Visit(ours, name, query), Visit(theirs, bare, query) if bare is not None else None)
            for name, bare, query in PAGES
        ]
        reruns = measure(pairs, chosen.rounds, 5)
        crowds = [crowd(ours, [page[::2] for page in PAGES if page[1]], SESSIONS, THINK, LASTING)]
        crowds += [crowd(theirs, [page[1:] for page in PAGES if page[1]], SESSIONS, THINK, LASTING)]
        used["memory at the end, MiB"] = ours.memory, theirs.memory
        used["an idle session on the partner list, MiB"] = (
            memory_of_idle(ours, "partners"),
            memory_of_idle(theirs, "partners"),
        )
        submitted = asyncio.run(under_submissions(ours, PER_SECOND, SUBMITTING))
        used["from the command to the first answer, s"] = ours.started_in, theirs.started_in
        used[FIRST_LIST] = starts
    print(f"\n\n{_machine()}, size {chosen.size}, {chosen.rounds} rounds\n")
    _print_tasks(tasks)
    _print_reruns(reruns)
    _print_crowd(*crowds)
    print(f"\n{PER_SECOND} submissions a second on the public page for {SUBMITTING} s, beside one person at work:")
    print(f"{told(*submitted)}\n")
    _print_rest(used, health, plain)


def _print_tasks(tasks: dict[str, Compared]) -> None:
    print("| in Chromium, click to frame | app ms | floor F ms | app / F | goal |\n|---|---:|---:|---:|---|")
    goals = {TASKS[method]: goal for method, goal in GOALS.items()}
    for name, times in tasks.items():
        goal = "" if name in AFTER_A_SAVE.values() else _met(times.ratio, goals[name], "F")
        print(f"| {name} | {_middle(times.ours)} | {_middle(times.floor)} | {times.ratio:.1f} | {goal} |")


def _print_reruns(reruns: list[tuple[Reruns, Reruns | None]]) -> None:
    print("\n| rerun on the server, ms | app p50 | p95 | CPU | floor p50 | p95 | CPU | CPU app / F |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for (name, bare, _), (ours, theirs) in zip(PAGES, reruns, strict=True):
        beside = " | | | "
        if theirs is not None:
            beside = f"{theirs.p50:.0f} | {theirs.p95:.0f} | {theirs.cpu:.0f} | {ours.cpu / theirs.cpu:.1f}"
        named = f"{name or 'today'}{' (floor: a page of links)' if bare == '' else ''}"
        print(f"| {named} | {ours.p50:.0f} | {ours.p95:.0f} | {ours.cpu:.0f} | {beside} |")


def _print_crowd(ours: list[float], theirs: list[float]) -> None:
    print(f"\n| {SESSIONS} sessions, {THINK:g} s of thought, {LASTING:g} s | app | floor | goal |\n|---|---:|---:|---|")
    for name, share in (("p50", 10), ("p95", 19)):
        ms, floor_ms = (statistics.quantiles(times, n=20, method="inclusive")[share - 1] for times in (ours, theirs))
        goal = _met(ms, GOAL_CROWD, "ms") if name == "p95" else ""
        print(f"| {name}, ms (n = {len(ours):,}; {len(theirs):,}) | {ms:.0f} | {floor_ms:.0f} | {goal} |")


def _print_rest(used: dict[str, tuple[float, float]], health: dict[str, float], plain: dict[str, float]) -> None:
    print("\n| | app | floor | goal |\n|---|---:|---:|---|")
    for name, (ours, theirs) in used.items():
        digits = 0 if "memory" in name else 2
        goal = _met(ours, GOAL_MEMORY, "MiB") if "after start" in name else ""
        goal = _met(ours / theirs, GOAL_FIRST_LIST, "F") if name == FIRST_LIST else goal
        print(f"| {name} | {ours:.{digits}f} | {theirs:.{digits}f} | {goal} |")
    name = f"standing of {health['partners']:,} partners for {health['months']} months"
    goal = _met(health["all"] / plain["all"], GOAL_REBUILD, "x the plain floor")
    goal += f"; {_met(health['all'], GOAL_HEALTH, 's')}" if health["partners"] < 2_000 else ""
    middle = f"middle of {health['rounds']}, best {health['best']:.2f}"
    print(f"| {name}, s ({middle}) | {health['all']:.2f} | {plain['all']:.2f} | {goal} |")
    print(f"| of which reading {health['facts']:,} facts, s | {health['read']:.2f} | {plain['read']:.2f} | |")
    goal = _met(health["highest_mib"], GOAL_HIGHEST, "MiB")
    highest, floors = health["highest_mib"], plain["highest_mib"]
    print(f"| memory of the same at its highest, MiB | {highest:.0f} | {floors:.0f} | {goal} |")
    print(f"| figures compared with the plain reference, none differs by 1e-9 | {health['compared']} | | |")
    print(f"| CPU of the same, s (best) | {health['cpu']:.2f} | | |")


def _python(script: str, folder: Path, *words: str) -> str:
    command = [sys.executable, str(ROOT / "bench" / script), *words]
    env = os.environ | {"ERP_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}  # health.py asks the tests' reference
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def _middle(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ({min(times):.0f}–{max(times):.0f})"


def _met(figure: float, goal: float, unit: str) -> str:
    return f"≤ {goal:g} {unit}: {'met' if figure <= goal else 'not met'}"


def _machine() -> str:
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    cores = f"{os.cpu_count()} cores ({platform.machine()}), load {load}"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {cores}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
