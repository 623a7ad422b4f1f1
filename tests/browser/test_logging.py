"""Logging a meeting as a person does: in few interactions, and without losing what was typed."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE, Server, county_day, open_demo_as, settle, start

#: Interactions a meeting with three partners, two promises and one piece of feedback may take. Source: the project's
#: own goal, "a meeting in about a minute".
MOST_INTERACTIONS = 25


class Hands:
    """A person's hands: every click, and every field typed into, is one interaction."""

    def __init__(self, page: Page) -> None:
        self.page, self.interactions = page, 0

    def click(self, what: Locator) -> None:
        self.interactions += 1
        what.click()
        self.page.wait_for_timeout(300)

    def type(self, *words: str) -> None:
        """Type into the field that has the focus; each of several words is chosen from a list by Enter."""
        self.interactions += 1
        for word in words:
            self.page.keyboard.type(word, delay=10)
            if len(words) > 1:
                self.page.get_by_role("option").first.wait_for()
                self.page.keyboard.press("Enter")
                settle(self.page)

    def choose(self, field: Locator, word: str) -> None:
        self.click(field)
        self.type(word)
        self.page.keyboard.press("Enter")
        settle(self.page)


def test_a_meeting_of_three_is_logged_in_few_interactions(window: BrowserContext, demo: Server) -> None:
    page = open_demo_as(window, demo, "coordinator")
    hands = Hands(page)
    hands.click(page.get_by_role("link", name="Log engagement").first)
    settle(page)
    hands.click(page.get_by_role("combobox", name="Partners"))
    hands.type("Kin Keepers", "Open Sky", "Lantern")
    hands.click(page.get_by_label("What it was about"))
    hands.type("Summer jobs for older youth")
    hands.click(page.get_by_text("Promises made"))
    settle(page)
    hands.click(page.get_by_label("Promise 1"))
    hands.type("Send the list of employers")
    hands.choose(page.get_by_role("combobox", name="Between the county and").first, "Open Sky")
    hands.click(page.get_by_role("button", name="Add another promise"))
    settle(page)
    hands.click(page.get_by_label("Promise 2"))
    hands.type("Pay the stipends monthly")
    hands.choose(page.get_by_role("combobox", name="Between the county and").nth(1), "Lantern")
    hands.click(page.get_by_text("Feedback heard"))
    settle(page)
    hands.click(page.get_by_label("Feedback 1, in the giver's own words"))
    hands.type("Nobody told us what came of the survey")
    hands.choose(page.get_by_role("combobox", name="From"), "Kin")
    hands.click(page.get_by_role("button", name="Save", exact=True))
    said = page.locator("[data-testid=stAlert]").first
    said.wait_for()
    assert "Held: Meeting with Kin Keepers, Open Sky Youth Space and Lantern Fund" in said.inner_text()
    assert "With 2 promises and 1 piece of feedback." in said.inner_text()
    print(f"interactions: {hands.interactions} of at most {MOST_INTERACTIONS}")
    assert hands.interactions <= MOST_INTERACTIONS


#: What has the focus: its label, or its words.
FOCUSED = """() => { const at = document.activeElement;
    const label = at.closest('[data-testid=stElementContainer]')?.querySelector('label');
    const words = ['A', 'BUTTON', 'SUMMARY'].includes(at.tagName) && at.innerText;
    return [at.getAttribute('aria-label'), label?.innerText, words].filter(Boolean).join(' / ') }"""


def tab_to(page: Page, label: str, most: int = 40) -> None:
    """Press Tab until a field, a part or a button of this label has the focus."""
    for _ in range(most):
        if label in page.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
        page.wait_for_timeout(40)
    pytest.fail(f"{label} was not reached by the keyboard; the focus is at {page.evaluate(FOCUSED)}.")


def test_a_meeting_is_logged_by_the_keyboard_alone(window: BrowserContext, demo: Server) -> None:
    page = open_demo_as(window, demo, "coordinator")
    tab_to(page, "Log engagement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Log engagement")).to_be_visible()
    settle(page)
    tab_to(page, "Partners, people, forum")
    Hands(page).type("Kin Keepers", "Open Sky")  # Enter takes the first, and the focus stays
    tab_to(page, "What it was about")
    page.keyboard.type("Summer jobs for older youth")
    tab_to(page, "Promises made")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Tab")
    tab_to(page, "Promise 1", most=2)
    page.keyboard.type("Send the list of employers")
    tab_to(page, "Between the county and", most=4)
    page.keyboard.type("Open Sky")
    page.keyboard.press("Enter")
    settle(page)
    tab_to(page, "Behaviors and topics", most=12)
    page.keyboard.press("Enter")
    settle(page)
    tab_to(page, "CPM leadership behaviors this shows", most=3)
    page.keyboard.type("Seek")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    tab_to(page, "What showed it", most=4)
    page.keyboard.type("We asked what would help")
    tab_to(page, "Save", most=12)
    page.keyboard.press("Enter")
    said = page.locator("[data-testid=stAlert]").first
    said.wait_for()
    assert "Held: Meeting with Kin Keepers and Open Sky Youth Space" in said.inner_text()
    assert "With 1 promise." in said.inner_text()


def begin(page: Page, address: str) -> None:
    page.goto(f"{address}/log")
    settle(page)
    page.get_by_label("What it was about").fill("Plan the spring gathering")
    page.keyboard.press("Tab")
    page.get_by_text("Draft kept").wait_for()
    page.get_by_text("What was said: facts, quotes, opinions").click()
    page.get_by_label("Facts").fill("Forty families came")
    page.keyboard.press("Tab")
    settle(page)


