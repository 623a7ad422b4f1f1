"""A county's first day, in a browser: set-up, an invitation, partners, a meeting, feedback through its loop."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Server, settle
from tests.conftest import POSTGRESQL, SQLITE

pytestmark = pytest.mark.browser
PASSWORD = "a sentence nobody guesses"


def set_up(page: Page, server: Server) -> None:
    page.goto(server.address)
    page.get_by_label(re.compile("one-time code", re.IGNORECASE)).fill(server.code)
    page.get_by_label("Name of the county").fill("Tarn County")
    page.get_by_label("Your name").fill("Ada Administrator")
    page.get_by_label("E-mail address").fill("ada@tarn.example")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    settle(page)


def invite(page: Page, server: Server, name: str, role: str) -> str:
    page.goto(f"{server.address}/settings")
    settle(page)
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_label("E-mail address").fill(f"{name.split(maxsplit=1)[0].lower()}@tarn.example")
    choose(page, "Roles", role)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("/invitation/", timeout=PATIENCE)
    found = re.search(r"/invitation/[\w-]+", page.get_by_test_id("stMain").inner_text())
    assert found
    return server.address + found[0]


def accept(page: Page, link: str) -> None:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button").last.click()
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label).first
    box.click()
    box.press_sequentially(option)
    choice = page.get_by_role("option", name=option).first
    for _ in range(5):
        page.wait_for_timeout(300)
        if choice.is_visible():
            break
        box.press("ArrowDown")  # scrolling closes the list, and the driver may scroll; the arrow opens it again
    expect(choice).to_be_visible(timeout=PATIENCE)
    box.press("Enter")
    settle(page)


def add_partner(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.address}/partners")
    settle(page)
    page.get_by_text("Add a partner", exact=True).first.click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    choose(page, "Kind", "Community organization")
    page.get_by_role("button", name="Add this partner").click()
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)


def log_meeting(page: Page, server: Server, *partners: str) -> None:
    page.goto(f"{server.address}/log")
    settle(page)
    for partner in partners:
        choose(page, "Partners", partner)
    page.keyboard.press("Escape")
    page.get_by_label("What it was about").fill("Visits closer to home")
    page.get_by_text("Promises made", exact=True).click()
    page.get_by_label("Promise 1").fill("Send the room list")
    choose(page, "Between the county and", partners[0])
    page.get_by_text("Feedback heard", exact=True).click()
    page.get_by_label("Feedback 1, in the giver's own words").fill("Letters come too late")
    choose(page, "From", partners[1])
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)
    settle(page)
    expect(page.get_by_role("link", name="Read it, or add to it")).to_be_visible()


def count(page: Page, server: Server, where: str) -> str:
    page.goto(f"{server.address}/{where}")
    settle(page)
    return page.get_by_test_id("stMain").inner_text()


@pytest.mark.parametrize("empty", [SQLITE, POSTGRESQL], indirect=True)
def test_from_an_empty_machine_to_a_closed_loop(chromium: Browser, empty: Server) -> None:
    administrator, coordinator = (chromium.new_context() for _ in range(2))
    for context in (administrator, coordinator):
        context.set_default_timeout(PATIENCE)
    desk = administrator.new_page()
    set_up(desk, empty)
    expect(desk.get_by_text("Tarn County")).to_be_visible()
    link = invite(desk, empty, "Cora Coordinator", "Coordinator")

    page = coordinator.new_page()
    accept(page, link)
    expect(page.get_by_text("Nothing needs you today.")).to_be_visible()
    partners = ("Fern House", "Lark Clinic", "Heron School")
    for partner in partners:
        add_partner(page, empty, partner)
    log_meeting(page, empty, *partners)

    assert "1 engagement" in count(page, empty, "engagements")
    assert "Send the room list" in count(page, empty, "promises")
    assert "Letters come too late" in count(page, empty, "feedback")
    assert "3 partners" in count(page, empty, "partners")

    take_step(page, empty, "Acknowledged")
    take_step(page, empty, "Decided", said="Letters go out a week earlier")
    take_step(page, empty, "Told, not confirmed", how="By phone")
    take_step(page, empty, "Confirmed by the giver", how="At a meeting")

    other_tab = coordinator.new_page()
    other_tab.goto(empty.address)
    settle(other_tab)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign"))
    other_tab.get_by_role("link", name="Partners", exact=True).click()
    expect(other_tab.get_by_text("Your session has ended")).to_be_visible(timeout=PATIENCE)
    for context in (administrator, coordinator):
        context.close()


def take_step(page: Page, server: Server, state: str, *, how: str = "", said: str = "") -> None:
    page.goto(f"{server.address}/feedback?feedback=1")
    settle(page)
    if how:
        choose(page, "How the giver", how)
    if said:
        page.get_by_label("What was decided, and why").fill(said)
    page.get_by_role("button", name="Save this step").click()
    settle(page)
    expect(page.get_by_text(state).first).to_be_visible(timeout=PATIENCE)
