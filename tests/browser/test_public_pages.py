"""The loop the county cannot close alone, in a browser: a meeting's link, an answer, not mended, told again, mended."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from erp.services.keys import as_code
from erp.vocabulary import FeedbackState
from tests.browser.conftest import PATIENCE, Server, open_demo_as, settle

pytestmark = pytest.mark.browser

S = FeedbackState
SAID = "La reunión empieza antes de que los niños salgan de la escuela."
#: Milliseconds: nobody writes in less, and what does is a program.
WRITING = 3_500


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A partner's phone: Spanish, a small window, no scripts."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="es-MX", java_script_enabled=False, color_scheme="dark"
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def give(page: Page, address: str) -> str:
    """Give feedback without a name; return the address of the receipt."""
    page.goto(address)
    page.locator("textarea[name=words]").fill(SAID)
    page.wait_for_timeout(WRITING)
    page.locator("main form button").click()
    expect(page.locator(".receipt")).to_be_visible()
    return page.url.split("?")[0]


def make_link(desk: Page) -> str:
    """Make a link on the page of a meeting; its picture is there to be printed."""
    desk.get_by_role("link", name="Feedback link").click()
    settle(desk)
    desk.get_by_role("button", name="Make the link").click()
    picture = desk.get_by_role("img", name="The address as a QR code").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    return desk.get_by_text(re.compile(r"/public/say/.{22}$")).first.inner_text().strip()


def take_step(desk: Page, item: str, step: FeedbackState, said: str = "", how: str = "") -> None:
    """Save one step of the loop, on the page that is open."""
    desk.get_by_role("radio", name=VERBS[step], exact=True).click()
    settle(desk)
    at = f".st-key-feedback_step_{item}_{step.value}"
    if how:
        desk.locator(f"{at}_how input").fill(how)
        desk.locator(f"{at}_how input").press("Enter")
    if said:
        desk.locator(f"{at}_said textarea").fill(said)
    desk.get_by_role("button", name="Save this step").click()
    expect(desk.get_by_text(re.compile("^Saved")).first).to_be_visible()
    settle(desk)


VERBS = {S.ACKNOWLEDGED: "Acknowledge", S.DECIDED: "Decide", S.TOLD: "Tell the giver"}


def test_a_meetings_link_an_answer_not_mended_told_again_confirmed_and_published(
    window: BrowserContext, demo: Server, phone: Page
) -> None:
    desk = open_demo_as(window, demo, "Community liaison")
    desk.goto(f"{demo.address}/engagement?engagement=89")
    settle(desk)
    link = make_link(desk)

    receipt = give(phone, link)
    expect(phone.get_by_text("Gracias. Se recibió.")).to_be_visible()
    code = phone.locator(".code").inner_text()
    assert as_code(code)

    desk.goto(f"{demo.address}/feedback")
    settle(desk)
    desk.get_by_role("button", name="Find by receipt code").click()
    desk.get_by_label("Code of the receipt").fill(code)
    desk.get_by_role("button", name="Open it").click()
    settle(desk)
    expect(desk.get_by_text(SAID).first).to_be_visible()
    item = re.search(r"feedback=(\d+)", desk.url)
    assert item is not None
    take_step(desk, item[1], S.ACKNOWLEDGED)
    take_step(desk, item[1], S.DECIDED, said="Desde abril empezamos a las cuatro.")
    take_step(desk, item[1], S.TOLD, how="On their page", said="Desde abril empezamos a las cuatro.")

    phone.goto(receipt)
    expect(phone.get_by_text("¿Quedó resuelto?")).to_be_visible()
    phone.locator("form:has([value=not_mended]) textarea").fill("En mayo empezó otra vez a las tres.")
    phone.get_by_role("button", name="No, no quedó resuelto").click()
    expect(phone.get_by_text("Está abierto de nuevo")).to_be_visible()

    desk.goto(f"{demo.address}/feedback?feedback={item[1]}")
    settle(desk)
    expect(desk.get_by_text("En mayo empezó otra vez a las tres.").first).to_be_visible()
    VERBS[S.TOLD] = "Tell the giver again"
    take_step(desk, item[1], S.TOLD, how="On their page", said="La hora quedó en el calendario de todo el año.")

    phone.goto(receipt)
    phone.get_by_role("button", name="Sí, quedó resuelto").click()
    expect(phone.get_by_text("Usted lo cerró; nadie más podía hacerlo.")).to_be_visible()

    desk.goto(f"{demo.address}/feedback?feedback={item[1]}")
    settle(desk)
    expect(desk.get_by_text("The giver confirmed: the loop is closed.").first).to_be_visible()
    desk.get_by_text("You said, we did", exact=True).click()
    settle(desk)
    desk.get_by_label("What was said", exact=True).fill("Meetings began before school ends.")
    desk.get_by_label("What was decided", exact=True).fill("They begin at four, all year.")
    desk.get_by_role("button", name="Approve and publish").click()
    expect(desk.get_by_text("It is on the public page.").first).to_be_visible()

    phone.goto(f"{demo.address}/public/you-said-we-did")
    expect(phone.get_by_text("Meetings began before school ends.")).to_be_visible()
    expect(phone.get_by_text("Quien lo dijo confirmó que quedó resuelto.").first).to_be_visible()
    poster = phone.request.get(f"{demo.address}/public/you-said-we-did.pdf?lang=es")
    assert poster.body().startswith(b"%PDF")
    record_decision(desk, demo, item[1])


def record_decision(desk: Page, demo: Server, item: str) -> None:
    """Record the decision that was taken because of the feedback and of a point of a meeting: both are voices of it."""
    desk.goto(f"{demo.address}/decisions?from_feedback={item}")
    settle(desk)
    desk.get_by_label("What was decided").fill("Meetings begin at four.")
    desk.get_by_label("Who decided it").fill("the council and the director")
    points = desk.get_by_role("combobox", name="Points of meetings behind it")
    points.click()
    point = desk.get_by_role("option").first
    words = point.inner_text().split(": ", 1)[-1].rstrip("…")
    point.click()
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Save the decision").click()
    expect(desk.get_by_role("heading", name="Voices behind it (2)")).to_be_visible()
    expect(desk.get_by_text(SAID).first).to_be_visible()
    expect(desk.get_by_text(words).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_public_pages_are_light_accessible_and_no_wider_than_the_window(
    chromium: Browser, demo: Server, scheme: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    context.set_default_timeout(PATIENCE)
    page, loaded = context.new_page(), list[int]()
    page.on("response", lambda answer: loaded.append(len(answer.body()) if answer.ok else 0))
    receipt = give(page, f"{demo.address}/public/say")
    pages = ("say", "follow", "you-said-we-did", "nothing", receipt.split("/public/")[1] + "?done=sent")
    for name in pages:
        loaded.clear()
        page.goto(f"{demo.address}/public/{name}")
        page.wait_for_load_state("networkidle")
        assert sum(loaded) < 30_000, name
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
        assert [rule["id"] for rule in found.response["violations"]] == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    context.close()


def test_the_form_is_filled_in_by_the_keyboard_alone(window: BrowserContext, demo: Server) -> None:
    page = window.new_page()
    page.goto(f"{demo.address}/public/say")
    page.keyboard.press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.name") == "words":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Written without a mouse")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # with a way to reach me
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "reach"  # the name is not asked for with this choice
    page.keyboard.type("555 0100")
    page.wait_for_timeout(WRITING)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. It came in.")).to_be_visible()
