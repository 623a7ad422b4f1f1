"""Times tasks in Chromium: from the person's own click or key to the frame after the result stands on the page."""

import json
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ClassVar

from playwright.sync_api import Browser, Locator, Page, Playwright
from servers import Server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Milliseconds of rest before an action, as a person would; a click during the last rerun's tail measures that tail.
REST = 400
#: Milliseconds for which a hand presses a button.
PRESS = 80
#: Milliseconds a task may take.
PATIENCE = 60_000
#: Words that a directory is narrowed to; each finds some partners.
#: What is looked for everywhere: names, slips, words that half of all meetings say, a person.
SEARCHED = (
    "Wren Lake Housing",
    "wren lake housng clinic",
    "referrals intake",
    "Garcia",
    "recovery meeting",
    "Made-up Tribal Nation 12",
    "barriers",
)
WORDS = (
    "Alder",
    "Birch",
    "Clover",
    "Fennel",
    "Hazel",
    "Juniper",
    "Larkspur",
    "Otter",
    "Rowan",
    "Sorrel",
    "Teasel",
    "Wren",
)

# Waits in the page itself: from the time stamp of the first click or key to the frame after `ready()` holds.
_WATCH = """({kind, ready, patience}) => { const holds = new Function('return ' + ready);
    window.__took = new Promise((done, fail) => {
    setTimeout(() => fail(new Error('Nothing came of it: ' + ready)), patience);
    const begin = (event) => { window.removeEventListener(kind, begin, true);
        const look = () => { let ok = false; try { ok = holds() } catch (_) { ok = false }
            requestAnimationFrame(ok ? () => done(performance.now() - event.timeStamp) : look) };
        look() };
    window.addEventListener(kind, begin, true) }) }"""
# A rerun that changes nothing shows only in the state of the app, for less than a frame at times.
_LISTEN = """() => { window.__ran = false; const app = document.querySelector('[data-testid=stApp]');
    const listener = new MutationObserver(() => { if (app.dataset.testScriptState === 'notRunning') {
        window.__ran = true; listener.disconnect() } });
    listener.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']}) }"""
_MAIN = "document.querySelector('[data-testid=stMain]')"
_GRID = f"{_MAIN}.querySelector('[data-testid=stDataFrame] canvas')"
_DRAWING = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
_CHART = f"{_MAIN}.querySelector('{_DRAWING}')"
_FRESH = f"!{_MAIN}.querySelector('[data-stale=true]')"


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)


def says(words: str) -> str:
    """Return a condition: the page holds these words and nothing of the page before it."""
    return f"{_MAIN}.textContent.includes({json.dumps(words)}) && {_FRESH}"


class Launches:
    """Starting one side's server and opening its partner list at once, as with the program's files in the browser."""

    def __init__(self, browser: Browser, side: type["Tasks"], serve: Callable[[], AbstractContextManager[Server]]):
        self.side, self.serve = side, serve
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})

    def once(self) -> float:
        """Return the seconds from the command to the first rows."""
        page, start = self.context.new_page(), time.perf_counter()
        with self.serve() as server:
            if server.token:
                self.context.add_cookies([{"name": "erp_session", "value": server.token, "url": server.url}])
            page.goto(f"{server.url}/partners", wait_until="commit")
            page.wait_for_function(f"() => {{ try {{ return {self.side.LISTED} }} catch (_) {{ return false }} }}")
            took = time.perf_counter() - start
            page.close()
        return took


