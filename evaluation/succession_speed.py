"""How fast succession is counted on a large store, beside one SQL GROUP BY, in one run.

Figures are seconds by the clock and, beside them, of the processor; ratios are of the latter. The alternative is what
someone would write in an hour: who holds which area by one GROUP BY over associations and
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
from recommender.succession.horizon import DAYS_PER_YEAR
from recommender.succession.risk import list_risks
from recommender.succession.simulation import simulate
from recommender.succession.transfer import what_to_transfer
from recommender.traces import Traces

REPEATS: Final = 5
# The alternative takes longest.
GROUP_BY_REPEATS: Final = 2
LEAVING: Final = 50
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


class Figures:
    """What was measured: seconds by the clock, and beside them the processor's, which a busy machine leaves alone."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def take(self, name: str, action: Callable[[], object], repeats: int = 1) -> None:
        """Measure an action: the median over the repeats."""
        clock, processor = [], []
        for _ in range(repeats):
            started, used = time.perf_counter(), time.process_time()
            action()
            clock.append(time.perf_counter() - started)
            processor.append(time.process_time() - used)
        self.values[f"{name}_s"], self.values[f"{name}_processor_s"] = median(clock), median(processor)
        sys.stderr.write(f"{name} {median(clock):.2f} s, processor {median(processor):.2f} s\n")


def measure(store: Store, home: Path) -> dict[str, float]:
    """Return every figure, in seconds unless its name says otherwise."""
    figures, planner, options = Figures(), Planner(Viewer(), None, DepartureVisibility.DECLARED, 5), CoverageOptions()
    traces = [Traces()]
    people = [f"p:{n}" for n in range(0, LEAVING * 7, 7)]
    with store.read() as session:
        figures.take("traces_from_store", lambda: traces[-1].refresh(session))
        traces[-1].save(home / "traces.npz")
        figures.take("traces_from_file", lambda: traces.append(Traces.load(home / "traces.npz")))

        def cover() -> None:
            ground = read_ground(session, traces[-1], planner.viewer, TODAY)
            measure_coverage(session, ground, planner, TODAY, options)

        def units() -> None:
            ground = read_ground(session, traces[-1], planner.viewer, TODAY)
            measure_units(session, ground, planner, TODAY, options)

        def leave() -> None:
            ground = read_ground(session, traces[-1], planner.viewer, TODAY)
            simulate(session, ground, planner, TODAY, people, TODAY + timedelta(days=365))

        figures.take("coverage_cold", cover)
        figures.take("coverage_warm", cover, REPEATS)
        figures.take("units_warm", units, REPEATS)
        figures.take("simulation_warm", leave, REPEATS)
        _take_people(figures, session, planner, traces[-1])
        traces.append(Traces.load(home / "traces.npz"))
        figures.take("simulation_cold", leave)
        figures.take("group_by", lambda: _group_by(session), GROUP_BY_REPEATS)
    values = figures.values
    for name in ("coverage_cold", "coverage_warm", "simulation_warm"):
        values[f"{name}_over_group_by"] = values[f"{name}_processor_s"] / values["group_by_processor_s"]
    values["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    values["load_of_the_machine"] = os.getloadavg()[0]
    return values


def _group_by(session: Session) -> None:
    """Count who holds each area, and who still does once those who leave are gone."""
    until = TODAY + timedelta(days=round(CoverageOptions().horizon_years * DAYS_PER_YEAR))
    for last in ("0001-01-01", until.isoformat()):
        session.execute(text(_GROUP_BY), {"today": TODAY.isoformat(), "until": last}).all()


def _take_people(figures: Figures, session: Session, planner: Planner, traces: Traces) -> None:
    """Time what whoever wrote most should pass on, and the risks of every unit."""
    view = read_ground(session, traces, planner.viewer, TODAY).view
    busiest = view.person_ids[int(np.argmax(np.bincount(view.columns.persons)))]

    def transfer() -> None:
        ground = read_ground(session, traces, planner.viewer, TODAY)
        what_to_transfer(session, ground, planner, TODAY, busiest)

    def risks() -> None:
        list_risks(session, read_ground(session, traces, planner.viewer, TODAY), planner, TODAY)

    figures.take("transfer_warm", transfer, REPEATS)
    figures.take("risks_warm", risks, REPEATS)


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
