"""The pages for everybody: giving feedback, following it, you said we did; without an account and without scripts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, select

from erp import db
from erp.models.accounts import Account
from erp.models.feedback import FeedbackItem
from erp.models.public import FeedbackMessage, GiverIdentity
from erp.queries.county import today
from erp.services.decisions import DecisionDraft, record_decision, tell_givers
from erp.services.public_links import end_link
from erp.services.publishing import AnswerDraft, publish
from erp.services.records import now
from erp.settings import ROOT, settings
from erp.vocabulary import FeedbackState, Readers, Signed
from erp.web import rates
from tests.conftest import Cast
from tests.services.givers import SAID, given, partner, tell
from tests.web.conftest import Answer, Visitor, at_once

S = FeedbackState
SAY, FOLLOW, TOLD = "/public/say", "/public/follow", "/public/you-said-we-did"
#: Texts that do harm where they are not shown as text. In the manner of OWASP's lists.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE feedback_item; --",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1) [x](javascript:alert(1))",
    '=HYPERLINK("http://evil.example")',
    "\u202etxt.exe \u0000 \ufeff %00 ../../etc/passwd",
    "]]><!--<b>x</b>--> &lt;script&gt; &amp;",
    '#set page(fill: red) #eval("1") $x$ *b* _i_ @ref \\',
)


@pytest.fixture(autouse=True)
def _nobody_sent_before() -> Iterator[None]:
    rates._limiter.cache_clear()
    yield
    rates._limiter.cache_clear()


@contextmanager
def seconds_later(seconds: float) -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=False):
        yield


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(visitor: Visitor, path: str = SAY, after: float = 10, **form: str) -> Answer:
    """Open the page, write, and send after some seconds."""
    token = token_in(visitor.get(path).text)
    with seconds_later(after):
        return visitor.post(path, {"token": token, "words": SAID, "readers": "team"} | form)


def receipt_of(answer: Answer) -> str:
    assert answer.status == 303, text_of(answer)
    return answer.headers["location"].split("follow/")[1].split("?")[0]


def text_of(answer: Answer) -> str:
    """What a person reads of a page."""
    return " ".join(unescape(re.sub(r"<(style|title).*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)).split())


def items() -> list[FeedbackItem]:
    with db.reading() as session:
        return list(session.exec(select(FeedbackItem).order_by(FeedbackItem.id)))  # pyright: ignore


def in_county(do: Any) -> Any:
    with db.writing() as session:
        return do(session)


# --- Every page ---------------------------------------------------------------------------------------------


def every_page(visitor: Visitor) -> dict[str, Answer]:
    receipt = receipt_of(send(visitor))
    paths = (SAY, FOLLOW, f"{FOLLOW}/{receipt}", f"{FOLLOW}/{receipt}?done=sent", TOLD, "/public/nothing/here")
    return {path: visitor.get(path) for path in paths}


def test_every_page_is_safe_light_and_needs_nothing_from_outside(visitor: Visitor) -> None:
    styles = (ROOT / "static" / "public.css").read_text()
    mark = (ROOT / "static" / "mark.svg").read_text()
    assert "url(" not in styles
    for path, page in every_page(visitor).items():
        assert {
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
        } <= page.headers.keys(), path
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers
        links = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
        assert links
        assert not [link for link in links if re.match(r"[a-z]+:|/", link)], path
        assert "<script" not in page.text
        assert len((page.text + styles + mark).encode()) < 30_000, path


def test_relative_links_lead_where_they_should(visitor: Visitor) -> None:
    from urllib.parse import urljoin

    for path, page in every_page(visitor).items():
        for link in re.findall(r'href="([^"]*)"', page.text):
            leads_to = urljoin(f"http://here{path}", unescape(link)).removeprefix("http://here")
            assert leads_to.startswith(("/public/", "/app/static/")), (path, link)
            assert visitor.get(leads_to).status == 200 or "nothing" in leads_to, (path, link)


def test_pages_are_in_the_language_chosen_or_asked_for(visitor: Visitor) -> None:
    assert "<h1>Give feedback</h1>" in visitor.get(SAY).text
    assert "<h1>Dar su opinión</h1>" in visitor.get(SAY, **{"accept-language": "es-MX,es;q=0.9"}).text
    assert "<h1>Dar su opinión</h1>" in visitor.get(f"{SAY}?lang=es").text
    assert "<h1>Give feedback</h1>" in visitor.get(f"{SAY}?lang=en", **{"accept-language": "es"}).text
    assert '<option value="Spanish" selected>' in visitor.get(f"{SAY}?lang=es").text


def test_before_there_is_a_county_there_is_no_page(newcomer: Visitor) -> None:
    assert newcomer.get(SAY).headers["location"] == "/setup"


# --- Giving -------------------------------------------------------------------------------------------------


def test_feedback_is_given_and_leads_to_its_receipt(visitor: Visitor) -> None:
    answer = send(visitor, words="Empiecen más tarde\r\npor favor", language="Spanish", may_quote="yes")
    [item] = items()
    assert (item.words, item.language, item.signed, item.may_quote) == (
        "Empiecen más tarde\npor favor",
        "Spanish",
        Signed.ANONYMOUS,
        True,
    )
    page = visitor.get(f"{FOLLOW}/{receipt_of(answer)}?done=sent")
    assert page.status == 200
    assert "Thank you. It came in." in text_of(page)
    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", text_of(page))
    assert "<svg" in page.text
    assert "Next: the county tells you that it has read it, by" in text_of(page)


def test_a_name_given_and_then_not_chosen_is_not_kept(visitor: Visitor) -> None:
    send(visitor, signed="anonymous", name="Renata Olmo", reach="555 0100")
    send(visitor, signed="reachable", name="Renata Olmo", reach="555 0100")
    send(visitor, signed="named", name="Renata Olmo", reach="555 0100")
    with db.reading() as session:
        kept = [(i.name, i.reach) for i in session.exec(select(GiverIdentity).order_by(GiverIdentity.id))]  # pyright: ignore
    assert kept == [("", "555 0100"), ("Renata Olmo", "555 0100")]


def test_a_link_says_what_it_is_about_and_ends(visitor: Visitor, cast: Cast) -> None:
    def make(session: Session) -> str:
        from datetime import date

        from erp.services.public_links import LinkDraft, make_link

        draft = LinkDraft(shown_as="Fern <b>House</b>", expires_on=date.max, partner_id=partner(session, cast))
        until = datetime.now(UTC).date() + timedelta(days=5)
        return make_link(session, cast.coordinator, draft.model_copy(update={"expires_on": until}))[1]

    secret = in_county(make)
    page = visitor.get(f"{SAY}/{secret}")
    assert "About: Fern <b>House</b>" in text_of(page)
    assert "<b>House" not in page.text
    receipt_of(send(visitor, f"{SAY}/{secret}"))
    assert items()[0].partner_id is not None
    token = token_in(page.text)
    in_county(lambda session: end_link(session, cast.coordinator, 1))
    over = visitor.get(f"{SAY}/{secret}")
    assert over.status == 404
    assert "This link has ended" in text_of(over)
    with seconds_later(10):
        late = visitor.post(f"{SAY}/{secret}", {"token": token, "words": "too late", "readers": "team"})
        assert (late.status, ">\ntoo late</textarea>" in late.text) == (404, True)
        assert 'action="../say?lang=en"' in late.text
    assert len(items()) == 1
    assert visitor.get(f"{SAY}/{'x' * 300}").status == 404


def test_one_person_may_be_chosen(visitor: Visitor) -> None:
    send(visitor, readers="one_person", person="4")
    [item] = items()
    assert (item.readers, item.reader_id) == (Readers.ONE_PERSON, 4)
    refused = send(visitor, readers="one_person", person="")
    assert refused.status == 400
    assert "Choose again who may read it" in text_of(refused)
    assert send(visitor, readers="one_person", person="1").status == 400  # the coordinator cannot be chosen
    assert len(items()) == 1


def test_what_was_typed_is_still_there_after_a_refusal(visitor: Visitor) -> None:
    typed = {"signed": "named", "name": "", "reach": "555 & 0100", "readers": "tribal_liaison", "language": "Hmong"}
    page = send(visitor, **typed, may_quote="yes", words="Later <please>").text
    assert "Later &lt;please&gt;</textarea>" in page
    assert 'value="555 &amp; 0100"' in page
    assert 'value="named" required checked' in page
    assert 'value="tribal_liaison" required checked' in page
    assert '<option value="Hmong" selected>' in page
    assert 'name="may_quote" value="yes" checked' in page
    assert not items()


def test_made_up_choices_give_nobodys_name_and_no_reader(visitor: Visitor) -> None:
    send(visitor, signed="<x>", language="<x>")
    [item] = items()
    assert (item.signed, item.readers, item.language) == (Signed.ANONYMOUS, Readers.TEAM, "")
    for readers in ("everybody", ""):
        refused = send(visitor, readers=readers, words="For one pair of eyes")
        assert refused.status == 400
        assert "Choose again who may read it" in text_of(refused)
    assert len(items()) == 1


def test_a_reader_who_left_meanwhile_is_asked_for_anew_and_never_the_team(visitor: Visitor, cast: Cast) -> None:
    token = token_in(visitor.get(SAY).text)
    in_county(lambda session: setattr(session.get(Account, 3), "disabled_at", now()))
    with seconds_later(10):
        form = {"token": token, "words": SAID, "readers": "tribal_liaison"}
        refused = visitor.post(SAY, form)
        again = visitor.post(SAY, {"token": token, "words": SAID})
    assert (refused.status, again.status) == (400, 400)
    assert not re.search(r'name="readers"[^>]* checked', refused.text)
    assert not items()


def test_a_double_click_is_one_item_and_back_does_not_change_it(visitor: Visitor) -> None:
    token = token_in(visitor.get(SAY).text)
    with seconds_later(10):
        first, second = (visitor.post(SAY, {"token": token, "words": SAID, "readers": "team"}) for _ in range(2))
        changed = visitor.post(SAY, {"token": token, "words": "Other words", "readers": "team"})
    assert receipt_of(first) == receipt_of(second)
    assert [item.words for item in items()] == [SAID]
    assert "What you sent before is kept" in text_of(changed)
    with seconds_later(30):
        other = visitor.post(SAY, {"token": token_in(changed.text), "words": "Other words", "readers": "team"})
    assert receipt_of(other) != receipt_of(first)
    assert [item.words for item in items()] == [SAID, "Other words"]


def test_a_program_is_asked_once_more_and_a_person_loses_nothing(visitor: Visitor) -> None:
    quick = send(visitor, after=1)
    assert quick.status == 400
    assert "press Send once more" in text_of(quick)
    assert SAID in quick.text
    assert send(visitor, website="http://spam.example").status == 400
    assert not items()
    with seconds_later(10):
        again = visitor.post(SAY, {"token": token_in(quick.text), "words": SAID, "readers": "team"})
    assert again.status == 303


@pytest.mark.parametrize("token", ["", "made-up", "eyJ.abc.def"])
def test_a_form_that_is_not_ours_is_shown_again(visitor: Visitor, token: str) -> None:
    answer = visitor.post(SAY, {"token": token, "words": SAID, "readers": "team"})
    assert answer.status == 400
    assert SAID in answer.text
    assert not items()


def test_a_page_that_was_open_for_two_days_is_sent_with_one_press_more(visitor: Visitor) -> None:
    late = send(visitor, after=2 * 86_400)
    assert (late.status, SAID in late.text) == (400, True)
    assert not items()
    with seconds_later(2 * 86_400 + 60):
        token = token_in(send(visitor, after=2 * 86_400).text)
    with seconds_later(4 * 86_400 + 120):
        assert visitor.post(SAY, {"token": token, "words": SAID, "readers": "team"}).status == 303


def test_a_form_outlives_a_restart(visitor: Visitor) -> None:
    from erp.web import form_tokens

    token = token_in(visitor.get(SAY).text)
    form_tokens._signer.cache_clear()
    with seconds_later(10):
        assert visitor.post(SAY, {"token": token, "words": SAID, "readers": "team"}).status == 303


def test_words_that_look_identifying_are_asked_about_before_they_are_kept(visitor: Visitor) -> None:
    words = "Maria Lopez, 7 years old, waited"
    asked = send(visitor, words=words)
    assert asked.status == 400
    assert "⟦" in asked.text
    assert not items()
    with seconds_later(20):
        kept = visitor.post(SAY, {"token": token_in(asked.text), "words": words, "keep": "yes", "readers": "team"})
    assert kept.status == 303
    assert len(items()) == 1


def test_a_form_from_a_foreign_page_does_nothing(visitor: Visitor) -> None:
    token = token_in(visitor.get(SAY).text)
    for header in ({"sec_fetch_site": "cross-site"}, {"origin": "http://evil.example"}):
        with seconds_later(10):
            assert visitor.post(SAY, {"token": token, "words": SAID}, **header).status == 403
    assert not items()


def test_more_than_the_limit_waits_and_keeps_what_was_typed(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_PUBLIC_PER_MINUTE", "3")
    settings.cache_clear()
    assert [send(visitor).status for _ in range(4)] == [303, 303, 303, 429]
    refused = send(visitor, words="Mine")
    assert (refused.status, ">\nMine</textarea>" in refused.text) == (429, True)
    elsewhere = Visitor(visitor.app, network="192.0.2.7")
    assert send(elsewhere).status == 303
    assert "192.0.2.7" not in everything_kept()


def test_all_together_are_limited_too(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_PUBLIC_PER_MINUTE", "1")
    settings.cache_clear()
    from_everywhere = [Visitor(visitor.app, network=f"192.0.2.{n}") for n in range(11)]
    assert [send(each).status for each in from_everywhere] == [303] * 10 + [429]


def everything_kept() -> str:
    with db.engine().connect() as connection:
        return "\n".join(connection.connection.driver_connection.iterdump())  # pyright: ignore


def test_what_is_too_large_is_refused(visitor: Visitor) -> None:
    assert send(visitor, words="ñ" * 4_000).status == 303
    assert send(visitor, words="x" * 4_001).status == 400
    assert send(visitor, words="x" * 70_000).status == 413
    assert len(items()) == 1


def test_no_secret_and_no_address_is_kept(visitor: Visitor) -> None:
    receipt = receipt_of(send(Visitor(visitor.app, network="203.0.113.99")))
    page = text_of(visitor.get(f"{FOLLOW}/{receipt}?done=sent"))
    code = re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)[0].replace(" ", "")
    kept = everything_kept()
    assert "receipt" in kept
    for never in (receipt, code, "203.0.113.99"):
        assert never not in kept


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_comes_back_as_text_everywhere(visitor: Visitor, cast: Cast, hostile: str) -> None:
    typed = send(visitor, signed="named", name="", reach=hostile, words=hostile).text
    assert escape(hostile.replace("\0", "")) in typed or escape(hostile) in typed
    receipt = receipt_of(send(visitor, words=hostile, may_quote="yes"))
    visitor.post(f"{FOLLOW}/{receipt}", {"do": "write", "words": hostile})

    def answer(session: Session) -> None:
        item = session.exec(select(FeedbackItem)).one()
        tell(session, cast, item)
        texts = dict.fromkeys(("said", "decided", "changed"), hostile)
        publish(session, cast.community_liaison, item.id or 0, AnswerDraft.of(**texts))

    in_county(answer)
    shown = escape(hostile.replace("\0", "").strip())
    for page in (visitor.get(f"{FOLLOW}/{receipt}"), visitor.get(TOLD), visitor.get(f"{TOLD}?page={escape(hostile)}")):
        assert shown in page.text
        assert tags_of(page) <= HARMLESS
        assert "49" not in re.findall(r"blockquote[^>]*>([^<]*)<", page.text)
    assert visitor.get(f"{FOLLOW}/{escape(hostile, quote=True).replace('/', '')}").status == 404


#: Every element that our own pages have.
HARMLESS = frozenset(
    [
        "a",
        "article",
        "blockquote",
        "body",
        "br",
        "button",
        "details",
        "div",
        "form",
        "g",
        "h1",
        "h2",
        "head",
        "header",
        "html",
        "img",
        "input",
        "label",
        "li",
        "link",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "path",
        "section",
        "small",
        "span",
        "strong",
        "summary",
        "svg",
        "textarea",
        "time",
        "title",
        "ul",
    ]
)


def tags_of(page: Answer) -> set[str]:
    """The elements of a page; an attribute that could do something counts as one, too."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            found.update(name for name, value in attrs if name.startswith("on") or "javascript:" in (value or ""))

    Reader().feed(page.text)
    return found


