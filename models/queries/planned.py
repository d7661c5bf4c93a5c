"""Whom someone plans for: the units to choose from, their people by name, and the names of people in a plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_plan_for, may_see_person
from models.errors import NotFoundError
from models.names import fold
from models.planning import Planner
from models.queries.people import (
    PeopleFilters,
    Person,
    conditions_of,
    make_people,
    person_columns,
    select_people,
    units_under,
)
from models.records import clean_text
from models.rows import chunks
from models.tables import PersonRow, UnitRow


def list_planned_units(session: Session, planner: Planner, today: date) -> list[tuple[str, str]]:
    """Return the id and name of each unit planned for that has someone in it, in the order of their names."""
    peopled = select(PersonRow.unit_id).where(*_planned(planner, today)).distinct()
    rows = session.execute(select(UnitRow.id, UnitRow.name).where(UnitRow.id.in_(peopled))).all()
    return sorted(((id_, name) for id_, name in rows), key=lambda unit: (fold(unit[1]), unit[0]))


def narrow_planner(session: Session, planner: Planner, unit_id: str) -> Planner:
    """Return someone who plans as they plan for one of their units and those under it.

    Raises:
        NotFoundError: it is not among theirs.
    """
    under = frozenset(session.scalars(units_under(clean_text(unit_id))))
    units = under if planner.units is None else under & planner.units
    if not units:
        message = f"No unit '{unit_id}' among those you plan for; choose one of them"
        raise NotFoundError(message)
    return replace(planner, units=units)


def list_planned_people(session: Session, planner: Planner, today: date, text: str, limit: int) -> list[Person]:
    """Return the people planned for whose name holds these words, in the order of their names."""
    named = conditions_of(PeopleFilters(text), planner.viewer, today)
    statement = person_columns().where(*_planned(planner, today), *named)
    rows = session.execute(statement.order_by(PersonRow.name_key, PersonRow.id).limit(limit)).all()
    return make_people(session, planner.viewer, rows)


def read_planned_people(session: Session, planner: Planner, today: date, ids: Collection[str]) -> dict[str, Person]:
    """Return, of these people, those planned for, by id."""
    return _read(session, planner.viewer, ids, _planned(planner, today))


def read_people_named(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, Person]:
    """Return, of these people, those the viewer may see, by id, whether they can be asked or not."""
    return _read(session, viewer, ids, [may_see_person(viewer, today)])


def _planned(planner: Planner, today: date) -> list[ColumnElement[bool]]:
    return [may_see_person(planner.viewer, today), may_plan_for(planner.units)]


def _read(
    session: Session, viewer: Viewer, ids: Collection[str], conditions: Collection[ColumnElement[bool]]
) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for part in chunks(sorted(ids)):
        people = select_people(session, viewer, PersonRow.id.in_(part), *conditions)
        found.update((person.id, person) for person in people)
    return found
