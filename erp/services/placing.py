"""Placing what gets in the way under the CAPP lists, and findings under categories: ids, with the version they read."""

from typing import Any

from sqlmodel import Session

from erp.errors import Invalid
from erp.frameworks import CATEGORIES, ISSUES, PRACTICES
from erp.queries.frameworks import frameworks_of

#: Column → the list its entries are of.
LISTS = {"issue": ISSUES, "practice": PRACTICES, "category": CATEGORIES}


def placed(session: Session, values: dict[str, Any], was: Any) -> dict[str, Any]:
    """Return `values` with the version of each list they name an entry of; what was placed before keeps its version.

    `was`: the record as it is, None for a new one. Raises: Invalid where an entry is none, or is retired.
    """
    known = frameworks_of(session)
    versions: dict[str, str] = {}
    for column, framework_id in LISTS.items():
        if column not in values:
            continue
        entry_id, before = values[column], getattr(was, column, "")
        if entry_id and entry_id == before:
            versions[f"{column}_version"] = getattr(was, f"{column}_version")
            continue
        framework = known.framework(framework_id)
        entry = framework.by_id.get(entry_id)
        if entry_id and (entry is None or entry.retired or entry.parent is not None):
            raise Invalid(f"“{entry_id}” is not in {framework.title} any more. Choose again.")
        versions[f"{column}_version"] = framework.version if entry_id else ""
    return values | versions