# --- Following ----------------------------------------------------------------------------------------------


def test_the_whole_loop_from_the_givers_side(visitor: Visitor, cast: Cast) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"
    assert "Yes, it is mended" not in visitor.get(at).text
    in_county(lambda session: tell(session, cast, session.exec(select(FeedbackItem)).one()))
    told = text_of(visitor.get(at))
    assert "The county decided" in told
    assert "We begin at four from now on" in told
    assert "Is it mended?" in told
    for _ in range(3):  # looking at the page, as a mail scanner does, confirms nothing
        visitor.get(f"{at}?done=mended&do=mended")
    assert items()[0].state is S.TOLD
    not_mended = visitor.post(at, {"do": "not_mended", "words": "Still at three"})
    assert not_mended.headers["location"] == "?lang=en&done=not_mended"
    again = text_of(visitor.get(f"{at}?done=not_mended"))
    assert "open again" in again
    assert "You said that it is not mended" in again
    assert "Still at three" in again
    in_county(tell_again)
    assert visitor.post(at, {"do": "mended"}).status == 303
    assert visitor.post(at, {"do": "mended"}).status == 303
    assert items()[0].state is S.CONFIRMED
    assert "You said that it is mended" in text_of(visitor.get(at))


def tell_again(session: Session) -> None:
    from erp.queries.county import today
    from erp.services.feedback import StepDraft, take_step

    item, cast_member = session.exec(select(FeedbackItem)).one(), 1
    from erp.access import Actor
    from erp.vocabulary import Role

    actor = Actor(cast_member, "Cora Coordinator", frozenset({Role.COORDINATOR}))
    told = StepDraft(on_day=today(session), how="By phone", said="Now at four")
    take_step(session, actor, item.id or 0, item.version, S.TOLD, told)


