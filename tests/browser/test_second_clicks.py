"""Two clicks where one was meant, in a real browser: one save, and no refusal on top of it."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Server, open_demo_as, settle


@pytest.fixture
def desk(window: BrowserContext, demo: Server) -> Page:
    return open_demo_as(window, demo, "Leadership")


def click_twice(button: Locator, apart_ms: int) -> None:
    """Press at one place twice, as a hand does: the second press goes to whatever stands there by then."""
    button.scroll_into_view_if_needed()
    place = button.bounding_box()
    assert place
    for pause in (apart_ms, 0):
        button.page.mouse.click(place["x"] + 20, place["y"] + 10)
        button.page.wait_for_timeout(pause)
    settle(button.page)


def total(page: Page) -> int:
    """Return how many records the list counts in all."""
    words = page.get_by_test_id("stMain").get_by_text("All (").first.inner_text()
    return int(words.removeprefix("All (").removesuffix(")"))


@pytest.mark.parametrize("apart_ms", [0, 60, 150])
def test_a_step_is_taken_once(desk: Page, demo: Server, apart_ms: int) -> None:
    desk.goto(f"{demo.address}/feedback?state=received")
    settle(desk)
    desk.get_by_role("button", name="Acknowledge").first.click()
    settle(desk)
    click_twice(desk.get_by_role("button", name="Save this step"), apart_ms)
    main = desk.get_by_test_id("stMain")
    expect(main.get_by_text("Saved.", exact=True).first).to_be_visible()
    expect(main).not_to_contain_text("while you had it open")
    expect(main).not_to_contain_text("encountered an error")


@pytest.mark.parametrize("apart_ms", [0, 60])
def test_a_promise_is_added_once(desk: Page, demo: Server, apart_ms: int) -> None:
    desk.goto(f"{demo.address}/promises?state=all")
    settle(desk)
    before = total(desk)
    desk.get_by_text("Add a promise").click()
    settle(desk)
    desk.get_by_label("What was promised").fill("To send the agenda a week ahead")
    desk.get_by_label("With which partner").click()
    desk.get_by_role("option").first.click()
    settle(desk)
    click_twice(desk.get_by_role("button", name="Save", exact=True), apart_ms)
    desk.wait_for_timeout(500)
    settle(desk)
    main = desk.get_by_test_id("stMain")
    expect(main).not_to_contain_text("encountered an error")
    assert total(desk) == before + 1
