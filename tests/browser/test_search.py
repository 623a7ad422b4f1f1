"""Searching from any page, by keyboard and thumb: found with a slip, opened, Back to the results, back to the page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Server, open_demo_as, settle

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1440, 900), (360, 740)], ids=["wide", "phone"])
def page(chromium: Browser, demo: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    yield open_demo_as(context, demo, "Viewer")
    context.close()


def look_for(page: Page, words: str) -> None:
    field = page.get_by_role("searchbox", name="Search everything")
    field.fill(words)
    field.press("Enter")
    settle(page)


def test_a_partner_is_found_by_a_former_name_with_a_slip_and_back_leads_back(page: Page, demo: Server) -> None:
    page.goto(f"{demo.address}/promises?state=kept")
    settle(page)
    look_for(page, "emberton blok watch")
    expect(page.get_by_role("heading", name="Search", exact=True)).to_be_visible()
    page.get_by_role("link", name="Emberton Neighborhood Alliance").click()
    expect(page.get_by_role("heading", name="Emberton Neighborhood Alliance")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search everything")).to_have_value("")
    page.go_back()
    settle(page)
    expect(page.get_by_text("Emberton Block Watch and Family Night (former name)")).to_be_visible()
    look_for(page, "")
    expect(page.get_by_role("heading", name="Promises", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/promises"))


def test_the_field_covers_neither_the_menus_button_nor_the_page(page: Page, demo: Server) -> None:
    field = page.get_by_role("searchbox", name="Search everything")
    box, window = field.bounding_box(), page.viewport_size
    assert box
    assert window
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    button = page.get_by_test_id("stExpandSidebarButton")
    if button.is_visible():
        button.click()
        page.get_by_role("link", name="Health", exact=True).click()
        expect(page.get_by_role("heading", name="Health", exact=True)).to_be_visible()
    page.mouse.wheel(0, 2000)
    expect(field).to_be_in_viewport()


def test_the_menu_leaves_the_results(page: Page, demo: Server) -> None:
    look_for(page, "library")
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Feedback", exact=True).click()
    expect(page.get_by_role("heading", name="Feedback", exact=True)).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search everything")).to_have_value("")


def test_a_tribes_words_find_nothing_for_a_viewer_and_their_record_for_the_liaison(
    chromium: Browser, demo: Server
) -> None:
    seen = {}
    for role in ("Viewer", "Tribal liaison"):
        context = chromium.new_context()
        context.set_default_timeout(PATIENCE)
        page = open_demo_as(context, demo, role)
        look_for(page, "designated agent")
        seen[role] = page.get_by_role("link").filter(has_text="designated agent").count()
        context.close()
    assert seen["Viewer"] == 0
    assert seen["Tribal liaison"] > 0