def test_one_comes_back_by_the_code_in_words_or_in_the_address(visitor: Visitor) -> None:
    receipt = receipt_of(send(visitor))
    code = re.findall(r"\d{4} \d{4} \d{4} \d{4}", text_of(visitor.get(f"{FOLLOW}/{receipt}?done=sent")))[0]
    led = visitor.post(FOLLOW, {"code": code.replace(" ", "-")})
    assert (led.status, led.headers["location"]) == (303, f"follow/{code.replace(' ', '')}?lang=en")
    page = visitor.get(f"/public/{led.headers['location']}")
    assert SAID in text_of(page)
    assert receipt not in page.text
    assert visitor.post(f"{FOLLOW}/{code.replace(' ', '')}", {"do": "write", "words": "By phone"}).status == 303
    wrong = visitor.post(FOLLOW, {"code": "12 34"})
    assert (wrong.status, "16 digits" in text_of(wrong), 'value="12 34"' in wrong.text) == (400, True, True)


def test_guessing_codes_has_to_wait_and_keeps_nobody_from_a_link(visitor: Visitor) -> None:
    receipt = receipt_of(send(visitor))
    code = re.findall(r"\d{4} \d{4} \d{4} \d{4}", text_of(visitor.get(f"{FOLLOW}/{receipt}?done=sent")))[0]
    guesses = [visitor.get(f"{FOLLOW}/{n:016}") for n in range(rates.WRONG_CODES)]
    assert {guess.status for guess in guesses} == {404}
    by_code = f"{FOLLOW}/{code.replace(' ', '')}"
    assert visitor.get(by_code).status == 429
    assert visitor.get(f"{FOLLOW}/{receipt}").status == 200
    with seconds_later(61):
        assert visitor.get(by_code).status == 200


