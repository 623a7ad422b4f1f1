"""How words are compared: folded, joined, short and long forms, and slips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from erp.spelling import MOST_CLOSE, also_written, closest, folded, forms_of_name, joined, slips_allowed, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dee-ni' Nation", ["dee", "ni", "nation"]),
        ("Peña & Søn", ["pena", "son"]),
        ("Paʔuma ʻOhana", ["pauma", "ohana"]),  # letters of their languages, left out as people type them
        ("Ma’s   house, 2nd floor", ["mas", "house", "2nd", "floor"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("_!?_", []),
        ("", []),
    ],
)
def test_words_are_read_without_accents_case_apostrophes_and_signs(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert joined(text) == "".join(words)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert words_of(" ".join(words_of(text))) == words_of(text)


def test_what_hyphens_and_dots_hold_together_is_also_one_word() -> None:
    assert also_written("The Me-Wuk and the Y.M.C.A. of Dee-ni'") == ["mewuk", "ymca", "deeni"]
    assert also_written("plain words") == []


def test_a_name_is_known_by_short_and_long_forms_and_initials() -> None:
    assert set(forms_of_name("Dept. of Social Services")) == {"department", "svcs", "doss", "dss"}
    assert set(forms_of_name("Court Appointed Special Advocates")) == {"casa"}
    assert forms_of_name("Heron") == []


def test_longer_words_may_have_more_slips_and_numbers_none() -> None:
    assert [slips_allowed(word) for word in ("wuk", "heron", "library", "2026", "e00113")] == [0, 1, 2, 0, 0]


def test_the_closest_words_come_first_and_the_word_itself_does_not() -> None:
    known = ["library", "liberty", "libraries", "heron", "laboratory"]
    assert closest("libary", known)[0] == "library"
    assert "heron" not in closest("libary", known)
    assert closest("library", [*known, "librarys"]) == ["librarys"]
    assert closest("wuk", ["wok", "wuk"]) == []
    assert len(closest("heronaa", [f"heron{a}{b}" for a in "abcdef" for b in "abcdef"])) == MOST_CLOSE


@given(st.text("abc", min_size=4, max_size=8), st.lists(st.text("abc", min_size=3, max_size=8), max_size=20))
def test_no_word_with_more_slips_than_allowed_is_close(word: str, known: list[str]) -> None:
    for other in closest(word, known):
        assert 0 < OSA.distance(word, other) <= slips_allowed(word)
