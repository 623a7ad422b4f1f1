"""The made-up county's ratings, by its partners' people and by its own."""

from erp.services.demo_partnership import Partnership
from erp.services.demo_records import RatingLife
from erp.services.ratings import RatingDraft
from erp.vocabulary import Side

#: How each of the ten items lies against a person's mean: worth is seen more readily than a fair say.
ITEM_LEANS = (0.1, -0.1, 0.0, 0.2, -0.3, -0.2, -0.1, 0.0, 0.3, 0.1)
#: Days between one person's ratings, and between the county's own.
RATES_EVERY = 176
#: Days after which a partnership is rated for the first time.
FIRST_RATED = 150


def ratings(partnership: Partnership) -> list[RatingLife]:
    """Return the ratings of a partnership by the partner's people and by the agency's own."""
    partner, rng, clock = partnership.partner, partnership.rng, partnership.clock
    if not partner.raters:
        return []
    rounds = partner.rated or tuple(range(rng.randint(25, 110), partner.since - FIRST_RATED, RATES_EVERY))
    lives: list[RatingLife] = []
    for place in range(partner.raters):
        respondent = _respondent(partnership, place)
        lean = rng.uniform(-0.25, 0.25)
        for ago in rounds:
            day_ago = max(1, ago + (0 if partner.rated else rng.randint(-14, 14)) - place)
            level = partnership.level(day_ago, "trust") + lean * 25
            lives.append(_rating(partnership, respondent, Side.PARTNER, day_ago, level))
    for ago in range(rng.randint(20, 120), partner.since - FIRST_RATED, RATES_EVERY):
        level = partnership.level(ago, "trust")
        kinder = 9 + max(0.0, 65 - level) * 0.45  # the county sees itself more kindly, most so where it goes badly
        lives.append(_rating(partnership, "relationship holder", Side.COUNTY, ago, level + kinder))
    days = [(life.draft.respondent, life.draft.side, life.draft.rated_on) for life in lives]
    assert len(set(days)) == len(days), f"{partner.id}: somebody rates twice on {clock.day(0)}"
    return lives


def _respondent(partnership: Partnership, place: int) -> str:
    people = partnership.partner.people
    if place < len(people):
        return people[place].role
    return partnership.county.words.respondents[place % len(partnership.county.words.respondents)]


def _rating(partnership: Partnership, respondent: str, side: Side, ago: int, level: float) -> RatingLife:
    """Return a rating whose mean lies at the level: 0 is all 1, 100 is all 5."""
    rng = partnership.rng
    wanted = 1 + min(max(level, 3), 98) / 25
    answers: list[int | None] = []
    owed = 0.0
    for lean in ITEM_LEANS:
        owed += wanted + lean
        answer = min(5, max(1, round(owed + rng.uniform(-0.3, 0.3))))
        owed = min(1.0, max(-1.0, owed - answer))
        answers.append(None if rng.random() < 0.03 else answer)
    day = partnership.clock.day(ago)
    draft = RatingDraft(
        partner_id=partnership.number, respondent=respondent, side=side, rated_on=day, answers=tuple(answers)
    )
    return RatingLife(draft, partnership.clock.entered(day, rng), partnership.author(ago))
