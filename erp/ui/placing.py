"""Where barriers and findings stand: under a CAPP issue, with a practice, in a category; the labels of each."""

from erp.frameworks import display_label
from erp.services.placing import LISTS
from erp.ui.loads import frameworks


def placing_choices(field: str) -> dict[str, str]:
    """Return what can be chosen for a field, as the list reads now: id → label, without retired and lettered ones."""
    entries = frameworks().framework(LISTS[field]).entries
    return {entry.id: display_label(entry) for entry in entries if not entry.retired and entry.parent is None}


def placed_label(field: str, entry_id: str, version: str = "") -> str:
    """Return an entry as it read in the version it was chosen under, "" where none was chosen."""
    return frameworks().label(LISTS[field], entry_id, version) if entry_id else ""