def test_posters_keep_nobody_from_sending(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_PUBLIC_PER_MINUTE", "1")
    settings.cache_clear()
    assert [raw(visitor, f"{TOLD}.pdf")[:4] == b"%PDF" for _ in range(2)] == [True, False]
    assert send(visitor).status == 303


def test_an_odd_origin_an_address_with_a_stroke_and_a_far_page(visitor: Visitor) -> None:
    assert visitor.post(SAY, {"words": "x"}, origin="http://[").status == 403
    assert visitor.get("/public").headers["location"] == "public/say"
    assert visitor.get("/public/say/").headers["location"] == "../say"
    assert visitor.get(f"{TOLD}?page=7").headers["location"] == "?lang=en"


def test_what_the_county_wrote_down_is_not_said_in_the_givers_name(visitor: Visitor, cast: Cast) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"

    def told_and_confirmed(session: Session) -> None:
        from erp.queries.county import today
        from erp.services.feedback import StepDraft, take_step

        item = session.exec(select(FeedbackItem)).one()
        tell(session, cast, item)
        done = StepDraft(on_day=today(session), how="By phone")
        take_step(session, cast.coordinator, item.id or 0, item.version, S.CONFIRMED, done)

    in_county(told_and_confirmed)
    assert "The county wrote down that you said it is mended" in text_of(visitor.get(at))


@pytest.mark.parametrize("do", ["", "void", "confirm", "__class__"])
def test_a_button_that_there_is_not_does_nothing(visitor: Visitor, do: str) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"
    assert visitor.post(at, {"do": do, "words": "x"}).status == 400
    assert items()[0].state is S.RECEIVED


def test_every_button_of_a_receipt_that_opens_nothing_says_so(visitor: Visitor) -> None:
    for do in ("mended", "not_mended", "write", "take_back", "remove", "open"):
        answer = visitor.post(f"{FOLLOW}/made-up", {"do": do, "words": "x"})
        assert (answer.status, "opens nothing" in text_of(answer)) == (404, True), do


def test_what_is_refused_stays_in_its_field(visitor: Visitor) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"
    asked = visitor.post(at, {"do": "write", "words": "Maria Lopez, 7 years old"})
    assert asked.status == 400
    assert ">\nMaria Lopez, 7 years old</textarea>" in asked.text
    assert 'name="keep"' in asked.text
    assert visitor.post(at, {"do": "write", "words": "Maria Lopez, 7 years old", "keep": "yes"}).status == 303
    with db.reading() as session:
        assert len(session.exec(select(FeedbackMessage)).all()) == 1


def test_names_are_removed_and_feedback_taken_back(visitor: Visitor) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor, signed='named', name='Renata Olmo', reach='555 0100'))}"
    assert "Renata" not in visitor.get(at).text
    assert visitor.post(at, {"do": "remove"}).headers["location"] == "?lang=en&done=removed"
    assert "are removed" in text_of(visitor.get(at))
    visitor.post(at, {"do": "take_back"})
    after = text_of(visitor.get(f"{at}?done=taken_back"))
    assert "You took this back" in after
    assert "Write to the county" not in after
    assert items()[0].withdrawn_at is not None


