"""Times health of every partner for 120 months from scratch: reading the ledger, computing, both.

Run as `python bench/health.py`, with ERP_DATA_DIR naming the county's folder; prints one line of JSON.
"""

import json
import resource
import statistics
import sys
import time

from erp import db
from erp.access import operator
from erp.queries.county import today
from erp.queries.health import figures_by_day, last_months, ledger

ROUNDS = 9


def main() -> None:
    """Print the medians in seconds, the rows, and the process's memory at its highest."""
    with db.reading() as session:
        months = last_months(today(session), 120)
        counted = {"rounds": ROUNDS, "facts": len(ledger(session)), "months": len(months)}
    actor, reads, alls, cpu = operator(), [], [], []
    for _ in range(ROUNDS):
        with db.reading() as session:
            start = time.perf_counter()
            ledger(session)
            reads.append(time.perf_counter() - start)
        with db.reading() as session:
            start, start_cpu = time.perf_counter(), time.process_time()
            figures_by_day(session, actor, months)
            alls.append(time.perf_counter() - start)
            cpu.append(time.process_time() - start_cpu)
    seconds = {"read": statistics.median(reads), "all": statistics.median(alls), "best": min(alls), "cpu": min(cpu)}
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts it in KiB
    json.dump(seconds | counted | {"highest_mib": highest}, sys.stdout)


if __name__ == "__main__":
    main()
