"""Two people on one record, two tabs on one form, Back in mid-form: in a real browser nothing typed is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, Server, open_demo_as, settle

PARTNER = "partner?partner=20&section=Details"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 780}, color_scheme="dark")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def at(page: Page, demo: Server, where: str) -> Page:
    page.goto(f"{demo.address}/{where}")
    settle(page)
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
    settle(page)


def test_two_people_on_one_record_choose_field_by_field(
    window: BrowserContext, phone: BrowserContext, demo: Server
) -> None:
    first = at(open_demo_as(window, demo, "Leadership"), demo, PARTNER)
    second = at(open_demo_as(phone, demo, "coordinator"), demo, PARTNER)
    expect(second.get_by_label("Area served")).to_be_visible()
    first.get_by_label("Area served").fill("Emberton and the Flat")
    first.get_by_label("Languages, separated by ;").fill("English; Hmong")
    save(first)
    second.get_by_label("Area served").fill("All of Emberton")
    second.get_by_label("Notes").fill("They have a new room.")
    save(second)
    main = second.get_by_test_id("stMain")
    expect(main).to_contain_text("saved this record after you opened the form")
    expect(main).to_contain_text("Emberton and the Flat")
    on = second.get_by_role("button", name="Go on with these")
    expect(on).to_be_disabled()
    area = second.get_by_role("radiogroup", name="Which one stays: area served")
    area.get_by_text("Mine").click()
    settle(second)
    wide = second.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, "the two texts fit beside each other"
    on.click()
    settle(second)
    expect(second.get_by_label("Languages, separated by ;")).to_have_value("English; Hmong")
    expect(second.get_by_label("Notes")).to_have_value("They have a new room.")
    save(second)
    expect(main).to_contain_text("The changes are saved.")
    at(first, demo, PARTNER)
    for label, value in (
        ("Area served", "All of Emberton"),
        ("Languages, separated by ;", "English; Hmong"),
        ("Notes", "They have a new room."),
    ):
        expect(first.get_by_label(label)).to_have_value(value)


def begin(page: Page, demo: Server, about: str) -> None:
    at(page, demo, "log")
    page.get_by_role("combobox", name="Partners").fill("Kin Keepers")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    page.get_by_label("What it was about").fill(about)
    page.keyboard.press("Tab")
    page.get_by_text("Draft kept").wait_for()


def test_one_form_in_two_tabs_makes_one_record(window: BrowserContext, demo: Server) -> None:
    about = "Plan the orchard day"
    one = open_demo_as(window, demo, "tribal liaison")
    begin(one, demo, about)
    two = window.new_page()
    at(two, demo, "log")
    expect(two.get_by_label("What it was about")).to_have_value(about)
    for tab in (one, two):
        tab.get_by_role("button", name="Save", exact=True).click()
        tab.locator("[data-testid=stAlert]").first.wait_for()
        settle(tab)
    at(one, demo, "engagements?words=orchard+day")
    expect(one.get_by_test_id("stMain")).to_contain_text("1 engagement")


def test_back_in_mid_form_and_forward_again_loses_nothing(window: BrowserContext, demo: Server) -> None:
    page = open_demo_as(window, demo, "tribal liaison")
    begin(page, demo, "Plan the quilt evening")
    page.get_by_role("link", name="Partners").click()
    page.get_by_role("heading", name="Partners", exact=True).wait_for()
    settle(page)
    page.go_back()
    page.get_by_role("heading", name="Log engagement").wait_for()
    settle(page)
    expect(page.get_by_label("What it was about")).to_have_value("Plan the quilt evening")
    page.go_forward()
    page.get_by_role("heading", name="Partners", exact=True).wait_for()
    page.go_back()
    settle(page)
    expect(page.get_by_label("What it was about")).to_have_value("Plan the quilt evening")
    page.get_by_text("Clear this form").click()
    page.get_by_role("button", name="Throw it away").click()
    settle(page)
