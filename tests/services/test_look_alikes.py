"""Names that look alike are found quickly, and as a plain comparison of all of them would find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from erp.services.look_alikes import ALIKE, LookAlikes, plain_form


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
    ],
)
def test_what_a_person_would_ask_about_is_asked(name: str, other: str) -> None:
    for one, two in ((name, other), (other, name)):
        known = LookAlikes()
        known.add(7, one)
        assert known.find(two) == 7


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Big Lagoon Rancheria", "Blue Lake Rancheria"),
        ("Heron Bay Tribe", "Big Heron Tribe"),
        ("Probation", "Probation and Parole Reform Circle"),
        ("Cedar House", "Heron Circle"),
        ("", "Cedar House"),
        ("!?", "!?"),
    ],
)
def test_what_is_plainly_not_the_same_is_not_asked(name: str, other: str) -> None:
    known = LookAlikes()
    known.add(7, name)
    assert known.find(other) is None


WORDS = st.sampled_from(
    ["alder", "alders", "birch", "cedar", "heron", "bay", "county", "dept", "department", "of", "services", "x"]
)
NAMES = st.lists(WORDS, max_size=5).map(" ".join)


def plainly_alike(name: str, other: str) -> float:
    ours, theirs = set(plain_form(name).split()), set(plain_form(other).split())
    if min(len(ours), len(theirs)) >= 2 and (ours <= theirs or theirs <= ours):
        return 101
    return fuzz.ratio(plain_form(name), plain_form(other)) if ours and theirs else 0


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=3), NAMES)
def test_the_quick_way_finds_what_comparing_all_finds_also_when_names_are_added_between(
    first: list[str], later: list[str], name: str
) -> None:
    known = LookAlikes()
    everybody = [*first, *later]
    for number, one in enumerate(first, 1):
        known.add(number, one)
    known.find(name)
    for number, one in enumerate(later, len(first) + 1):
        known.add(number, one)
    found = known.find(name)
    best = max((plainly_alike(name, one) for one in everybody), default=0)
    assert (found is None) is (best < ALIKE)
    if found is not None:
        assert plainly_alike(name, everybody[found - 1]) == best
