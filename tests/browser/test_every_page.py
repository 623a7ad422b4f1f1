"""Every page of the demonstration county, as each role: it draws, asks nothing of outside, and is accessible."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from erp.access import PERMISSIONS, Actor
from erp.ui.navigation import PAGES
from erp.vocabulary import Role
from tests.browser.conftest import PATIENCE, Server, open_demo_as, settle

pytestmark = pytest.mark.browser

#: Rules that Streamlit 1.67 itself breaks; ours may break none.
STREAMLITS_OWN = {"presentation-role-conflict"}  # the file uploader
#: Pages with one record open, as every page is looked at without one.
OPENED = (
    "partner?partner=10",
    "engagement?engagement=89",
    "promises?promise=1",
    "feedback?feedback=1",
    "forums?forum=1",
    "barriers?barrier=1",
    "barriers?barrier=3",
    "reviews?review=2",
    "decisions?decision=1",
    "partners?q=libary",
    "?q=nothing+says+this",
)
PEOPLE = {
    Role.LEADERSHIP: "Leadership",
    Role.COORDINATOR: "Coordinator",
    Role.TRIBAL_LIAISON: "Tribal liaison",
    Role.COMMUNITY_LIAISON: "Community liaison",
    Role.ADMINISTRATOR: "Administrator",
    Role.VIEWER: "Viewer",
}


def pages_of(role: Role) -> list[str]:
    actor = Actor(1, "", frozenset({role}))
    return [page.name for page in PAGES if page.needs is None or actor.may(*page.needs)]


@pytest.mark.parametrize("role", list(PERMISSIONS))
def test_every_page_draws_for_every_role_and_asks_nothing_of_outside(
    window: BrowserContext, demo: Server, role: Role
) -> None:
    page = open_demo_as(window, demo, PEOPLE[role])
    outside: list[str] = []
    ours = (demo.address, demo.address.replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(ours) else outside.append(request.url))
    for name in pages_of(role):
        page.goto(f"{demo.address}/{'' if name == 'today' else name}")
        settle(page)
        assert page.locator("h1").count() == 1, name
        assert page.get_by_test_id("stException").count() == 0, name
    assert outside == []


@pytest.fixture(scope="module")
def desk(chromium: Browser, demo: Server) -> Iterator[Page]:
    """A wide window, signed in as leadership."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE)
    yield open_demo_as(context, demo, "Leadership")
    context.close()


@pytest.fixture(scope="module")
def hand(chromium: Browser, demo: Server) -> Iterator[Page]:
    """A phone-size window, signed in as a coordinator."""
    context = chromium.new_context(viewport={"width": 360, "height": 780})
    context.set_default_timeout(PATIENCE)
    yield open_demo_as(context, demo, "Coordinator")
    context.close()


@pytest.mark.parametrize("name", [*pages_of(Role.LEADERSHIP), *OPENED])
def test_every_page_is_accessible(desk: Page, demo: Server, name: str) -> None:
    desk.goto(f"{demo.address}/{'' if name == 'today' else name}")
    settle(desk)
    desk.wait_for_timeout(600)  # charts and tables are drawn a moment after the rest
    found = Axe().run(desk).response["violations"]
    ours = {rule["id"]: [node["html"][:200] for node in rule["nodes"]][:3] for rule in found}
    assert {rule: nodes for rule, nodes in ours.items() if rule not in STREAMLITS_OWN} == {}


@pytest.mark.parametrize("name", [*pages_of(Role.COORDINATOR), *OPENED])
def test_no_page_is_wider_than_a_phone(hand: Page, demo: Server, name: str) -> None:
    hand.goto(f"{demo.address}/{'' if name == 'today' else name}")
    settle(hand)
    width = hand.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 360


def test_the_whole_menu_is_in_sight(desk: Page, demo: Server) -> None:
    desk.goto(demo.address)
    settle(desk)
    menu = desk.get_by_test_id("stSidebarNav")
    for entry in PAGES:
        if not entry.hidden:
            assert menu.get_by_role("link", name=entry.title, exact=True).is_visible(), entry.title
