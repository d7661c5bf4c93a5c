"""Succession: what the units that a manager plans for hold, and what leaves with whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import Query

from api.errors import problems
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.routing import rest_router
from api.schemas_succession import (
    HOLDERS_SHOWN,
    CoverageListOut,
    DeparturesOut,
    SimulationIn,
    SimulationOut,
    UnitCellsOut,
    coverage_out,
    departure_band_out,
    planned_departure_out,
    simulation_out,
    unit_cell_out,
)
from models.queries.departures import count_departures, list_planned_departures
from models.queries.planned import read_people_named
from recommender.succession.coverage import CoverageOptions, measure_coverage, measure_units
from recommender.succession.horizon import DAYS_PER_YEAR, LONGEST_HORIZON_YEARS
from recommender.succession.simulation import simulate

router = rest_router("/succession", "succession")

Horizon = Annotated[
    float, Query(ge=0, le=LONGEST_HORIZON_YEARS, description="Departures up to so many years ahead count.")
]
USUAL_HORIZON: Final = 5


@router.get(
    "/coverage",
    operation_id="readCoverage",
    summary="Who holds what, and what is left",
    responses=problems(403, 422),
)
def read_coverage(planning: PlanningDep, horizon_years: Horizon = USUAL_HORIZON) -> CoverageListOut:
    """Return the areas that the people you plan for hold, most at risk first.

    Counted from what you may read, after the departures that you may know of.
    """
    options = CoverageOptions(horizon_years)
    with planning.reading() as session:
        found = measure_coverage(session, planning.ground(session), planning.planner, planning.today, options)
        ids = {holder.person_id for area in found for holder in area.holders[:HOLDERS_SHOWN]}
        people = read_people_named(session, planning.planner.viewer, planning.today, ids)
    planning.note(PlanningEvent.VIEWED, view="coverage")
    return CoverageListOut(horizon_years=horizon_years, areas=[coverage_out(area, people) for area in found])


@router.get("/units", operation_id="readUnitCoverage", summary="Areas by unit", responses=problems(403, 422))
def read_units(planning: PlanningDep, horizon_years: Horizon = USUAL_HORIZON) -> UnitCellsOut:
    """Return each area held in each unit you plan for, counted among its own people: the map of risks."""
    options = CoverageOptions(horizon_years)
    with planning.reading() as session:
        found = measure_units(session, planning.ground(session), planning.planner, planning.today, options)
    planning.note(PlanningEvent.VIEWED, view="units")
    return UnitCellsOut(horizon_years=horizon_years, cells=[unit_cell_out(cell) for cell in found])


@router.get("/departures", operation_id="readDepartures", summary="Who leaves when", responses=problems(403, 422))
def read_departures(planning: PlanningDep, horizon_years: Horizon = LONGEST_HORIZON_YEARS) -> DeparturesOut:
    """Return the departures of the units you plan for, as the organisation decided that managers know them.

    By name, or as numbers of groups large enough to tell of nobody.
    """
    planner, today = planning.planner, planning.today
    until = today + timedelta(days=round(horizon_years * DAYS_PER_YEAR))
    with planning.reading() as session:
        named = list_planned_departures(session, planner, today, until)
        bands = count_departures(session, planner, today, round(horizon_years))
    planning.note(PlanningEvent.VIEWED, view="departures")
    if named:
        planning.note(PlanningEvent.PERSON_VIEWED, (found.person_id for found in named), view="departures")
    return DeparturesOut(
        named=[planned_departure_out(departure) for departure in named],
        bands=[departure_band_out(band) for band in bands],
    )


@router.post(
    "/simulations",
    operation_id="simulateDepartures",
    summary="What is lost if these people leave",
    responses=problems(403, 404, 422),
)
def simulate_departures(planning: PlanningDep, asked: SimulationIn) -> SimulationOut:
    """Return what would be uncovered if people you plan for left by a day, and which past questions would be lost.

    Nothing is stored but that you looked; each of them sees that.
    """
    by = asked.by or planning.today
    with planning.reading() as session:
        ground = planning.ground(session)
        found = simulate(session, ground, planning.planner, planning.today, asked.people, by)
    planning.note(PlanningEvent.SIMULATED, found.people, by=by.isoformat())
    return simulation_out(found)
