"""Whatever people type stays text: on every page, in a county all of whose words try to be more."""

import json
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server, open_demo_as, settle, start

TYPED = (
    " <img src=http://else.example/a.png onerror=alert(1)> ![i](http://else.example/b.png) [l](http://else.example/c)"
    " :red[r] **bold** $x^2$ <script>alert(2)</script> :material/home: `c` | a~~s~~ \N{RIGHT-TO-LEFT OVERRIDE}turned"
)
#: Columns of text that the app itself writes and reads.
OURS = (
    "key", "name_key", "hash", "previous_hash", "token_hash", "password_hash", "sha256", "fingerprint", "entry_id",
    "framework_version", "time_zone", "email", "verb", "record_kind", "token", "outcome", "who",
)  # fmt: skip
TABLES = (
    "account", "behavior_tag", "cadence", "commitment", "contact", "county", "discussion_point", "engagement",
    "engagement_partner", "feedback_item", "feedback_step", "forum", "forum_member", "look_alike", "partner",
    "partner_name",
    "rating", "relationship", "sign_in",
)  # fmt: skip
PAGES = (
    "", "partners", "partners?partner_as_list=true", "engagements", "promises", "feedback", "behaviors", "health",
    "forums", "forums?forum=1", "log", "rate?partner=2", "imports", "settings", "account", "engagement?engagement=3",
    "promises?promise=3", "feedback?feedback=4", "nowhere", "look_alikes",
    "confirm", "settings?part=Frameworks", "behaviors?behavior=LB1",
    *(f"partner?partner=9&section={section}" for section in (
        "Health", "Engagements", "Promises", "Feedback", "People+and+ties", "Details", "History",
    )),
)  # fmt: skip
#: What the typed words would have become, had a page taken them for more than text.
BECAME = """() => ['img[src*="else.example"]', '.katex', 'del', 'script:not([src])',
    'a[href="http://else.example/c"]'].filter((what) => [...document.querySelectorAll('#root ' + what)].some(
        (found) => !what.startsWith('a[') || found.textContent === 'l'))
    .concat([...document.querySelectorAll('strong, code')].filter(
        (found) => ['bold', 'c'].includes(found.textContent)).map((found) => found.outerHTML))"""


@pytest.fixture(scope="module")
def spoiled(demo: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the demonstration county with TYPED after each of its words."""
    folder = tmp_path_factory.mktemp("spoiled")
    with sqlite3.connect(demo.folder / "demo.db") as source, sqlite3.connect(folder / "demo.db") as county:
        source.backup(county)
        for (guard,) in county.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            county.execute(f"drop trigger {guard}")
        for table in TABLES:
            for _, column, kind, *_ in county.execute(f"pragma table_info({table})").fetchall():
                if kind == "VARCHAR" and column not in OURS:
                    county.execute(f"update {table} set {column} = {column} || ? where {column} <> ''", (TYPED,))
        county.execute("update import_file set file_name = file_name || ?", (TYPED,))
        kept = json.dumps({f"Heading{TYPED}": f"words{TYPED}"})
        for table in ("partner", "engagement", "commitment", "feedback_item"):
            county.execute(f"update {table} set extras = ?, as_written = ?", (kept, kept))
        rows = county.execute("select id, before, after from change").fetchall()
        told = ((*(_spoiled(side) for side in sides), number) for number, *sides in rows)
        county.executemany("update change set before = ?, after = ? where id = ?", told)
        county.execute("update change set actor_name = actor_name || ?", (TYPED,))
        _spoil_frameworks(county)
    yield from start(folder, "demo")


def _spoil_frameworks(county: sqlite3.Connection) -> None:
    """Put a version of each framework in force with TYPED after each of its words."""
    for number, entries in county.execute("select id, entries from framework_edition").fetchall():
        words = ("label", "description", "group", "source")
        mine = json.dumps(
            [each | {name: f"{each[name] or ''}{TYPED}" for name in words} for each in json.loads(entries)]
        )
        county.execute(
            "insert into framework_edition (recorded_at, version, framework, edition, shipped, source, about, entries,"
            " from_on, note) select recorded_at, 1, framework, 'C' || ?, 0, source || ?, about || ?, ?, '2026-01-01', ?"
            " from framework_edition where id = ?",
            (TYPED, TYPED, TYPED, mine, TYPED, number),
        )


def _spoiled(side: str | None) -> str | None:
    """Return one side of a change with TYPED after its sentences; single words may be ours."""
    values = json.loads(side or "null")
    if not isinstance(values, dict):
        return side
    return json.dumps({k: v + TYPED if isinstance(v, str) and " " in v else v for k, v in values.items()})


def test_what_people_typed_is_text_on_every_page(spoiled: Server, chromium: Browser) -> None:
    window = chromium.new_context(viewport={"width": 1440, "height": 1000})
    asked_elsewhere: list[str] = []
    window.on(
        "request", lambda asked: asked_elsewhere.append(asked.url) if asked.url.startswith("http://else") else None
    )
    window.on("dialog", lambda dialog: asked_elsewhere.append(dialog.message))
    page = open_demo_as(window, spoiled, "leadership")
    shown: list[str] = []
    for address in PAGES:
        page.goto(f"{spoiled.address}/{address}")
        settle(page)
        _unfold(page)
        assert page.evaluate(BECAME) == [], address
        assert page.locator("[data-testid=stException]").count() == 0, address
        shown += [address] if "**bold**" in page.inner_text("body") else []
    assert asked_elsewhere == []
    assert {"", "health", "account", "partner?partner=9&section=Health", "engagement?engagement=3"} <= set(shown)
    assert {"settings?part=Frameworks", "behaviors?behavior=LB1"} <= set(shown)
    window.close()


def test_the_sign_in_page_shows_the_countys_name_as_typed(spoiled: Server, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{spoiled.address}/signin")
    assert "**bold**" in page.inner_text("body")
    assert page.locator("img[src*='else.example']").count() == 0
    page.close()


def _unfold(page: Page) -> None:
    page.keyboard.press("Escape")  # a page that is not there says so in front of Today
    for part in page.locator("[data-testid=stMain] [data-testid=stExpander] summary").all()[:3]:
        part.click()
    settle(page)
