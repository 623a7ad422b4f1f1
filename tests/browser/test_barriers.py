"""A barrier, on a phone: named from feedback, owned together, asked about, still there, asked again, gone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Server, county_day, open_demo_as, settle

pytestmark = pytest.mark.browser

WORDS = "Nobody says at the door that there is an interpreter."


@pytest.fixture
def phone(chromium: Browser, demo: Server) -> Iterator[Page]:
    """The community liaison's phone."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    context.set_default_timeout(PATIENCE)
    yield open_demo_as(context, demo, "Community liaison")
    context.close()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def open_part(page: Page, label: str) -> None:
    page.locator("summary", has_text=label).first.click()
    settle(page)


def say(page: Page, label: str, words: str, button: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name=button, exact=True).click()
    settle(page)


def verdict(page: Page, what: str, words: str) -> None:
    page.get_by_role("button", name="Write down what they say").click()
    settle(page)
    choose(page, "What they say", what)
    page.get_by_label("Their words", exact=True).fill(words)
    page.get_by_role("button", name="Save", exact=True).click()
    settle(page)


def test_a_barrier_goes_from_feedback_to_gone_by_what_its_partner_says(phone: Page, demo: Server) -> None:
    phone.goto(f"{demo.address}/barriers?from_feedback=1")
    settle(phone)
    say(phone, "What gets in the way, in their words", WORDS, "Save the barrier")
    expect(phone.get_by_text("Named. Next: who owns it").first).to_be_visible()
    expect(phone.get_by_role("heading", name="What shows it (1)")).to_be_visible()

    open_part(phone, "Add who owns it")  # the liaison, who is at the screen, is offered for the county
    choose(phone, "A partner", "Centro Semillas de Quillmere")
    phone.get_by_role("button", name="Add", exact=True).click()
    settle(phone)
    expect(phone.get_by_text("Abel Fontenay (county)").first).to_be_visible()

    say(phone, "What county and partners agreed", "A sign in four languages", "Work on it together")
    asked = "Ask the partners whether it is gone"
    say(phone, "What was done about it, as the partners read it", "The sign hangs", asked)
    verdict(phone, "Still there", "It hangs behind the door")
    expect(phone.get_by_text("Still there. It hangs behind the door").first).to_be_visible()
    say(phone, "What was done about it, as the partners read it", "It hangs in front", asked)
    verdict(phone, "Gone", "People ask for it now")
    expect(phone.get_by_text("Gone, partners say").first).to_be_visible()

    number = re.search(r"barrier=(\d+)", phone.url)
    assert number is not None
    phone.goto(f"{demo.address}/barriers?state=gone")
    settle(phone)
    phone.get_by_role("button", name=WORDS).click()
    settle(phone)
    open_part(phone, "Every change of it")
    assert f"barrier={number[1]}" in phone.url, "the record stays open at the next click"
    expect(phone.get_by_role("heading", name=f"“{WORDS}”")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_change_beside_its_line_is_made_by_the_keyboard(phone: Page, demo: Server) -> None:
    phone.goto(f"{demo.address}/reviews?review=2")
    settle(phone)
    change = phone.locator(".st-key-change_review_group_5 button")
    change.focus()
    phone.keyboard.press("Enter")
    settle(phone)
    phone.keyboard.press("Tab")  # what to write there
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("textbox", name="Which group")).to_be_focused()
    phone.keyboard.press("Tab")
    phone.keyboard.type(f"{county_day():%m%d%Y}")
    phone.locator(".st-key-mend_review_group_5_how input").fill("At the market stall")
    phone.keyboard.press("Enter")
    settle(phone)
    expect(phone.get_by_test_id("stToast")).to_be_visible()
    expect(phone.get_by_text("(At the market stall)")).to_be_visible()
    expect(phone.get_by_role("textbox", name="Which group")).to_have_count(0)
