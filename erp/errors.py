"""Refusals, each written for the person at the screen: what happened and what to do next."""


class ERPError(Exception):
    """A refusal whose text may be shown to the person as it is."""


class NotAllowed(ERPError):
    """The person's roles do not include this."""


class NotFound(ERPError):
    """There is no such record, or none that this person may see."""


class Invalid(ERPError):
    """What was entered cannot be kept as it is."""


class Conflict(ERPError):
    """Somebody else changed the record since it was opened."""
