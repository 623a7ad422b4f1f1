"""What roles may do, as tables and as docs/permissions.md, from the one table of permissions."""

import pandas as pd

from erp.access import PERMISSIONS
from erp.vocabulary import RecordKind, Role, Verb


def permission_table(role: Role) -> pd.DataFrame:
    """Return what a role may do. Columns: Record, May; one row per kind of record, in the order of RecordKind."""
    rows = [
        {"Record": kind.label, "May": ", ".join(verb.label for verb in Verb if verb in PERMISSIONS[role].get(kind, ()))}
        for kind in RecordKind
    ]
    return pd.DataFrame(rows).replace({"May": {"": "–"}})


def permissions_page() -> str:
    """Return docs/permissions.md: a table of roles by kinds of record."""
    lines = [
        "# What each role may do",
        "",
        "Generated from `erp/access.py` by `make docs`; do not edit. A person may hold several roles.",
        "A Tribal government's engagements, promises, feedback and ratings are open only to roles with that line, and",
        "to whoever wrote the record down. Who may import a file adds the records in it, of whatever kind; changing",
        "records by it (update) needs the right to change that kind.",
        "",
        "| Record | " + " | ".join(role.label for role in Role) + " |",
        "|---|" + "---|" * len(Role),
    ]
    tables = {role: permission_table(role)["May"].tolist() for role in Role}
    for number, kind in enumerate(RecordKind):
        lines.append(f"| {kind.label} | " + " | ".join(tables[role][number] for role in Role) + " |")
    return "\n".join(lines) + "\n"