class Tasks(ABC):
    """The tasks on one server. Each returns milliseconds; what prepares it is not measured."""

    def __init__(self, browser: Browser, server: Server, partners: int) -> None:
        self.partners, self.url = partners, server.url
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        if server.token:
            context.add_cookies([{"name": "erp_session", "value": server.token, "url": server.url}])
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(server.url)
        self.page.wait_for_selector("[data-testid=stSidebarNav] a")

    def open_list(self, _turn: int) -> float:
        """Open the partner list from another page, until its first rows are drawn."""
        self.go("elsewhere")
        return self.timed(self.link("partners").click, self.LISTED)

    def filter_list(self, turn: int) -> float:
        """Narrow the partner list to a word, from the key that ends it."""
        self.go("partners")
        word = WORDS[turn % len(WORDS)]
        field = self.page.get_by_role("textbox", name=self.SEARCH)
        field.click()
        self.page.wait_for_timeout(REST)
        # As one change, so that no rerun begins before the key: an input that searches while one types would.
        self.put_in(word)
        took = self.timed(lambda: self.page.keyboard.press("Enter"), self.found(word), kind="keydown", rest=0)
        field.fill("")
        self.page.keyboard.press("Enter")
        self.wait_for(self.LISTED)
        return took

    def open_by_row(self, turn: int) -> float:
        """Open a partner by its row in the partner list, until everything on its page is drawn."""
        self.go("partners")
        box = self.page.locator("[data-testid=stMain] [data-testid=stDataFrame]").bounding_box()
        assert box is not None
        x, y = box["x"] + 120, box["y"] + 38 + 35 * (turn % 10) + 17
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(REST)
        return self.timed(lambda: self.page.mouse.click(x, y), self.OPENED)

    def open_by_link(self, turn: int) -> float:
        """Open a partner by a link in a list, until everything on its page is drawn."""
        self.show_links()
        links = self.page.locator("[data-testid=stMain] [data-testid=stPageLink] a")
        took = self.timed(links.nth(turn % 10).click, self.OPENED)
        self.hide_links()
        return took

    def open_by_address(self, turn: int) -> float:
        """Open a partner in a new tab by its address, in a browser that was here before, until all of it is drawn."""
        page = self.page.context.new_page()
        start = time.perf_counter()
        page.goto(f"{self.url}/partner?partner={7 + 11 * turn}", wait_until="commit")
        self.wait_for(self.OPENED, page)
        took = 1000 * (time.perf_counter() - start)
        page.close()
        return took

    def save_meeting(self, turn: int, press: int = PRESS) -> float:
        """Save a meeting with three partners, from letting go of the button until it says so."""
        self.go("log")
        self.fill_meeting(turn)
        button = self.page.get_by_role("button", name="Save", exact=True)
        return self.timed(
            lambda: button.click(delay=press),
            f"{_MAIN}.querySelector('[data-testid=stAlert]')?.textContent.includes('Saved')",
        )

    def tap_save(self, turn: int) -> float:
        """Save a meeting by a tap straight out of the text: both arrive at the server as one message."""
        return self.save_meeting(turn, press=0)

    def open_health(self, _turn: int) -> float:
        """Open the health page from another page, until its charts are drawn."""
        self.go("elsewhere")
        return self.timed(self.link("health").click, self.DRAWN)

    def rerun(self, _turn: int) -> float:
        """Run the partner list once more, nothing changed, until the app says that it rests."""
        self.go("partners")
        self.page.evaluate("document.activeElement.blur()")
        self.page.wait_for_timeout(REST)
        self.page.evaluate(_LISTEN)
        ran = "window.__ran"
        return self.timed(lambda: self.page.keyboard.press("r"), ran, kind="keydown")

    # What differs between the two servers.

    SEARCH: str
    PAGES: ClassVar[dict[str, str]]
    AT: ClassVar[dict[str, str]]
    LISTED: str
    OPENED: str
    DRAWN: str

    @abstractmethod
    def found(self, word: str) -> str:
        """Return the condition that the list shows only what the word finds."""

    @abstractmethod
    def show_links(self) -> None:
        """Go to a list of fifty partners, each a link with a line of facts."""

    @abstractmethod
    def hide_links(self) -> None:
        """Leave the list as it was."""

    @abstractmethod
    def fill_meeting(self, turn: int) -> None:
        """Fill in a meeting with three partners."""

    @abstractmethod
    def search(self, turn: int) -> float:
        """Search everything from another page, until the first results are drawn."""

    # What both share.

    def timed(self, act: Callable[[], None], ready: str, *, kind: str = "pointerup", rest: int = REST) -> float:
        """Do something and return the milliseconds from its event to the frame after `ready` holds."""
        self.page.wait_for_timeout(rest)
        self.page.evaluate(_WATCH, {"kind": kind, "ready": ready, "patience": PATIENCE})
        act()
        return self.page.evaluate("window.__took")

    def put_in(self, word: str) -> None:
        """Put words into the field that has the focus, as one change."""
        self.page.evaluate(
            """(word) => { const field = document.activeElement;
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, word);
            field.dispatchEvent(new Event('input', {bubbles: true})) }""",
            word,
        )

    def link(self, name: str) -> Locator:
        """Return the menu's link to a page."""
        return self.page.locator("[data-testid=stSidebarNav] a", has_text=self.PAGES[name]).first

    def go(self, name: str) -> None:
        """Go to a page by the menu, by way of another, and wait until it stands as it opens."""
        if name != "elsewhere":
            self.go("elsewhere")
        self.link(name).click()
        self.wait_for(self.AT[name])

    def wait_for(self, ready: str, page: Page | None = None) -> None:
        """Wait until a condition holds."""
        (page or self.page).wait_for_function(f"() => {{ try {{ return {ready} }} catch (_) {{ return false }} }}")