def test_sentences_of_the_county_are_in_spanish_and_its_words_as_written(visitor: Visitor, cast: Cast) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"
    in_county(lambda session: tell(session, cast, session.exec(select(FeedbackItem)).one()))
    read = text_of(visitor.get(f"{at}?lang=es"))
    for sentence in ("El condado decidió", "¿Quedó resuelto?", "We begin at four from now on"):
        assert sentence in read
    assert re.search(r"\d+ de \w+ de 20\d\d", read)


def test_what_changed_stands_on_the_page(visitor: Visitor, cast: Cast) -> None:
    at = f"{FOLLOW}/{receipt_of(send(visitor))}"

    def decide(session: Session) -> None:
        item = session.exec(select(FeedbackItem)).one()
        draft = DecisionDraft(
            what="At four",
            decided_by="we",
            decided_on=today(session),
            items=(item.id or 0,),
            training="<b>Course 7</b>",
        )
        decision = record_decision(session, cast.coordinator, draft)
        tell_givers(
            session, cast.coordinator, decision.id or 0, draft.items, draft.decided_on, "On their page", "At four"
        )

    in_county(decide)
    page = visitor.get(at)
    assert "What changed because of it <b>Course 7</b>" in text_of(page)
    assert "<b>" not in page.text


# --- You said, we did ---------------------------------------------------------------------------------------


