"""Coverage by unit: which areas the people of each unit hold, and what is left of that after departures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from models.planning import Planner
from models.queries.succession_people import read_unit_names
from recommender.groups import Places, count
from recommender.succession.ground import Ground
from recommender.succession.holders import hold_now, units_of
from recommender.succession.horizon import CoverageLevel, CoverageOptions, leaving_within, level_of, read_leaving
from recommender.succession.works import truck_factors


@dataclass(frozen=True, slots=True)
class UnitAreaCell:
    """An area in a unit: what its own people hold."""

    unit_id: str
    unit: str
    area_id: str
    holders: int
    """Now."""
    share_left: float
    """Of what they have of the area, the part of those who stay, in [0, 1]."""
    truck_factor: int
    """Of the works that they are authors of."""
    level: CoverageLevel


def measure_units(
    session: Session, ground: Ground, planner: Planner, today: date, options: CoverageOptions | None = None
) -> list[UnitAreaCell]:
    """Return the areas held in each unit planned for, counted among its own people, in order of unit then area.

    The units under a unit are cells of their own, and not counted in it.
    """
    asked = options or CoverageOptions()
    leaving = leaving_within(read_leaving(session, ground, planner, today, asked), today, asked.horizon_years)
    names = read_unit_names(session)
    units = sorted(unit for unit in names if planner.units is None or unit in planner.units)
    held, unit_of, areas = hold_now(ground), units_of(ground, units), len(ground.places.area_ids)
    size = len(units) * areas
    inside = unit_of[held.persons] >= 0
    persons, points = held.persons[inside], held.points[inside]
    cells = unit_of[persons] * areas + held.areas[inside]
    stays = ~np.isin(persons, sorted(leaving))
    holders, holders_left = np.bincount(cells, minlength=size), np.bincount(cells[stays], minlength=size)
    total, left = count(cells, size, points), count(cells[stays], size, points[stays])
    factors = _truck_factors(ground, unit_of, size)
    found = []
    for cell in np.flatnonzero(holders).tolist():
        unit, share = units[cell // areas], float(left[cell] / total[cell])
        level = level_of(int(holders_left[cell]), share, int(factors[cell]))
        area_id = ground.places.area_ids[cell % areas]
        found.append(UnitAreaCell(unit, names[unit], area_id, int(holders[cell]), share, int(factors[cell]), level))
    return found


def _truck_factors(ground: Ground, unit_of: Places, size: int) -> Places:
    """Return, for each cell, the truck factor of the works that people of the unit are authors of."""
    works, areas = ground.credits.works, len(ground.places.area_ids)
    inside = unit_of[works.author_persons] >= 0
    of_work, persons = works.author_works[inside], works.author_persons[inside]
    cells = unit_of[persons] * areas + works.areas[of_work]
    most = np.int64(len(works.areas) + 1)
    own_works, own = np.unique(cells * most + of_work, return_inverse=True)
    here = ~np.isin(persons, sorted(ground.gone))
    order = np.argsort(own, kind="stable")
    order = order[here[order]]
    return truck_factors(own_works // most, own[order], persons[order], ground.person_ranks, size)
