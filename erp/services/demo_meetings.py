"""A made-up partnership's own engagements: by its pace, its stories' moments, and what was planned or cancelled."""

from collections.abc import Iterable
from random import Random
from typing import Any

from erp.services.demo_county import DemoCounty, Met
from erp.services.demo_partnership import GOES_BADLY, KEEPS_CADENCE, Partnership
from erp.services.demo_records import Clock, EngagementLife
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, PointDraft
from erp.vocabulary import EngagementKind, EngagementStatus, Interpreter, PartnerKind, Who

#: How contacts come about, and how often, against each other.
KINDS = {
    EngagementKind.MEETING: 47,
    EngagementKind.CALL: 20,
    EngagementKind.VISIT: 13,
    EngagementKind.EVENT: 7,
    EngagementKind.TRAINING: 5,
    EngagementKind.INPUT: 5,
    EngagementKind.OTHER: 1,
}
#: Contacts a year are a little more than a partner's pace where it goes well.
LIVELIER = 1.22
DAYS_A_YEAR = 365


def own_engagements(partnership: Partnership, stories: Iterable[Met]) -> list[EngagementLife]:
    """Return a partnership's own engagements and remember them beside the forums' for what comes out of them."""
    told = {met.ago: met for met in stories}
    at_forums = {_ago(partnership, life): life.draft for life in partnership.meetings}
    days = {ago for ago in _contact_days(partnership) if _is_apart(ago, told, 9) and _is_apart(ago, at_forums, 3)}
    lives: list[EngagementLife] = []
    for ago in sorted({*days, *told, *at_forums}, reverse=True):
        if ago in told:
            lives.append(_of_story(partnership, told[ago]))
        elif ago in at_forums:
            draft = at_forums[ago]
            partnership.take_into_account(ago, (draft.asked_by, draft.agenda_by, draft.decided_by))
        else:
            lives.append(_contact(partnership, ago))
    partnership.meetings.extend(lives)
    return lives + _no_contacts(partnership)


def shown(county: DemoCounty, kind: PartnerKind, rng: Random) -> tuple[BehaviorShown, ...]:
    """Choose one to three leadership behaviors with their evidence."""
    weights = [behavior.weights.get(kind, behavior.weight) for behavior in county.behavior]
    chosen = {b.id: b for b in rng.choices(county.behavior, weights, k=rng.choice([1, 1, 1, 2, 2, 3]))}
    return tuple(BehaviorShown(entry_id=b.id, evidence=rng.choice(b.evidence)) for b in chosen.values())


