"""How fast succession is counted on a large store, beside one SQL GROUP BY, in one run.

The alternative is what someone would write in an hour: who holds which area by one GROUP BY over associations and
areas, and the same again without those who leave; without truck factor, documented ratio, trend or access rights.
Usage: python -m evaluation.succession_speed [--people 50000 --areas 2000 --associations 1000000] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from evaluation.large_store import TODAY, Size, make_large_store
from models.access import Viewer
from models.planning import Planner
from models.store import SQLITE_NAME, Store
from models.tables import DepartureVisibility
from recommender.succession.coverage import CoverageOptions, measure_coverage, measure_units
from recommender.succession.ground import read_ground
from recommender.succession.risk import list_risks
from recommender.succession.simulation import simulate
from recommender.succession.transfer import Transfer, what_to_transfer
from recommender.traces import Traces

REPEATS: Final = 5
LEAVING: Final = 50
HORIZON_YEARS: Final = 5
_GROUP_BY: Final = """
SELECT area_id, count(*), sum(points) FROM (
  SELECT area_id, person_id, sum(points) AS points FROM (
    SELECT d.area_id, a.person_id, max(d.strength * a.weight * CASE a.role
      WHEN 'reviewed' THEN 0.8 WHEN 'edited' THEN 0.4 WHEN 'endorsed' THEN 0.4 ELSE 1.0 END) AS points
    FROM associations a JOIN area_documents d ON d.document_id = a.document_id
    WHERE a.role <> 'asked' AND a.person_id NOT IN (SELECT person_id FROM departures WHERE latest < :today)
      AND a.person_id NOT IN (SELECT person_id FROM departures WHERE earliest <= :until)
    GROUP BY d.area_id, a.person_id, a.document_id)
  GROUP BY area_id, person_id HAVING sum(points) >= 9.0 / 7)
GROUP BY area_id
"""


def timed(action: Callable[[], object]) -> float:
    """Return the seconds an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure(store: Store, home: Path) -> dict[str, float]:
    """Return every figure, in seconds unless its name says otherwise."""
    planner = Planner(Viewer(), None, DepartureVisibility.DECLARED, 5)
    options = CoverageOptions(HORIZON_YEARS)
    traces = Traces()
    figures = {}
    with store.read() as session:
        figures["traces_from_store_s"] = timed(lambda: traces.refresh(session))
    traces.save(home / "traces.npz")
    kept = [traces]
    figures["traces_from_file_s"] = timed(lambda: kept.append(Traces.load(home / "traces.npz")))
    with store.read() as session:

        def cover() -> int:
            ground = read_ground(session, kept[-1], planner.viewer, TODAY)
            return len(measure_coverage(session, ground, planner, TODAY, options))

        def units() -> int:
            ground = read_ground(session, kept[-1], planner.viewer, TODAY)
            return len(measure_units(session, ground, planner, TODAY, options))

        def leave() -> int:
            ground = read_ground(session, kept[-1], planner.viewer, TODAY)
            people = [f"p:{n}" for n in range(0, LEAVING * 7, 7)]
            return simulate(session, ground, planner, TODAY, people, TODAY + timedelta(days=365)).lost_question_count

        figures["coverage_cold_s"] = timed(cover)
        figures["coverage_warm_s"] = median(timed(cover) for _ in range(REPEATS))
        figures["units_warm_s"] = median(timed(units) for _ in range(REPEATS))
        kept.append(Traces.load(home / "traces.npz"))
        figures["simulation_cold_s"] = timed(leave)
        figures["simulation_warm_s"] = median(timed(leave) for _ in range(REPEATS))
        figures |= _of_people(session, planner, kept[-1])
        days = {
            "today": TODAY.isoformat(),
            "until": (TODAY + timedelta(days=round(HORIZON_YEARS * 365.25))).isoformat(),
        }

        def group_by() -> int:
            nobody = {**days, "until": "0001-01-01"}
            return sum(len(session.execute(text(_GROUP_BY), given).all()) for given in (nobody, days))

        figures["group_by_s"] = median(timed(group_by) for _ in range(REPEATS))
    figures["coverage_cold_over_group_by"] = figures["coverage_cold_s"] / figures["group_by_s"]
    figures["coverage_warm_over_group_by"] = figures["coverage_warm_s"] / figures["group_by_s"]
    figures["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["load_of_the_machine"] = os.getloadavg()[0]
    return figures


def _of_people(session: Session, planner: Planner, traces: Traces) -> dict[str, float]:
    """Return how long it takes to say what whoever wrote most should pass on, and what is at risk in every unit."""
    view = read_ground(session, traces, planner.viewer, TODAY).view
    busiest = view.person_ids[int(np.argmax(np.bincount(view.columns.persons)))]

    def transfer() -> Transfer:
        ground = read_ground(session, traces, planner.viewer, TODAY)
        return what_to_transfer(session, ground, planner, TODAY, busiest)

    def risks() -> int:
        return len(list_risks(session, read_ground(session, traces, planner.viewer, TODAY), planner, TODAY))

    return {
        "transfer_warm_s": median(timed(transfer) for _ in range(REPEATS)),
        "risks_warm_s": median(timed(risks) for _ in range(REPEATS)),
    }


def main() -> None:
    """Make the store, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.succession_speed")
    for name in ("people", "areas", "associations"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Size(), name))
    parser.add_argument("--home", type=Path, help="where the store is, or is made and kept")
    given = parser.parse_args()
    size = Size(given.people, given.areas, given.associations)
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        there = (home / SQLITE_NAME).exists()
        started = time.perf_counter()
        store = Store.open(home) if there else make_large_store(home, size)
        sys.stderr.write(f"store {'opened' if there else 'made'} in {time.perf_counter() - started:.0f} s\n")
        figures = measure(store, home)
        store.close()
    table = Table(title=f"{size.people:,} people, {size.areas:,} areas, {size.associations:,} associations", box=None)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in figures.items()}) + "\n")


if __name__ == "__main__":
    main()
