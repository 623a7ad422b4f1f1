"""States as data: which may follow which, and those that follow from days. Pure; docs/states.md is made from it."""

from datetime import date

from erp.vocabulary import BarrierState, CommitmentState, FeedbackState, ReviewState

#: Feedback: state → what may follow, and the verb for it. Only imported records may skip a step forward.
#: Source: product notes, promise 1; deciding without acknowledging first is ours (answers often come at once).
FEEDBACK_TRANSITIONS: dict[FeedbackState, dict[FeedbackState, str]] = {
    FeedbackState.RECEIVED: {FeedbackState.ACKNOWLEDGED: "acknowledge", FeedbackState.DECIDED: "decide"},
    FeedbackState.ACKNOWLEDGED: {FeedbackState.DECIDED: "decide"},
    FeedbackState.DECIDED: {FeedbackState.TOLD: "tell the giver", FeedbackState.DECIDED: "decide anew"},
    FeedbackState.TOLD: {
        FeedbackState.CONFIRMED: "record that the giver confirmed",
        FeedbackState.REOPENED: "reopen",
        FeedbackState.TOLD: "tell again",
        FeedbackState.UNCONFIRMED: "close without the giver",
    },
    FeedbackState.CONFIRMED: {FeedbackState.REOPENED: "reopen"},
    FeedbackState.REOPENED: {FeedbackState.TOLD: "tell the giver again", FeedbackState.DECIDED: "decide anew"},
    FeedbackState.UNCONFIRMED: {
        FeedbackState.CONFIRMED: "record that the giver confirmed",
        FeedbackState.REOPENED: "reopen",
    },
}

#: Barriers: state → what may follow, and the verb for it. Only what partners say leads to GONE. Ours.
BARRIER_TRANSITIONS: dict[BarrierState, dict[BarrierState, str]] = {
    BarrierState.NAMED: {BarrierState.TAKEN_UP: "take up together", BarrierState.SET_ASIDE: "set aside"},
    BarrierState.TAKEN_UP: {BarrierState.ASKED: "ask the partners", BarrierState.SET_ASIDE: "set aside"},
    BarrierState.ASKED: {
        BarrierState.GONE: "every partner who owns it says that it is gone",
        BarrierState.TAKEN_UP: "a partner says that it is not gone, or work goes on",
    },
    BarrierState.GONE: {BarrierState.BACK: "reopen"},
    BarrierState.BACK: {BarrierState.TAKEN_UP: "take up again", BarrierState.SET_ASIDE: "set aside"},
    BarrierState.SET_ASIDE: {BarrierState.TAKEN_UP: "take up again"},
}

#: Local system reviews: state → what may follow, and what leads there. Ours.
REVIEW_TRANSITIONS: dict[ReviewState, dict[ReviewState, str]] = {
    ReviewState.PLANNED: {ReviewState.UNDER_WAY: "the day it begins"},
    ReviewState.UNDER_WAY: {
        ReviewState.TO_TELL: "the day it ends",
        ReviewState.TOLD: "the day it ends, where every group was told before",
    },
    ReviewState.TO_TELL: {ReviewState.TOLD: "the last group is told"},
    ReviewState.TOLD: {ReviewState.TO_TELL: "another group is added"},
}

#: Promises: state → what may follow, and the verb for it; time alone makes an open promise overdue. Ours.
COMMITMENT_TRANSITIONS: dict[CommitmentState, dict[CommitmentState, str]] = {
    CommitmentState.OPEN: {
        CommitmentState.KEPT: "keep",
        CommitmentState.WITHDRAWN: "withdraw by agreement",
        CommitmentState.OVERDUE: "the due day passes",
    },
    CommitmentState.OVERDUE: {
        CommitmentState.KEPT: "keep, on a day up to the due day",
        CommitmentState.KEPT_LATE: "keep, on a later day",
        CommitmentState.WITHDRAWN: "withdraw by agreement",
    },
    CommitmentState.KEPT: {CommitmentState.OPEN: "reopen", CommitmentState.OVERDUE: "reopen"},
    CommitmentState.KEPT_LATE: {CommitmentState.OVERDUE: "reopen"},
    CommitmentState.WITHDRAWN: {CommitmentState.OPEN: "reopen", CommitmentState.OVERDUE: "reopen"},
}


def commitment_state(
    due_on: date | None, done_on: date | None, withdrawn_on: date | None, on_day: date
) -> CommitmentState:
    """Say where a promise stands at the end of a day; what happened after that day does not count yet.

    A promise is overdue from the day after its due day. Source: health definition h1, follow-through.
    """
    if withdrawn_on is not None and withdrawn_on <= on_day:
        return CommitmentState.WITHDRAWN
    if done_on is not None and done_on <= on_day:
        return CommitmentState.KEPT_LATE if due_on is not None and done_on > due_on else CommitmentState.KEPT
    return CommitmentState.OVERDUE if due_on is not None and due_on < on_day else CommitmentState.OPEN


def review_state(started_on: date | None, ended_on: date | None, all_told: bool, on_day: date) -> ReviewState:
    """Say where a local system review stands on a day. `all_told`: there are groups, and each was told."""
    if started_on is None or started_on > on_day:
        return ReviewState.PLANNED
    if ended_on is None or ended_on > on_day:
        return ReviewState.UNDER_WAY
    return ReviewState.TOLD if all_told else ReviewState.TO_TELL