def topics(listed: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """Choose one or two toolkit topics."""
    return tuple(sorted(rng.sample(listed, rng.choice([1, 1, 2]))))


def entered(
    clock: Clock, rng: Random, draft: EngagementDraft, ago: int, by: str, *, planned: bool = False
) -> EngagementLife:
    """Return an engagement as entered after its day; `planned`: also before it."""
    at = clock.entered(clock.day(ago), rng)
    ahead = clock.day(ago + rng.randint(8, 30))
    planned_at = clock.moment(ahead, rng.randint(8, 16), rng.randint(0, 59)) if planned else None
    return EngagementLife(draft, at, by, planned_at)


# --- When ---------------------------------------------------------------------------------------------------


def _contact_days(partnership: Partnership) -> list[int]:
    """Walk back from the last contact to the first (days ago)."""
    days = [partnership.partner.since]
    ago = _newest(partnership)
    while ago < partnership.partner.since:
        day = max(1, int(ago))
        if partnership.pace(day) > 0:
            days.append(day)
        ago += _gap_before(partnership, day)
    return days


def _newest(partnership: Partnership) -> float:
    """Return the days since the last contact: past the cadence where it goes badly, now and then elsewhere, too."""
    rng, level, cadence = partnership.rng, partnership.level(0), partnership.cadence(0)
    if partnership.partner.course == "busy":
        return rng.uniform(2, 8)
    if level < KEEPS_CADENCE:
        return cadence * rng.uniform(1.05, 1.4 + (KEEPS_CADENCE - level) / 35)
    longest = 1.25 if rng.random() < 0.08 else 0.8
    return min(_usual_gap(partnership, 0) * 0.8, cadence * rng.uniform(longest - 0.55, longest))


def _gap_before(partnership: Partnership, ago: int) -> float:
    """Return the days between a contact and the one before it; a cadence that was agreed is mostly kept."""
    usual, cadence = _usual_gap(partnership, ago), partnership.cadence(ago)
    gap = usual * partnership.rng.uniform(0.75, 1.25)
    keeps = partnership.partner.cadences and partnership.level(ago) >= KEEPS_CADENCE and usual <= cadence
    return min(gap, 0.94 * cadence) if keeps else gap


def _usual_gap(partnership: Partnership, ago: int) -> float:
    livelier = LIVELIER if partnership.level(ago) >= KEEPS_CADENCE else 1
    return DAYS_A_YEAR / (max(partnership.pace(ago), 2) * livelier)


def _is_apart(ago: int, others: Iterable[int], days: int) -> bool:
    return all(abs(ago - other) > days for other in others)


def _ago(partnership: Partnership, life: EngagementLife) -> int:
    return partnership.clock.ago(life.draft.held_on or partnership.clock.today)


# --- What ---------------------------------------------------------------------------------------------------


def _contact(partnership: Partnership, ago: int) -> EngagementLife:
    """Return an engagement at which somebody of the partner took part, or gave input."""
    rng = partnership.rng
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    strand = partnership.strand()
    frame = _frame(partnership, kind) | _marks(partnership, ago) | _tags(partnership, strand, ago)
    draft = EngagementDraft(
        kind=kind,
        held_on=partnership.clock.day(ago),
        partners=(PartnerAt(partner_id=partnership.number),),
        people=_people(partnership, kind),
        **frame,
        **_notes(partnership, kind, strand, ago, decided=frame["decided_by"] is not Who.NONE),
    )
    planned = rng.random() < 0.2 and ago < partnership.partner.since - 40
    return entered(partnership.clock, rng, draft, ago, partnership.author(ago), planned=planned)


def _frame(partnership: Partnership, kind: EngagementKind) -> dict[str, Any]:
    """Choose place, time, language, and who came for the county."""
    rng, partner, words = partnership.rng, partnership.partner, partnership.county.words
    away = kind in (EngagementKind.CALL, EngagementKind.INPUT)
    remote = away or (kind is EngagementKind.MEETING and rng.random() < 0.3)
    in_spanish = partner.speaks_spanish and rng.random() < (0.7 if len(partner.languages) == 1 else 0.2)
    needed = rng.choices([Interpreter.PROVIDED, Interpreter.ASKED, Interpreter.NOT_NEEDED], [7, 2, 2])[0]
    usual = rng.choices([Interpreter.NOT_SAID, Interpreter.NOT_NEEDED], [4, 1])[0]
    return {
        "held_at": rng.choice(words.times) if rng.random() < 0.5 and not away else "",
        "remote": remote,
        "place": "" if remote else rng.choice(words.places),
        "language": "Spanish" if in_spanish else "",
        "interpreter": needed if in_spanish else usual,
        "county_people": rng.choice(
            words.county_people_with_tribes if partner.is_tribal_government else words.county_people
        ),
    }


def _marks(partnership: Partnership, ago: int) -> dict[str, Any]:
    return {
        "asked_by": partnership.mark(ago),
        "agenda_by": partnership.mark(ago),
        "decided_by": partnership.mark(ago, may_be_none=True),
    }


def _tags(partnership: Partnership, strand: str, ago: int) -> dict[str, Any]:
    """Choose behaviors and topics: the better it goes, the more behaviors are shown."""
    rng, county = partnership.rng, partnership.county
    is_shown = rng.random() < partnership.level(ago) / 170
    return {
        "behaviors": shown(county, partnership.partner.kind, rng) if is_shown else (),
        "topics": topics(partnership.words_of(strand).topics, rng) if rng.random() < 0.35 else (),
    }


def _notes(partnership: Partnership, kind: EngagementKind, strand: str, ago: int, *, decided: bool) -> dict[str, Any]:
    """Write purpose and notes; a Tribe's meetings hold facts only, and nobody is quoted where it goes badly."""
    rng, day, words = partnership.rng, partnership.clock.day(ago), partnership.county.words
    quoted = 0 if partnership.partner.is_tribal_government or partnership.level(ago) < GOES_BADLY else 1
    purpose = partnership.sentence(strand, "purposes", day)
    if kind in (EngagementKind.INPUT, EngagementKind.OTHER):
        purpose = rng.choice(words.inputs if kind is EngagementKind.INPUT else words.others)
        strand = "common"
    return {
        "purpose": purpose,
        "facts": partnership.sentence_at(0.85, strand, "facts", day),
        "quotes": partnership.sentence_at(0.33 * quoted, strand, "quotes", day),
        "opinions": partnership.sentence_at(0.18 * quoted, strand, "opinions", day),
        "decisions": partnership.sentence_at(0.6 * decided, strand, "decisions", day),
        "points": _points(partnership, strand, ago),
    }


def _people(partnership: Partnership, kind: EngagementKind) -> tuple[int, ...]:
    if kind is EngagementKind.INPUT:
        return ()
    people = zip(partnership.people, partnership.partner.people, strict=True)
    reachable = [number for number, person in people if not person.do_not_contact]
    took_part = [number for number in reachable if partnership.rng.random() < 0.6]
    return tuple(took_part or reachable[:1])


def _points(partnership: Partnership, strand: str, ago: int) -> tuple[PointDraft, ...]:
    if partnership.rng.random() > 0.35:
        return ()
    listed = dict(partnership.card(strand, "points") for _ in range(partnership.rng.choice([1, 1, 2, 3])))
    return tuple(_point(partnership, what, follow_up, ago) for what, follow_up in listed.items())


def _point(partnership: Partnership, what: str, follow_up: str, ago: int) -> PointDraft:
    if not follow_up:
        return PointDraft(what=what)
    rng, clock = partnership.rng, partnership.clock
    due = ago - rng.randint(7, 35)
    done = due + rng.randint(-6, 5)
    is_done = done >= 1 and rng.random() < 0.5 + partnership.level(ago) / 220
    return PointDraft(
        what=what,
        follow_up=follow_up,
        follow_up_due=clock.day(due) if rng.random() < 0.7 else None,
        follow_up_done_on=clock.day(min(done, ago)) if is_done else None,
    )


def _of_story(partnership: Partnership, met: Met) -> EngagementLife:
    partner = partnership.partner
    by_phone = met.kind is EngagementKind.CALL
    draft = EngagementDraft(
        held_on=partnership.clock.day(met.ago),
        place="" if by_phone else "Partner's office",
        remote=by_phone,
        behaviors=tuple(BehaviorShown(entry_id=b.id, evidence=b.evidence) for b in met.behaviors),
        partners=(PartnerAt(partner_id=partnership.number),),
        people=tuple(partnership.people[:2]),
        county_people="Rosalind Achter" if partner.is_tribal_government else "Rosalind Achter, Marisol Quint",
        **met.model_dump(exclude={"partner", "ago", "behaviors"}),
    )
    partnership.take_into_account(met.ago, (met.asked_by, met.agenda_by, met.decided_by))
    life = entered(partnership.clock, partnership.rng, draft, met.ago, partnership.author(met.ago))
    life.of_story = True
    return life


# --- What is no contact -------------------------------------------------------------------------------------


def _no_contacts(partnership: Partnership) -> list[EngagementLife]:
    """Return e-mails one way, meetings that were cancelled or are planned, and some whose day nobody knows."""
    partner, rng = partnership.partner, partnership.rng
    lives: list[EngagementLife] = []
    if partner.pace >= 5:
        lives += [_email(partnership, rng.randint(2, partner.since)) for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.35 and partner.since > 500:
        lives.append(_without_day(partnership, rng.randint(400, partner.since)))
    if rng.random() < 0.45 and partner.since > 300:
        lives.append(_cancelled(partnership, rng.randint(20, partner.since - 60)))
    if partnership.level(0) >= KEEPS_CADENCE and partnership.pace(0) and rng.random() < 0.6:
        ahead = rng.randint(6, 40) if rng.random() < 0.9 else -4  # now and then nobody said yet how it went
        lives.append(_planned(partnership, ahead))
    return lives


def _bare(partnership: Partnership, ago: int, *, two_way: bool = True, **more: Any) -> EngagementDraft:
    """Return an engagement with not much said about it."""
    purpose = more.pop("purpose", "") or partnership.sentence(
        partnership.strand(), "purposes", partnership.clock.day(ago)
    )
    taking_part = (PartnerAt(partner_id=partnership.number, two_way=two_way),)
    return EngagementDraft(purpose=purpose, partners=taking_part, **more)


def _email(partnership: Partnership, ago: int) -> EngagementLife:
    purpose = partnership.rng.choice(partnership.county.words.emails)
    day = partnership.clock.day(ago)
    draft = _bare(partnership, ago, two_way=False, kind=EngagementKind.EMAIL, purpose=purpose, held_on=day, remote=True)
    return entered(partnership.clock, partnership.rng, draft, ago, partnership.author(ago))


def _without_day(partnership: Partnership, ago: int) -> EngagementLife:
    draft = _bare(partnership, ago, when_words=partnership.rng.choice(partnership.county.words.inexact))
    return entered(partnership.clock, partnership.rng, draft, ago, partnership.author(ago))


def _cancelled(partnership: Partnership, ago: int) -> EngagementLife:
    draft = _bare(partnership, ago, held_on=partnership.clock.day(ago), status=EngagementStatus.CANCELLED)
    life = entered(partnership.clock, partnership.rng, draft, ago, partnership.author(ago), planned=True)
    life.cancelled_at = life.at
    return life


def _planned(partnership: Partnership, ahead: int) -> EngagementLife:
    rng, words = partnership.rng, partnership.county.words
    draft = _bare(
        partnership,
        -ahead,
        held_on=partnership.clock.day(-ahead),
        status=EngagementStatus.PLANNED,
        held_at=rng.choice(words.times),
        place=rng.choice(words.places),
    )
    return entered(partnership.clock, rng, draft, rng.randint(5, 16), partnership.author(0))
