"""Closed sets of words, with the label a person reads. Values are what the database keeps."""

from enum import StrEnum


class Word(StrEnum):
    """A word of a closed set; `label` is what a person reads."""

    label: str

    def __new__(cls, value: str, label: str) -> "Word":
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Role(Word):
    """What somebody is here to do. A person may hold several."""

    ADMINISTRATOR = "administrator", "Administrator"
    LEADERSHIP = "leadership", "Leadership"
    COORDINATOR = "coordinator", "Coordinator"
    TRIBAL_LIAISON = "tribal_liaison", "Tribal liaison"
    COMMUNITY_LIAISON = "community_liaison", "Community liaison"
    VIEWER = "viewer", "Viewer"


class Verb(Word):
    """What can be done to a kind of record."""

    SEE = "see", "See"
    ADD = "add", "Add"
    CHANGE = "change", "Change"
    ARCHIVE = "archive", "Archive, void, restore"
    IMPORT = "import", "Import"
    EXPORT = "export", "Export"


class RecordKind(Word):
    """The kinds of record that permissions and the history of changes speak of."""

    PARTNER = "partner", "Partner"
    CONTACT = "contact", "Contact"
    CONTACT_CHANNEL = "contact_channel", "Phone and e-mail of a contact"
    FORUM = "forum", "Forum"
    RELATIONSHIP = "relationship", "Relationship"
    ENGAGEMENT = "engagement", "Engagement"
    COMMITMENT = "commitment", "Promise"
    FEEDBACK_ITEM = "feedback_item", "Feedback item"
    RATING = "rating", "Rating"
    TRIBAL_RECORD = "tribal_record", "Engagements, promises, feedback and ratings of a Tribal government"
    DECISION = "decision", "Decision"
    BARRIER = "barrier", "Barrier"
    SYSTEM_REVIEW = "system_review", "Local system review"
    CLOSING = "closing", "Closing feedback without its giver"
    PUBLIC_LINK = "public_link", "Public link"
    PUBLISHED = "published", "“You said, we did”"
    IMPORT_FILE = "import_file", "Import"
    SETTING = "setting", "County settings"
    ACCOUNT = "account", "Account"


class Door(Word):
    """The way a change came in."""

    PAGE = "page", "a page"
    CLI = "cli", "the command line"
    IMPORT = "import", "an import"
    PUBLIC_LINK = "public_link", "a public link"


class PartnerKind(Word):
    """Kinds of partner. Source: product notes of this project; sub-kinds are the county's own words."""

    TRIBAL_GOVERNMENT = "tribal_government", "Tribal government"
    TRIBAL_ORGANIZATION = "tribal_organization", "Tribal organization"
    COMMUNITY_ORGANIZATION = "community_organization", "Community organization"
    SYSTEM_PARTNER = "system_partner", "System partner"
    LIVED_EXPERIENCE = "lived_experience", "Lived-experience group"
    OTHER = "other", "Other"


class Recognition(Word):
    """Whether a Tribal government is federally recognized; both kinds are governments here."""

    RECOGNIZED = "recognized", "federally recognized"
    NOT_RECOGNIZED = "not_recognized", "not federally recognized"
    NOT_SAID = "not_said", "not said"


class PartnerStatus(Word):
    """Where a partnership stands, as the county says."""

    PROSPECTIVE = "prospective", "Prospective"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"
    OTHER = "other", "Other"


class NameKind(Word):
    """Why a partner has another name."""

    OTHER = "other", "Other name"
    FORMER = "former", "Former name"


class EngagementKind(Word):
    """How county and partner were in touch."""

    MEETING = "meeting", "Meeting"
    CALL = "call", "Call"
    VISIT = "visit", "Visit"
    EVENT = "event", "Event"
    TRAINING = "training", "Training"
    EMAIL = "email", "E-mail"
    INPUT = "input", "Input without attending"
    OTHER = "other", "Other"


