"""Permissions as a table: role × verb × kind of record."""

import pytest

from erp.access import DAILY, PERMISSIONS, Actor, operator
from erp.documents.permissions import permissions_page
from erp.errors import NotAllowed
from erp.settings import ROOT
from erp.vocabulary import RecordKind, Role, Verb

K, V, R = RecordKind, Verb, Role
WORKERS = {R.LEADERSHIP, R.COORDINATOR, R.TRIBAL_LIAISON, R.COMMUNITY_LIAISON}

#: What is asked → who may. Everybody else may not.
TABLE: list[tuple[Verb, RecordKind, set[Role]]] = [
    *[(V.ADD, kind, WORKERS) for kind in DAILY],
    *[(V.CHANGE, kind, WORKERS) for kind in DAILY],
    *[(V.ARCHIVE, kind, WORKERS) for kind in DAILY],
    (V.SEE, K.PARTNER, set(Role)),
    (V.SEE, K.CONTACT_CHANNEL, WORKERS),
    (V.EXPORT, K.CONTACT, WORKERS | {R.ADMINISTRATOR}),
    (V.EXPORT, K.RATING, {R.LEADERSHIP}),
    (V.EXPORT, K.FEEDBACK_ITEM, set(Role)),
    (V.SEE, K.TRIBAL_RECORD, {R.LEADERSHIP, R.TRIBAL_LIAISON}),
    (V.IMPORT, K.IMPORT_FILE, WORKERS | {R.ADMINISTRATOR}),
    (V.CHANGE, K.SETTING, {R.LEADERSHIP, R.ADMINISTRATOR}),
    (V.SEE, K.ACCOUNT, {R.ADMINISTRATOR}),
    (V.ADD, K.ACCOUNT, {R.ADMINISTRATOR}),
    (V.CHANGE, K.ACCOUNT, {R.ADMINISTRATOR}),
]


def acting(*roles: Role) -> Actor:
    return Actor(7, "somebody", frozenset(roles))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("verb", "kind", "who"), TABLE)
def test_who_may_do_what(role: Role, verb: Verb, kind: RecordKind, who: set[Role]) -> None:
    actor = acting(role)
    assert actor.may(verb, kind) is (role in who)
    if role not in who:
        with pytest.raises(NotAllowed, match=r"role does not include"):
            actor.require(verb, kind)


def test_a_person_may_hold_several_roles_and_all_of_them_count() -> None:
    both = acting(R.ADMINISTRATOR, R.TRIBAL_LIAISON)
    assert both.may(V.ADD, K.ACCOUNT)
    assert both.sees_tribal_records


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(acting().may(verb, kind) for verb in Verb for kind in RecordKind)


def test_two_people_share_kept_answers_only_if_they_see_the_same() -> None:
    coordinator, viewer = acting(R.COORDINATOR), acting(R.VIEWER)
    liaison, leader = acting(R.TRIBAL_LIAISON), acting(R.LEADERSHIP)
    other = Actor(8, "another", frozenset({R.COORDINATOR}))
    assert len({coordinator.scope, viewer.scope, liaison.scope, other.scope}) == 4
    assert liaison.scope != leader.scope  # a giver may open feedback to the liaison alone
    assert leader.scope == acting(R.LEADERSHIP).scope


def test_the_operator_of_the_machine_holds_every_role() -> None:
    assert operator().roles == frozenset(Role)
    assert operator().user_id is None


def test_every_role_is_in_the_table_of_permissions() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_the_permissions_document_says_what_the_table_says() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text() == permissions_page(), "run: make docs"
