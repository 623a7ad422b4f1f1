"""Keep each partner's last contact and agreed cadence beside it

Who is past their cadence was asked of the ledger for every partner at each count: in a state's file two questions for
each of 20,000. The database itself keeps the answer, whichever way a fact comes in or is closed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HELD_TRUE = "f.partner_id = {0} AND f.kind = '{1}' AND f.known_to IS NULL"
#: Of two cadences agreed from one day the shorter holds, as in health.
NEWEST = "ORDER BY f.on_day IS NULL, f.on_day DESC, f.value LIMIT 1"
KEPT = {
    "contact": "last_contact_on = (SELECT max(f.on_day) FROM fact AS f WHERE " + HELD_TRUE.format("{0}", "contact") + ")",
    "cadence": ", ".join(
        f"{column} = (SELECT {what} FROM fact AS f WHERE {HELD_TRUE.format('{0}', 'cadence')} {NEWEST})"
        for column, what in (("agreed_days", "CAST(f.value AS INTEGER)"), ("agreed_from", "f.on_day"))
    ),
}
#: Kind of fact → what is done when one comes in; a contact only moves the day on.
COMES_IN = {
    "contact": "UPDATE partner SET last_contact_on = NEW.on_day WHERE id = NEW.partner_id AND NEW.known_to IS NULL "
    "AND (last_contact_on IS NULL OR last_contact_on < NEW.on_day);",
    "cadence": f"UPDATE partner SET {KEPT['cadence'].format('NEW.partner_id')} WHERE id = NEW.partner_id;",
}


def upgrade() -> None:
    op.add_column("partner", sa.Column("last_contact_on", sa.Date(), nullable=True))
    op.add_column("partner", sa.Column("agreed_days", sa.Integer(), nullable=True))
    op.add_column("partner", sa.Column("agreed_from", sa.Date(), nullable=True))
    for kept in KEPT.values():
        op.execute(f"UPDATE partner SET {kept.format('partner.id')}")
    on_file = op.get_bind().dialect.name == "sqlite"
    for kind, kept in KEPT.items():
        closes = f"UPDATE partner SET {kept.format('NEW.partner_id')} WHERE id = NEW.partner_id;"
        for name, after, then in (
            (f"{kind}_comes_in", "INSERT ON fact", COMES_IN[kind]),
            (f"{kind}_closes", "UPDATE ON fact", closes),
        ):
            if on_file:
                op.execute(f"CREATE TRIGGER {name} AFTER {after} WHEN NEW.kind = '{kind}' BEGIN {then} END")
            else:
                op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {then} RETURN NULL; END$$")
                op.execute(
                    f"CREATE TRIGGER {name} AFTER {after} FOR EACH ROW WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION {name}()"
                )
