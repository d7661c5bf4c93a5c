"""Departures: who leaves when, as far as managers may know, and what would be lost if some people left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from api.pages.rendering import render, wording_of
from api.pages.succession.figures import departures_chart
from api.pages.succession.opening import PlanningDep
from api.planners import PlanningEvent
from api.planning import Planning
from models.errors import InvalidInputError
from models.queries.departures import DepartureBand, PlannedDeparture, count_departures, list_planned_departures
from models.queries.people import Person
from models.queries.planned import (
    list_planned_people,
    list_planned_units,
    narrow_planner,
    read_people_named,
    read_planned_people,
)
from models.tables import DepartureVisibility
from recommender.succession.horizon import DAYS_PER_YEAR
from recommender.succession.simulation import Simulation, simulate

YEARS: Final = 15
PEOPLE_TO_CHOOSE: Final = 30
A_YEAR: Final = 1

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves, as someone who plans may know it."""

    named: Sequence[PlannedDeparture]
    bands: Sequence[DepartureBand]
    """Numbers alone; empty where departures are known by name."""
    chart: Markup | None
    units: Sequence[tuple[str, str]]
    visibility: DepartureVisibility
    smallest_group: int


@dataclass(frozen=True, slots=True)
class Supposing:
    """People supposed to leave by a day, and what would be lost."""

    by: date
    chosen: Sequence[Person]
    others: Sequence[Person]
    """Whom else one can choose, of those with the name looked for."""
    simulation: Simulation | None
    people: Mapping[str, Person] = field(default_factory=dict)
    """Who answered the questions shown, by id."""
    error: str | None = None


@router.get("/succession/departures")
def show(
    planning: PlanningDep,
    unit: str = "",
    name: str = "",
    person: Annotated[Sequence[str], Query()] = (),
    by: str = "",
    step: str = "",
) -> HTMLResponse:
    """Return who leaves when; with people and a day, what would be lost without them."""
    with planning.reading() as session:
        leaving = read_leaving(planning, session, unit)
        supposing = read_supposing(planning, session, name.strip(), person, by, asked=step == "simulate")
    if supposing.simulation:
        planning.note(PlanningEvent.SIMULATED, supposing.simulation.people, by=supposing.by.isoformat())
    planning.note(PlanningEvent.VIEWED, view="departures")
    if leaving.named:
        planning.note(PlanningEvent.PERSON_VIEWED, (one.person_id for one in leaving.named), view="departures")
    shown = {"leaving": leaving, "supposing": supposing, "unit": unit, "name": name.strip(), "years": YEARS}
    return render(planning.request, "succession/departures.html", 422 if supposing.error else 200, **shown)


def read_leaving(planning: Planning, session: Session, unit: str) -> Leaving:
    """Return who leaves of the units planned for, or of one of them.

    Raises:
        NotFoundError: a unit that is not theirs.
    """
    planner, today = planning.planner, planning.today
    units = list_planned_units(session, planner, today)
    planner = narrow_planner(session, planner, unit) if unit else planner
    until = today + timedelta(days=round(YEARS * DAYS_PER_YEAR))
    named = list_planned_departures(session, planner, today, until)
    in_bands = planner.departures is DepartureVisibility.BANDS
    bands = count_departures(session, planner, today, YEARS) if in_bands else []
    chart = departures_chart(wording_of(planning.request), named, bands, today.year, YEARS)
    return Leaving(named, bands, chart, units, planner.departures, planner.smallest_group)


def read_supposing(
    planning: Planning, session: Session, name: str, ids: Collection[str], by: str, *, asked: bool
) -> Supposing:
    """Return the people supposed to leave, those to choose from, and once asked for, what would be lost."""
    planner, today = planning.planner, planning.today
    day = date(today.year + A_YEAR, 12, 31)
    error = None
    if by:
        try:
            day = date.fromisoformat(by)
        except ValueError:
            error = wording_of(planning.request).gettext("Give a day from today on.")
    chosen = list(read_planned_people(session, planner, today, ids).values())
    found = list_planned_people(session, planner, today, name, PEOPLE_TO_CHOOSE + len(chosen))
    others = [person for person in found if person not in chosen][:PEOPLE_TO_CHOOSE]
    if not (asked and chosen) or error:
        return Supposing(day, chosen, others, None, error=error)
    try:
        simulation = simulate(session, planning.ground(session), planner, today, [person.id for person in chosen], day)
    except InvalidInputError:
        wrong = wording_of(planning.request).gettext("Give a day from today on.")
        return Supposing(day, chosen, others, None, error=wrong)
    answered = {id_ for question in simulation.lost_questions for id_ in question.answered_by}
    return Supposing(day, chosen, others, simulation, read_people_named(session, planner.viewer, today, answered))