def test_the_page_says_so_when_nothing_is_published(visitor: Visitor) -> None:
    assert "Nothing is published yet" in text_of(visitor.get(TOLD))
    assert visitor.get(f"{TOLD}?page=nonsense").status == 200


def published(cast: Cast, how_many: int = 1, **more: str) -> None:
    def make(session: Session) -> None:
        for n in range(how_many):
            item, _ = given(session, may_quote=True)
            tell(session, cast, item)
            draft = AnswerDraft.of(said=f"Begin later, {n}", decided="At four", **more)
            publish(session, cast.community_liaison, item.id or 0, draft)

    in_county(make)


def test_what_is_published_is_read_in_both_languages(visitor: Visitor, cast: Cast) -> None:
    published(cast, said_es="Empiecen más tarde", changed="A new hour")
    assert "What you said Begin later, 0 What we decided At four What changed A new hour" in text_of(visitor.get(TOLD))
    spanish = visitor.get(f"{TOLD}?lang=es")
    assert "Lo que usted dijo Empiecen más tarde Lo que decidimos At four" in text_of(spanish)
    assert '<p class="said" lang="en">At four</p>' in spanish.text


def test_older_ones_are_on_further_pages(visitor: Visitor, cast: Cast) -> None:
    published(cast, 21)
    assert "Older ones" in visitor.get(TOLD).text
    last = visitor.get(f"{TOLD}?page=2")
    assert "Begin later, 0" in last.text
    assert "Newer ones" in last.text
    assert "Older ones" not in last.text


def test_the_poster_is_a_pdf_for_screen_readers_in_the_language_asked_for(visitor: Visitor, cast: Cast) -> None:
    published(cast)
    poster = raw(visitor, f"{TOLD}.pdf?lang=es")
    assert poster.startswith(b"%PDF")
    assert b"pdfuaid" in poster
    assert b"/Lang" in poster or b"(es)" in poster


def raw(visitor: Visitor, path: str) -> bytes:
    """The bytes of an answer that is no text."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: Any) -> None:
        sent.append(message)

    plain, _, query = path.partition("?")
    scope = visitor._scope("http", plain, query, {}) | {"method": "GET"}
    at_once(visitor.app(scope, receive, keep))
    return b"".join(part.get("body", b"") for part in sent[1:])