class EngagementStatus(Word):
    """Planned engagements exist before they are held."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"
    OTHER = "other", "Other"


class Repeats(Word):
    """How often a row of planned engagements comes round."""

    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    MONTHLY_WEEKDAY = "monthly_weekday", "Every month, on the same weekday"
    MONTHLY_DAY = "monthly_day", "Every month, on the same day"
    QUARTERLY = "quarterly", "Every three months, on the same weekday"
    YEARLY = "yearly", "Every year"


class Reach(Word):
    """Which engagements of a row a change is for: this one, those after it as well, all that are still to come."""

    ONE = "one", "Only this one"
    FOLLOWING = "following", "This and the following"
    ALL = "all", "All still to come"


class Who(Word):
    """Who asked for an engagement, set its agenda, decided. 'None' and 'unknown' are no answers to health."""

    COUNTY = "county", "County"
    PARTNER = "partner", "Partner"
    BOTH = "both", "Both"
    NONE = "none", "None"
    UNKNOWN = "unknown", "Unknown"


class Interpreter(Word):
    """Whether an interpreter was needed, asked for, there."""

    NOT_SAID = "not_said", "Not said"
    NOT_NEEDED = "not_needed", "Not needed"
    ASKED = "asked", "Asked for, not provided"
    PROVIDED = "provided", "Provided"


class Side(Word):
    """The two sides of a partnership."""

    COUNTY = "county", "County"
    PARTNER = "partner", "Partner"


class CommitmentState(Word):
    """Where a promise stands on a day; derived, never typed."""

    OPEN = "open", "Open"
    OVERDUE = "overdue", "Overdue"
    KEPT = "kept", "Kept"
    KEPT_LATE = "kept_late", "Kept late"
    WITHDRAWN = "withdrawn", "Withdrawn by agreement"


class FeedbackKind(Word):
    """What kind of thing a partner said."""

    PRAISE = "praise", "Praise"
    CONCERN = "concern", "Concern"
    REQUEST = "request", "Request"
    IDEA = "idea", "Idea"
    QUESTION = "question", "Question"
    OTHER = "other", "Other"


class FeedbackWay(Word):
    """By which way feedback came in."""

    MEETING = "meeting", "In a meeting"
    CONVERSATION = "conversation", "In conversation"
    CALL = "call", "By phone"
    EMAIL = "email", "By e-mail"
    LETTER = "letter", "By letter"
    SURVEY = "survey", "In a survey"
    FORM = "form", "By form"
    PUBLIC_COMMENT = "public_comment", "Public comment"
    OTHER = "other", "Other"


class FeedbackState(Word):
    """The loop: only the giver confirms, and 'not fixed' reopens it. Source: product notes, promise 1."""

    RECEIVED = "received", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    DECIDED = "decided", "Decided"
    TOLD = "told", "Told, not confirmed"
    CONFIRMED = "confirmed", "Confirmed by the giver"
    REOPENED = "reopened", "Reopened"
    UNCONFIRMED = "unconfirmed", "Closed, not confirmed"


class Signed(Word):
    """Who a giver chose to be towards the county."""

    NOTED = "noted", "Written down by the county"
    NAMED = "named", "With a name"
    REACHABLE = "reachable", "With a way to reach them, no name"
    ANONYMOUS = "anonymous", "Anonymous"


class Readers(Word):
    """Who may read feedback, as its giver chose. Source: issue of this project on public pages."""

    TEAM = "team", "The county's partnership team"
    TRIBAL_LIAISON = "tribal_liaison", "Only the Tribal liaison"
    COMMUNITY_LIAISON = "community_liaison", "Only the community liaison"
    ONE_PERSON = "one_person", "Only one person"


#: Who is among the readers a giver may choose.
READERS_BY_ROLE: dict[Role, Readers] = {
    Role.TRIBAL_LIAISON: Readers.TRIBAL_LIAISON,
    Role.COMMUNITY_LIAISON: Readers.COMMUNITY_LIAISON,
}


class LinkedAs(Word):
    """Why two pieces of feedback belong together."""

    SAME_THING = "same_thing", "Says the same thing"
    SAME_GIVER = "same_giver", "Said by the same giver"


class Worked(Word):
    """What a later check of a decision found."""

    YES = "yes", "It worked"
    PARTLY = "partly", "It worked in part"
    NO = "no", "It did not work"
    TOO_EARLY = "too_early", "Too early to say"


class BarrierState(Word):
    """Where a barrier stands: only partners say that it is gone. Ours, after promise 1 of the product notes."""

    NAMED = "named", "Named"
    TAKEN_UP = "taken_up", "Worked on together"
    ASKED = "asked", "Partners are asked whether it is gone"
    GONE = "gone", "Gone, partners say"
    BACK = "back", "Back again"
    SET_ASIDE = "set_aside", "Set aside, with a reason"


class Verdict(Word):
    """What a partner says of a barrier that the county thinks is gone."""

    GONE = "gone", "Gone"
    EASIER = "easier", "Easier, not gone"
    STILL_THERE = "still_there", "Still there"


class ReviewState(Word):
    """Where a local system review stands on a day; derived from its days, never typed."""

    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "Under way"
    TO_TELL = "to_tell", "Ended, contributors still to be told"
    TOLD = "told", "Ended, contributors told"


class TeamSide(Word):
    """Whom a member of a review's team comes from."""

    COUNTY = "county", "County"
    PARTNER = "partner", "Partners and community"
    OUTSIDE = "outside", "From outside"


class Compared(Word):
    """How a finding stands beside the same one of the review before."""

    GONE = "gone", "Not found any more"
    BETTER = "better", "Found, and better"
    SAME = "same", "Found as before"
    WORSE = "worse", "Found, and worse"


class LinkPurpose(Word):
    """What a public link opens."""

    FEEDBACK = "feedback", "Give feedback"
    RATING = "rating", "Rate the partnership"


class Band(Word):
    """Bands of standing, with 'not enough evidence' as its own. Source: health definition h1."""

    STRONG = "strong", "Strong"
    STEADY = "steady", "Steady"
    STRAINED = "strained", "Strained"
    AT_RISK = "at_risk", "At risk"
    NOT_ENOUGH = "not_enough", "Not enough evidence"


class LookAlikeAnswer(Word):
    """What a person said of two names that look alike."""

    OPEN = "open", "Not answered"
    LATER = "later", "Later"
    SAME = "same", "Same"
    DIFFERENT = "different", "Not the same"


#: Ten rating items in our own words, two for each of five themes; for the county to confirm.
RATING_ITEMS: tuple[tuple[str, str], ...] = (
    ("Heard", "When we speak, what we say is listened to."),
    ("Heard", "What we said shows up in what is done."),
    ("Trusted", "We can speak plainly without paying for it later."),
    ("Trusted", "Each side believes the other means well."),
    ("Fair say", "We help choose what we talk about."),
    ("Fair say", "Decisions that touch us are made with us."),
    ("Follow-through", "What is promised gets done."),
    ("Follow-through", "When something cannot be done, we are told why."),
    ("Worth it", "The time we put in is worth it."),
    ("Worth it", "Working together changes things for families and community."),
)

#: The scale of the rating items. Ours.
RATING_SCALE: dict[int, str] = {1: "Not at all", 2: "A little", 3: "Partly", 4: "Mostly", 5: "Fully"}

#: How an answer reaches a giver who left no way back. Source: health definition h1, loop closure.
PUBLISHED = "Published"
