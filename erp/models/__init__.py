"""Tables, one noun a file. Importing this package makes them all known to the database layer."""

from erp.models import (
    accounts,
    changes,
    commitments,
    contacts,
    decisions,
    drafts,
    engagements,
    facts,
    feedback,
    frameworks,
    imports,
    partners,
    public,
    ratings,
    search,
    themes,
    views,
)
from erp.models.base import Table

__all__ = [
    "Table",
    "accounts",
    "changes",
    "commitments",
    "contacts",
    "decisions",
    "drafts",
    "engagements",
    "facts",
    "feedback",
    "frameworks",
    "imports",
    "partners",
    "public",
    "ratings",
    "search",
    "themes",
    "views",
]
