"""Names that look alike are found quickly, and as a plain comparison of all of them would find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.services.bodies import body_of
from erp.services.likeness import Body, address_form, likeness, mail_domains, same_address
from erp.services.likeness_index import Bodies
from erp.services.look_alike_measure import GOAL, measure


def found(one: Body, other: Body) -> list[str]:
    return [each.reason for each in Bodies([one]).like(other)]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Dept. of Social Services", "Department of Social Services"),
        ("Health Dept.", "Health Department"),
        ("Gonzalez Unified School District", "Gonzales Unified School District"),
        ("Alder County Children's Council", "Children's Council of Alder County"),
        ("Heron Bay County Board of Supervisors", "Board of Supervisors, Heron Bay"),
        ("Cedar Way", "Cedar Way, Inc."),
        ("Cedar Way", "The Cedar Way"),
        ("YMCA", "Y.M.C.A."),
        ("Children's Council", "Alder County Children's Council"),
        ("Sheriff", "Sheriff's Office"),
        ("Beh. Hlth. Bureau", "Behavioral Health Bureau"),
        ("ACOE", "Alder County Office of Education"),
        ("Alder DCSS", "Alder County Department of Child Support Services"),
        ("After School Alliance", "Afterschool Alliance"),
        ("Step Stone Wrap Svcs.", "Stepstone Wraparound Services"),
        ("Qasheni' Band", "Qasheni Band"),
        ("First Five Commission", "First 5 Commission"),
        ("Parks & Rec of Alder", "Alder Parks and Recreation"),
    ],
)
def test_what_a_person_would_ask_about_is_asked(name: str, other: str) -> None:
    for one, two in ((name, other), (other, name)):
        assert found(Body(7, one), Body(8, two)) == [likeness(Body(8, two), Body(7, one)).reason]  # pyright: ignore[reportOptionalMemberAccess]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Big Lagoon Rancheria", "Blue Lake Rancheria"),
        ("Heron Bay Tribe", "Big Heron Tribe"),
        ("Probation", "Probation and Parole Reform Circle"),
        ("Cedar House", "Heron Circle"),
        ("North County Family Center", "South County Family Center"),
        ("Supervisorial District 1", "Supervisorial District 3"),
        ("Boys' Ranch", "Girls' Ranch"),
        ("Alder County Public Health", "Alder County Public Defender"),
        ("", "Cedar House"),
        ("!?", "!?"),
    ],
)
def test_what_is_plainly_not_the_same_is_not_asked(name: str, other: str) -> None:
    assert found(Body(7, name), Body(8, other)) == []


def test_the_reason_says_by_which_names_addresses_or_mail_two_are_alike() -> None:
    alliance = body_of(1, "Neighborhood Alliance", ["Block Watch"], {"Street address": "12 Marsh Lane, Oxbow"})
    assert found(alliance, Body(2, "Block watch")) == ["“Block watch” is another name of “Neighborhood Alliance”"]
    assert found(Body(2, "Block Watch"), alliance) == ["“Neighborhood Alliance” is also called “Block Watch”"]
    assert found(alliance, Body(2, "Oxbow Watch", ("Block  Watch",))) == [
        "“Oxbow Watch” and “Neighborhood Alliance” are both called “Block  Watch”"
    ]
    assert found(alliance, Body(2, "Blok Watch")) == [
        "“Blok Watch” looks like “Block Watch”, another name of “Neighborhood Alliance”"
    ]
    moved = body_of(2, "Open House", [], {"Address": "12 Marsh Ln."})
    assert found(alliance, moved) == ["“Open House” has the address of “Neighborhood Alliance”"]
    assert found(
        body_of(1, "Second Wind", [], {}, ["ana@windmill.example"]),
        body_of(2, "The Mill", [], {"Contact": "crew@windmill.example"}),
    ) == ["People of “The Mill” and of “Second Wind” write from one e-mail domain"]


def test_the_reason_never_tells_the_domain() -> None:
    one, other = (body_of(n, name, [], {}, ["a@secret.example"]) for n, name in ((1, "Ash"), (2, "Birch")))
    assert "secret" not in found(one, other)[0]


def test_a_domain_that_many_write_from_or_that_everybody_may_have_tells_nothing() -> None:
    many = [body_of(n, name, [], {}, ["x@county.example"]) for n, name in enumerate(("Ash", "Birch", "Cedar"), 1)]
    assert Bodies(many).like(body_of(9, "Dogwood", [], {}, ["y@county.example"])) == []
    assert mail_domains("ana@gmail.com; Ana <ana@Mill.example>") == {"mill.example"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("400 N. Oak St., Suite 3, Alder, CA 95999", "400 North Oak Street #3", True),
        ("P.O. Box 77, Quillmere", "PO Box 77, Quillmere CA", True),
        ("77 West Third Avenue, Los Quelitos", "77 W. 3rd Ave., Los Quelitos", True),
        ("12 Marsh Lane", "14 Marsh Lane", False),
        ("12 Marsh Lane, Oxbow", "12 Marsh Lane, Emberton", False),
        ("Quillmere", "Quillmere", False),
        ("Room 4", "Room 4", False),
    ],
)
def test_addresses_are_compared_by_number_and_street(one: str, other: str, same: bool) -> None:
    assert same_address(address_form(one), address_form(other)) is same


WORDS = st.sampled_from(
    ["alder", "alders", "birch", "cedar", "heron", "bay", "county", "dept", "department", "of", "services", "x", "abc"]
)
NAMES = st.lists(WORDS, max_size=5).map(" ".join)


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=3), NAMES)
def test_the_quick_way_finds_what_comparing_all_finds_also_when_names_are_added_between(
    first: list[str], later: list[str], name: str
) -> None:
    known, asked = Bodies(), Body(0, name)
    everybody = [Body(number, one) for number, one in enumerate((*first, *later), 1)]
    for body in everybody[: len(first)]:
        known.add(body)
    known.like(asked)
    for body in everybody[len(first) :]:
        known.add(body)
    plainly = [each for each in (likeness(asked, body) for body in everybody) if each]
    assert known.like(asked) == sorted(plainly, key=lambda each: (-each.score, each.other))


def test_most_of_the_labelled_pairs_that_are_the_same_are_suggested() -> None:
    counted = measure()
    assert counted.same + counted.different >= 150
    assert counted.suggested_share >= GOAL == 0.9
    assert counted.said_same_by_itself == ()
    assert len(counted.asked_needlessly) < counted.different / 3, "questions about others are few"
