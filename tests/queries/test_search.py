"""Search: found by any name and word, past slips, accents and apostrophes, and never what somebody may not see."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from erp.access import Actor
from erp.queries import choices
from erp.queries.county import today
from erp.queries.feedback import FeedbackFilters, feedback_list
from erp.queries.partners import DirectoryFilter, partner_directory
from erp.queries.search import COUNTED, FIRST, Hits, search
from erp.queries.word_index import typed_parts
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, PointDraft, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.forums import ForumDraft, add_forum
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.vocabulary import EngagementStatus, PartnerKind, RecordKind
from tests.conftest import Cast, make_findable

DAY = date(2026, 3, 5)
K = RecordKind
NOBODY = Actor(None, "nobody", frozenset())


def partner(session: Session, cast: Cast, name: str, kind: PartnerKind = PartnerKind.OTHER, **more: object) -> int:
    return add_partner(session, cast.leadership, PartnerDraft.of(name=name, kind=kind, **more)).id or 0


def met(session: Session, actor: Actor, partner_id: int, **more: object) -> int:
    values = {"held_on": DAY, "purpose": "Spring planning", "partners": (PartnerAt(partner_id=partner_id),)} | more
    return log_engagement(session, actor, EngagementDraft.of(**values)).id or 0


def asked(session: Session, actor: Actor, words: str) -> dict[RecordKind, Hits]:
    make_findable(session)
    return {hits.kind: hits for hits in search(session, actor, words)}


def titles(session: Session, actor: Actor, words: str, kind: RecordKind = K.PARTNER) -> list[str]:
    found = asked(session, actor, words)
    return [hit.title for hit in found[kind].rows] if kind in found else []


@pytest.mark.parametrize(
    "words",
    [
        "Dee-ni' Circle",
        "deeni",
        "dee ni",
        "DEE-NI’",
        "dee-in",  # two letters changed about
        "me-wuk hall",
        "mewuk",
        "Me Wuk",
        "mewok",
        "pena",
        "peña",
        "Old Mil House",  # a former name with a slip
        "mill house",
        "dept social",
        "department of social servces",
        "DOSS",
        "dss",
        "quilmere",  # the area
        "deeni quillmere",
    ],
)
def test_a_partner_is_found_by_any_name_however_it_is_spelt(session: Session, cast: Cast, words: str) -> None:
    partner(
        session,
        cast,
        "Dee-ni' Circle",
        other_names=("Me-Wuk Hall", "Peña House", "Dept. of Social Services"),
        former_names=("Old Mill House",),
        area="Quillmere",
    )
    partner(session, cast, "Another body")
    assert titles(session, cast.viewer, words) == ["Dee-ni' Circle"]


def test_what_was_spelt_right_hides_what_is_only_alike(session: Session, cast: Cast) -> None:
    partner(session, cast, "Heron House")
    partner(session, cast, "Herin House")
    right = asked(session, cast.viewer, "heron")
    assert [hit.title for hit in right[K.PARTNER].rows] == ["Heron House"]
    assert not right[K.PARTNER].meant
    alike = asked(session, cast.viewer, "herun")
    assert {hit.title for hit in alike[K.PARTNER].rows} == {"Heron House", "Herin House"}
    assert alike[K.PARTNER].meant


def test_a_slip_in_somebodys_notes_does_not_hide_the_partner_that_was_meant(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Hemlock House")
    met(session, cast.coordinator, here, facts="Hemlok lends us its room")
    found = asked(session, cast.viewer, "hemlok")
    assert [hit.title for hit in found[K.ENGAGEMENT].rows] == ["Spring planning"]
    assert [hit.title for hit in found[K.PARTNER].rows] == ["Hemlock House"]
    assert (found[K.ENGAGEMENT].meant, found[K.PARTNER].meant) == (False, True)


def test_an_engagement_is_found_by_its_words_its_points_and_what_its_partner_forum_and_people_are_called(
    session: Session, cast: Cast
) -> None:
    here = partner(session, cast, "Heron House", former_names=("Old Mill",))
    forum = add_forum(session, cast.leadership, ForumDraft(name="Harvest Table")).id
    ana = add_contact(session, cast.leadership, ContactDraft(partner_id=here, name="Ana Brook", may_be_named=True)).id
    met(
        session,
        cast.coordinator,
        here,
        forum_id=forum,
        facts="The van is lent monthly.",
        points=(PointDraft(what="Interpreters", follow_up="Ask for two"),),
        people=(ana,),
    )
    met(session, cast.coordinator, partner(session, cast, "Lark House"), purpose="Van and interpreters at Lark")
    for words in ("mill van", "interpreters harvest", "brook van", "monthly ask", "HERON spring"):
        assert titles(session, cast.viewer, words, K.ENGAGEMENT) == ["Spring planning"], words
    assert len(titles(session, cast.viewer, "van", K.ENGAGEMENT)) == 2
    assert titles(session, cast.viewer, "mill lark", K.ENGAGEMENT) == []


def test_words_in_quotation_marks_are_looked_for_as_they_stand(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Heron House")
    met(session, cast.coordinator, here, purpose="Young people in both systems")
    met(session, cast.coordinator, here, purpose="Both systems, and people")
    assert len(titles(session, cast.viewer, "people both", K.ENGAGEMENT)) == 2
    assert titles(session, cast.viewer, '"people in both"', K.ENGAGEMENT) == ["Young people in both systems"]
    assert titles(session, cast.viewer, '"people in bot"', K.ENGAGEMENT) == []


def test_engagements_come_newest_first_and_what_is_to_come_after_what_was(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Heron House")
    day = today(session)
    for days in (-400, -3, -90):
        met(session, cast.coordinator, here, held_on=day + timedelta(days), purpose=f"Talk {days}")
    for days in (60, 7):
        planned = {"status": EngagementStatus.PLANNED, "held_on": day + timedelta(days), "purpose": f"Talk {days}"}
        met(session, cast.coordinator, here, **planned)
    met(session, cast.coordinator, here, held_on=None, when_words="last spring", purpose="Talk some day")
    found = asked(session, cast.viewer, "talk")[K.ENGAGEMENT]
    assert [hit.title for hit in found.rows] == ["Talk -3", "Talk -90", "Talk -400", "Talk some day", "Talk 7"]
    assert found.total == 6
    assert found.rows[-1].facts[:2] == ("Meeting", "Planned")


def test_a_few_are_shown_and_counting_ends_somewhere(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Heron House")
    for n in range(COUNTED + 3):
        make_commitment(session, cast.coordinator, CommitmentDraft(what=f"Lend the van {n}", partner_id=here))
    found = asked(session, cast.viewer, "van")[K.COMMITMENT]
    assert (len(found.rows), found.total) == (FIRST, COUNTED + 1)
    more = search(session, cast.viewer, "van", K.COMMITMENT, 50)
    assert [len(hits.rows) for hits in more] == [50]


def test_a_tribes_records_are_in_no_result_count_or_guess_of_who_may_not_see_them(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    met(session, cast.tribal_liaison, tribe, purpose="Smokehouse", facts="zanderwood")
    make_commitment(session, cast.tribal_liaison, CommitmentDraft(what="Bring zanderwood", partner_id=tribe))
    receive_feedback(session, cast.tribal_liaison, FeedbackDraft(words="More zanderwood", partner_id=tribe))
    for words in ("zanderwood", "zanderwod", "smokehouse", "example zanderwood"):
        for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
            assert not set(asked(session, actor, words)) & {K.ENGAGEMENT, K.COMMITMENT, K.FEEDBACK_ITEM}, actor.name
        for actor in (cast.tribal_liaison, cast.leadership):
            assert asked(session, actor, words)[K.ENGAGEMENT].total == 1
    assert set(asked(session, cast.viewer, "nation")) == {K.PARTNER}
    queue = FeedbackFilters(words="zanderwod")
    assert feedback_list(session, cast.viewer, queue).empty
    assert len(feedback_list(session, cast.leadership, queue)) == 1


def test_a_slip_leads_nobody_to_a_word_that_stands_only_where_they_may_not_read(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    met(session, cast.tribal_liaison, tribe, facts="zanderwood")
    met(session, cast.coordinator, partner(session, cast, "Heron House"), facts="zenderwood")
    found = asked(session, cast.viewer, "zonderwood")
    assert found[K.ENGAGEMENT].total == 1
    assert found[K.ENGAGEMENT].rows[0].excerpt == ("", "zenderwood", "")


def test_a_persons_name_is_found_where_it_may_be_read(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Heron House")
    asked_not = ContactDraft(partner_id=here, name="Ana Brook", role="Block captain", email="ana@heron.example")
    quiet = add_contact(session, cast.coordinator, asked_not).id
    named = ContactDraft(partner_id=here, name="Ben Brook", role="Cook", may_be_named=True)
    add_contact(session, cast.coordinator, named)
    met(session, cast.coordinator, here, people=(quiet,))
    assert set(titles(session, cast.coordinator, "brook", K.CONTACT)) == {"Ana Brook", "Ben Brook"}
    assert titles(session, cast.coordinator, "heron.example", K.CONTACT) == ["Ana Brook"]
    assert titles(session, cast.coordinator, "ana", K.ENGAGEMENT) == ["Spring planning"]
    assert titles(session, cast.viewer, "brook", K.CONTACT) == ["Ben Brook"]
    assert titles(session, cast.viewer, "captain", K.CONTACT) == ["Block captain"]
    for words in ("ana", "ana brook", "anna brok", "heron.example"):
        assert "Block captain" not in titles(session, cast.viewer, words, K.CONTACT), words
        assert titles(session, cast.viewer, words, K.ENGAGEMENT) == [], words


def test_the_numbers_in_the_index_cannot_be_typed(session: Session, cast: Cast) -> None:
    here = partner(session, cast, "Heron House")
    quiet = add_contact(session, cast.coordinator, ContactDraft(partner_id=here, name="Ana Brook", role="Cook")).id
    met(session, cast.coordinator, here, people=(quiet,))
    for words in (f"c{quiet}", f"C-{quiet}", f'"p{here} c{quiet}"', f"p{here}", "id1", "id"):
        for actor in (cast.viewer, cast.leadership):
            assert asked(session, actor, words) == {}, words


def test_what_a_pick_list_offers_tells_nothing_of_closed_meetings(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "MOST_OFFERED", 1)
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    partner(session, cast, "Heron House")
    met(session, cast.tribal_liaison, tribe)
    assert tribe not in choices.form_choices(session, cast.coordinator).offered
    assert tribe in choices.form_choices(session, cast.tribal_liaison).offered


def test_who_gave_feedback_is_found_by_name_only_where_it_may_be_read_and_never_if_anonymous(
    session: Session, cast: Cast
) -> None:
    here = partner(session, cast, "Heron House")
    ana = add_contact(session, cast.coordinator, ContactDraft(partner_id=here, name="Ana Brook", may_be_named=True)).id
    receive_feedback(session, cast.coordinator, FeedbackDraft(words="Start later", person="Dora Flint"))
    given = FeedbackDraft(words="Start earlier", partner_id=here, contact_id=ana)
    receive_feedback(session, cast.coordinator, given).anonymous = True
    session.flush()
    assert titles(session, cast.coordinator, "flint", K.FEEDBACK_ITEM) == ["Start later"]
    assert titles(session, cast.viewer, "flint", K.FEEDBACK_ITEM) == []
    for actor in (cast.coordinator, cast.viewer):
        assert titles(session, actor, "brook", K.FEEDBACK_ITEM) == []


def test_an_archived_partner_is_found_and_marked(session: Session, cast: Cast) -> None:
    number = partner(session, cast, "Heron House")
    archive_partner(session, cast.leadership, number, 1, "closed its doors")
    make_findable(session)
    assert [(hit.title, hit.put_away) for hit in search(session, cast.viewer, "heron")[0].rows] == [
        ("Heron House", True)
    ]
    assert partner_directory(session, cast.viewer, DirectoryFilter(words="heron")).total == 0


def test_who_may_see_nothing_finds_nothing(session: Session, cast: Cast) -> None:
    partner(session, cast, "Heron House")
    assert asked(session, NOBODY, "heron") == {}


ODD = ("", " ", "!?", '"', '""', "'", "*", "(", 'a" OR "b', "NEAR(a b)", "heron AND", "names:heron", "-heron", "^h")


@pytest.mark.parametrize("words", [*ODD, "\x00", "ı̇", "💬", "a'b\"c", "x " * 300])
def test_nothing_somebody_types_breaks_the_search_or_is_taken_for_a_command(
    session: Session, cast: Cast, words: str
) -> None:
    partner(session, cast, "Lark House")
    assert asked(session, cast.viewer, words).get(K.PARTNER) is None


def test_many_words_are_cut_off_and_signs_part_them() -> None:
    assert len(typed_parts("word " * 50)) == 12
    assert [part.words for part in typed_parts('a/b "c  d" Me-Wuk')] == [("a", "b"), ("c", "d"), ("me", "wuk")]


def test_the_directory_says_by_which_name_a_slip_found_a_partner(session: Session, cast: Cast) -> None:
    partner(session, cast, "Heron House", former_names=("Old Mill",))
    make_findable(session)
    found = partner_directory(session, cast.viewer, DirectoryFilter(words="old mil"))
    assert found.rows["found_as"].tolist() == ["Old Mill (former name)"]
