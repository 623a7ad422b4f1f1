"""Made-up histories: facts as dicts, the frames the engine takes, and random ones for Hypothesis."""

from datetime import date, datetime, timedelta

import pandas as pd
from hypothesis import strategies as st

from erp.health.engine import health_by_day
from erp.health.explain import Timeline

FIRST = date(2024, 1, 1)
ENTERED = datetime(2024, 1, 1, 20)

_BLANK = {
    "done_on": None,
    "withdrawn_on": None,
    "side": None,
    "respondent": None,
    "value": None,
    "marks_n": 0,
    "marks_shared": 0,
    "position": 0,
    "known_from": ENTERED,
    "known_to": None,
}
_DAYS = ("on_day", "done_on", "withdrawn_on")
FEEDBACK = ("received", "told", "confirmed", "reopened")


def fact(kind, on_day, partner_id=1, source_id=1, **columns):
    return {**_BLANK, "partner_id": partner_id, "kind": kind, "source_id": source_id, "on_day": on_day, **columns}


def numbered(facts):
    """Give facts their ids, and a record of its own to each that is not an event of a feedback item."""
    return [
        {**f, "fact_id": number, "source_id": f["source_id"] if f["kind"] in FEEDBACK else 1000 + number}
        for number, f in enumerate(facts, start=1)
    ]


def facts_frame(facts):
    """The ledger as the database layer gives it."""
    columns = ["fact_id", "partner_id", "kind", "source_id", "on_day", *_BLANK]
    frame = pd.DataFrame(facts, columns=columns)
    for column in (*_DAYS, "known_from", "known_to"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    for column in ("kind", "side", "respondent"):
        frame[column] = frame[column].astype("str")
    return frame.astype({"value": float, "fact_id": int, "partner_id": int, "source_id": int})


def partners_frame(kinds, untracked=()):
    """Partners 1, 2, … of these kinds."""
    ids = range(1, len(kinds) + 1)
    tracked = [partner_id not in untracked for partner_id in ids]
    return pd.DataFrame({"partner_id": list(ids), "kind": kinds, "tracked": tracked})


def cadence_frame(defaults):
    frame = pd.DataFrame(defaults, columns=["kind", "from_day", "days", "known_from"])
    return frame.assign(from_day=pd.to_datetime(frame["from_day"]), known_from=pd.to_datetime(frame["known_from"]))


# Days are multiples of five, as are the target days (45) and the window (365), and a few days that lie exactly these
# apart come up again and again: so do edges and ties.
fives = st.one_of(st.integers(0, 180), st.sampled_from([60, 60 + 9, 60 + 73, 60 + 9 + 73]))
day = fives.map(lambda count: FIRST + timedelta(days=5 * count))
maybe_day = st.one_of(st.none(), day)
as_of_days = st.lists(day, min_size=1, max_size=6, unique=True).map(sorted)
moment = st.integers(0, 12).map(lambda n: ENTERED + timedelta(days=30 * n))
partner = st.integers(1, 3)
position = st.integers(0, 2)


def _kind(kind, **columns):
    return st.builds(fact, st.just(kind), **{"on_day": day, "partner_id": partner, "known_from": moment, **columns})


@st.composite
def _contact(draw):
    answered = draw(st.integers(0, 3))
    on_day = draw(st.one_of(day, day, day, st.none()))
    shared = draw(st.integers(0, answered))
    return fact("contact", on_day, draw(partner), marks_n=answered, marks_shared=shared, known_from=draw(moment))


any_fact = st.one_of(
    _contact(),
    _kind(
        "promise",
        on_day=st.one_of(day, day, st.none()),
        done_on=maybe_day,
        withdrawn_on=st.one_of(st.none(), st.none(), day),
        side=st.sampled_from(["county", "county", "partner"]),
    ),
    *(_kind(kind, source_id=st.integers(1, 4), position=position) for kind in (*FEEDBACK, "received")),
    _kind(
        "rating",
        side=st.sampled_from(["partner", "partner", "county"]),
        respondent=st.sampled_from(["Ana", "Ben", None]),
        value=st.one_of(
            st.none(), st.integers(10, 50).map(lambda tenths: tenths / 10), st.sampled_from([11 / 3, 25 / 7])
        ),
        position=position,
    ),
    _kind(
        "cadence",
        on_day=maybe_day,
        value=st.one_of(st.none(), st.integers(1, 120).map(float)),
        position=position,
    ),
)

histories = st.lists(any_fact, max_size=60).map(numbered)
PARTNER_KINDS = ["tribal_government", "community_organization", "system_partner"]
default_cadences = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(PARTNER_KINDS[:2]),
            "from_day": maybe_day,
            "days": st.integers(7, 182),
        }
    ),
    max_size=4,
).map(lambda rows: [{**row, "known_from": ENTERED + timedelta(hours=n)} for n, row in enumerate(rows)])


def change_between(facts, partners, defaults, a, b, formula):
    """Explain the change of partner 1 between the ends of two days."""
    rows = health_by_day(facts, partners[partners["partner_id"] == 1], defaults, [a, b], formula)
    before, after = (rows[rows["as_of"] == pd.Timestamp(day)].iloc[0].to_dict() for day in (a, b))
    return Timeline(facts, 1, formula).change(before, after)