class OnApp(Tasks):
    """The tasks on the app."""

    SEARCH = "Find a partner"
    PAGES: ClassVar = {"elsewhere": "My account", "partners": "Partners", "log": "Log engagement", "health": "Health"}
    LISTED = f"{says('Download this list as CSV')} && location.search === '' && {_GRID}"
    OPENED = f"{says('All partners')} && (!{_MAIN}.querySelector('[data-testid=stVegaLiteChart]') || {_CHART})"
    DRAWN = f"{says('Open a partner')} && {_CHART} && {_MAIN}.querySelector('.standings td')"
    AT: ClassVar = {
        "elsewhere": says("My account"),
        "partners": LISTED,
        "log": says("Place, language, notes"),
        "health": DRAWN,
    }

    def found(self, word: str) -> str:
        everybody = f"{_MAIN}.textContent.includes('{self.partners:,} partners')"
        return f"location.search.includes({json.dumps(word)}) && !{everybody} && {_FRESH} && {_GRID}"

    def show_links(self) -> None:
        self.go("partners")
        self.page.get_by_text("As a list", exact=True).click()
        self.page.wait_for_selector("[data-testid=stMain] [data-testid=stPageLink] a")

    def hide_links(self) -> None:
        self.go("elsewhere")
        self.link("partners").click()
        self.page.wait_for_selector("[data-testid=stMain] [data-testid=stPageLink] a")
        self.page.wait_for_timeout(REST)
        self.page.get_by_text("As a list", exact=True).click()
        self.wait_for(self.LISTED)

    def fill_meeting(self, turn: int) -> None:
        field = self.page.get_by_role("combobox", name="Partners")
        for place in range(3):
            field.fill(WORDS[(turn + place) % len(WORDS)])
            self.page.get_by_role("option").nth(turn % 3).click()
            self.page.wait_for_timeout(REST)
        self.page.keyboard.press("Escape")
        self.page.get_by_label("What it was about").fill(f"Bench meeting {turn}")

    def search(self, turn: int) -> float:
        self.go("elsewhere")
        field = self.page.get_by_role("searchbox", name="Search everything")
        field.click()
        self.page.wait_for_timeout(REST)
        self.put_in(SEARCHED[turn % len(SEARCHED)])
        found = f"location.search.includes('q=') && {says('Empty the field above')}"
        took = self.timed(lambda: self.page.keyboard.press("Enter"), found, kind="keydown", rest=0)
        field.fill("")
        self.page.keyboard.press("Enter")
        self.wait_for(self.AT["elsewhere"])
        return took


class OnFloor(Tasks):
    """The tasks on the floor."""

    SEARCH = "search"
    PAGES: ClassVar = {name: name for name in ("links", "partners", "log", "health")} | {"elsewhere": "zero"}
    LISTED = f"{says('done partners  50')} && {_GRID}"
    OPENED = f"{says('done partner ')} && {_MAIN}.querySelectorAll('[data-testid=stDataFrame] canvas').length >= 2"
    DRAWN = f"{says('done health')} && {_CHART}"
    AT: ClassVar = {
        "elsewhere": says("done zero"),
        "links": says("done links"),
        "partners": LISTED,
        "log": says("done log"),
        "health": DRAWN,
    }

    def found(self, word: str) -> str:
        return f"{says(f'done partners {word}')} && {_GRID}"

    def show_links(self) -> None:
        self.go("links")

    def hide_links(self) -> None:
        self.go("elsewhere")

    def search(self, turn: int) -> float:
        return self.rerun(turn)

    def fill_meeting(self, turn: int) -> None:
        fields = self.page.locator("[data-testid=stMain] [data-testid=stTextInput] input")
        fields.nth(0).fill("5 6 7")
        fields.nth(1).fill(f"Bench meeting {turn}")
