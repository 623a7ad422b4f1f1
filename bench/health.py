"""Times standing of every partner for 120 months from scratch: reading the ledger, computing, both.

Run as `python bench/health.py ROUNDS`, with ERP_DATA_DIR naming the county's folder; prints one line of JSON. Then it
compares a sample of partners with the plain reference of the tests, and fails where one differs by 1e-9 or more.
"""

import json
import resource
import statistics
import sys
import time

import numpy as np
from sqlalchemy import true
from sqlmodel import Session

from erp import db
from erp.health.standings import Standings
from erp.queries.county import today
from erp.queries.health import default_cadences, formula_in_force, last_months, ledger, standings, tracked_partners
from tests.health import reference

MONTHS = 120
#: Partners and months of each that are compared with the reference.
COMPARED, EVERY = 25, 7


def main() -> None:
    """Print the medians in seconds, the rows, the process's memory at its highest, how many figures were compared."""
    rounds = int(sys.argv[1])
    with db.reading() as session:
        months = last_months(today(session), MONTHS)
    reads, alls, cpu = [], [], []
    found: Standings | None = None
    for _ in range(rounds):
        with db.reading() as session:
            start = time.perf_counter()
            facts = len(ledger(session))
            reads.append(time.perf_counter() - start)
        with db.reading() as session:
            start, start_cpu = time.perf_counter(), time.process_time()
            found = standings(session, months, tracked_partners(session, true()))
            alls.append(time.perf_counter() - start)
            cpu.append(time.process_time() - start_cpu)
    assert found is not None
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts it in KiB
    with db.reading() as session:
        compared = compare(session, found)
    seconds = {"read": statistics.median(reads), "all": statistics.median(alls), "best": min(alls), "cpu": min(cpu)}
    counted = {"rounds": rounds, "facts": facts, "months": MONTHS, "partners": len(found), "compared": compared}
    json.dump(seconds | counted | {"highest_mib": highest}, sys.stdout)


def compare(session: Session, found: Standings) -> int:
    """Compare a sample with the plain reference; return how many figures. Raises: SystemExit where one differs."""
    chosen = np.random.default_rng(5).choice(found.partner_ids, COMPARED, replace=False).tolist()
    facts = ledger(session, chosen).astype(object)
    rows = facts.where(facts.notna(), None).to_dict("records")
    for row in rows:
        for name in ("on_day", "done_on", "withdrawn_on"):
            row[name] = row[name].date() if row[name] is not None else None
    partners = tracked_partners(session, true(), chosen).set_index("partner_id")
    defaults = default_cadences(session).to_dict("records")
    formula, n = formula_in_force(session), 0
    some = found.of(chosen)
    for place, partner_id in enumerate(some.partner_ids.tolist()):
        kind = str(partners.loc[partner_id, "kind"])
        for slot in range(0, MONTHS, EVERY):
            day = some.days[slot].item()
            told = reference.health(rows, partner_id, kind, defaults, day, formula)["standing"]
            ours = some.standing[place, slot]
            if (told is None) != np.isnan(ours) or (told is not None and abs(told - ours) >= 1e-9):
                raise SystemExit(f"Partner {partner_id} on {day}: {ours} instead of {told}.")
            n += 1
    return n


if __name__ == "__main__":
    main()