def assert_all_there(page: Page) -> None:
    settle(page)
    expect(page.get_by_label("What it was about")).to_have_value("Plan the spring gathering", timeout=PATIENCE)
    expect(page.get_by_label("Facts")).to_have_value("Forty families came")
    expect(page.get_by_label("Facts")).to_be_visible()


@pytest.fixture
def liaison(window: BrowserContext, demo: Server) -> Page:
    """A liaison, whose drafts no other test counts."""
    return open_demo_as(window, demo, "community liaison")


def test_a_reload_in_mid_form_loses_nothing_nor_does_another_device(
    liaison: Page, demo: Server, chromium: Browser
) -> None:
    begin(liaison, demo.address)
    liaison.reload()
    assert_all_there(liaison)
    phone = chromium.new_context(viewport={"width": 360, "height": 780})
    there = open_demo_as(phone, demo, "community liaison")
    there.locator("a", has_text="Plan the spring gathering").first.click()
    there.get_by_role("heading", name="Log engagement").wait_for()
    assert_all_there(there)
    phone.close()
    liaison.get_by_text("Clear this form").click()
    liaison.get_by_role("button", name="Throw it away").click()
    settle(liaison)
    expect(liaison.get_by_label("What it was about")).to_have_value("")


def test_typing_goes_on_while_the_draft_is_kept(liaison: Page, demo: Server) -> None:
    begin(liaison, demo.address)
    liaison.get_by_label("Quotes").click()
    for words in ("They said yes", "Warm room"):
        liaison.keyboard.type(words, delay=15)
        liaison.keyboard.press("Tab")
    settle(liaison)
    expect(liaison.get_by_label("Quotes")).to_have_value("They said yes")
    expect(liaison.get_by_label("Opinions")).to_have_value("Warm room")


def open_log(window: BrowserContext, demo: Server) -> Page:
    page = open_demo_as(window, demo, "coordinator")
    page.goto(f"{demo.address}/log")
    settle(page)
    return page


def with_kin_keepers(window: BrowserContext, demo: Server) -> Page:
    """Open the blank form and choose one partner."""
    page = open_log(window, demo)
    page.get_by_role("combobox", name="Partners").fill("Kin Keepers")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    return page


def outcome(page: Page) -> str:
    said = page.locator("[data-testid=stAlert]").first
    said.wait_for()
    return said.inner_text()


def test_a_slow_click_on_save_out_of_a_text_saves(window: BrowserContext, demo: Server) -> None:
    page = with_kin_keepers(window, demo)
    page.get_by_label("What it was about").fill("A word at the door")
    save = page.get_by_role("button", name="Save", exact=True)
    save.scroll_into_view_if_needed()
    save.hover()
    page.mouse.down()
    page.wait_for_timeout(1_000)  # meanwhile the field was left, and the draft was kept
    page.mouse.up()
    assert "Saved. Held: Meeting with Kin Keepers" in outcome(page)


@pytest.mark.parametrize("refused", [False, True])
def test_a_quick_tap_on_save_out_of_a_text_saves_and_says_so(
    window: BrowserContext, demo: Server, refused: bool
) -> None:
    page = open_log(window, demo) if refused else with_kin_keepers(window, demo)
    page.get_by_label("What it was about").fill("A word on the stairs")
    page.get_by_role("button", name="Save", exact=True).click()  # as a tap: the text is left and the button hit at once
    words = "Name at least one partner" if refused else "Saved. Held: Meeting with Kin Keepers"
    assert words in outcome(page)
    assert page.get_by_label("What it was about").count() == int(refused)
    if refused:
        expect(page.get_by_label("What it was about")).to_have_value("A word on the stairs")


def test_a_tap_on_save_out_of_words_that_may_identify_somebody_asks_about_them(
    window: BrowserContext, demo: Server
) -> None:
    page = with_kin_keepers(window, demo)
    page.get_by_label("What it was about").fill("About case number 12345678")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("12345678").nth(1).wait_for()  # in the form, and in the question


def test_a_row_is_planned_also_where_its_day_is_chosen_last(window: BrowserContext, demo: Server) -> None:
    page = with_kin_keepers(window, demo)
    page.get_by_text("Is planned").click()
    settle(page)
    page.get_by_label("What it was about").fill("Youth table")
    page.get_by_role("combobox", name="Repeats").click()
    page.get_by_role("option", name="Every month, on the same weekday").click()
    settle(page)
    year = county_day().year + 1
    for field, day in ((3, f"0630{year}"), (0, f"0112{year}")):  # until, then the day
        page.get_by_role("spinbutton").nth(field).click()
        page.keyboard.type(day, delay=30)
        settle(page)
    page.get_by_role("button", name="Save as planned").click()
    assert "Saved. 6 planned: Meeting with Kin Keepers" in outcome(page)


def test_the_draft_is_there_when_a_stopped_server_is_back(window: BrowserContext, tmp_path: Path) -> None:
    first = start(tmp_path / "data", "demo")
    page = open_demo_as(window, next(first), "coordinator")
    begin(page, page.url.rstrip("/"))
    first.close()
    again = start(tmp_path / "data", "demo")
    page.goto(f"{next(again).address}/log")
    assert_all_there(page)
    again.close()
