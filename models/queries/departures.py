"""Departures as managers may know them: by name, or as counts that tell of nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    may_be_counted,
    may_count_departure,
    may_plan_for,
    may_plan_with_departure,
    may_see_person,
)
from models.errors import InvalidInputError
from models.planning import Planner
from models.records import DeclaredBy
from models.small_groups import Span, Tally, UnitTree, add_up, choose_shown, grow_tree
from models.tables import DepartureRow, DepartureVisibility, PersonRow, UnitRow

SPAN_YEARS: Final = 5
"""Spans are the calendar's (2025 to 2029, 2030 to 2034), not the caller's: two that overlap would give a difference."""
LONGEST_HORIZON: Final = 15
"""Years; they are of as many spans as models/small_groups.py reckons with."""


@dataclass(frozen=True, slots=True)
class PlannedDeparture:
    """A departure that someone who plans knows by name."""

    person_id: str
    name: str
    unit_id: str | None
    unit: str | None
    earliest: date
    latest: date
    announced: bool
    """True when the whole organisation may know."""
    declared_by: DeclaredBy


@dataclass(frozen=True, slots=True)
class DepartureBand:
    """How many people of a unit and of those under it leave in a span of years."""

    unit_id: str
    unit: str
    first_year: int
    last_year: int
    people: int | None
    """Those known by name included; None where a number would tell of fewer people than the policy allows."""
    group: int
    """People of the unit and of those under it."""
    named: int
    """How many of those who leave the planner knows by name."""


def list_planned_departures(session: Session, planner: Planner, today: date, until: date) -> list[PlannedDeparture]:
    """Return who leaves of the people planned for, one departure each, as far as the planner may know them by name.

    Returns:
        Departures that may begin by `until` and are not over today, the nearest first.
    """
    statement: Select[*tuple[Any, ...]] = (
        select(
            PersonRow.id,
            PersonRow.name,
            PersonRow.unit_id,
            UnitRow.name,
            DepartureRow.earliest,
            DepartureRow.latest,
            DepartureRow.announced,
            DepartureRow.declared_by,
        )
        .join(DepartureRow, DepartureRow.person_id == PersonRow.id)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(
            may_plan_for(planner.units),
            may_see_person(planner.viewer, today),
            may_plan_with_departure(planner.viewer, planner.departures),
        )
        .order_by(DepartureRow.earliest, DepartureRow.latest, PersonRow.id, DepartureRow.id)
    )
    nearest: dict[str, PlannedDeparture] = {}
    for row in session.execute(statement):
        nearest.setdefault(row[0], PlannedDeparture(*row))
    return [found for found in nearest.values() if found.earliest <= until and found.latest >= today]


def count_departures(session: Session, planner: Planner, today: date, years: int) -> list[DepartureBand]:
    """Return how many leave of each unit planned for, with those under it, in each span of years until a horizon.

    Someone counts in the span in which they have left at the latest, past days of the first span included, so that no
    number moves with the day. Where departures are known by name, the names are what is counted. In bands, everyone
    counts, whoever declared it and whoever knows; `models/small_groups.py` says which numbers are shown. Few or none
    are not told apart, and neither are nearly all or all: from 0 to 1 the number would tell that someone declared.

    Args:
        years: how far ahead; the last span is the one that holds the last of these years.

    Returns:
        For each unit by id, the nearest span first.
    """
    if not 0 <= years <= LONGEST_HORIZON:
        message = f"A horizon of {years} years cannot be counted; choose from 0 to {LONGEST_HORIZON}"
        raise InvalidInputError(message)
    spans = range(_span_of(today.year), _span_of(today.year + years) + 1, SPAN_YEARS)
    rows = session.execute(select(UnitRow.id, UnitRow.name, UnitRow.parent_id)).all()
    names = {id_: name for id_, name, _ in rows}
    tree = grow_tree({id_: parent for id_, _, parent in rows})
    named, secret = _count_own_people(session, planner.departures)
    named_within, secret_within = add_up(tree, named), add_up(tree, secret)
    planned_for = secret_within.keys() if planner.units is None else secret_within.keys() & planner.units
    bands = []
    for span in spans:
        shown = _choose_shown(tree, secret, span, planner)
        for unit in planned_for:
            known, hidden = named_within[unit], secret_within[unit]
            leaving = known.leaving.get(span, 0)
            people = leaving + hidden.leaving.get(span, 0) if unit in shown else None
            years_of = (span, span + SPAN_YEARS - 1)
            bands.append(DepartureBand(unit, names[unit], *years_of, people, known.people + hidden.people, leaving))
    return sorted(bands, key=lambda band: (band.unit_id, band.first_year))


def _choose_shown(tree: UnitTree, secret: Mapping[str, Tally], span: Span, planner: Planner) -> Collection[str]:
    """Return the units whose count is shown: all, where nothing but what is known by name is counted."""
    if planner.departures is DepartureVisibility.BANDS:
        return choose_shown(tree, secret, span, planner.smallest_group)
    return add_up(tree, secret).keys()


def _count_own_people(
    session: Session, visibility: DepartureVisibility
) -> tuple[Mapping[str, Tally], Mapping[str, Tally]]:
    """Return the own people of each unit: those whose departure is known by name, and everyone else.

    The same whoever asks: what a planner knows of themself is not taken out, or two planners would differ by it.
    """
    known = select(DepartureRow.person_id).where(may_plan_with_departure(Viewer(), visibility))
    leavers = _nearest_departures(session, PersonRow.id.in_(known), may_plan_with_departure(Viewer(), visibility))
    statement: Select[*tuple[Any, ...]] = (
        select(PersonRow.unit_id, func.count()).where(may_be_counted()).group_by(PersonRow.unit_id)
    )
    people: Counter[str | None] = Counter()
    for unit, count in session.execute(statement):
        people[unit] = count
    hidden: Counter[tuple[str | None, Span]] = Counter()
    if visibility is DepartureVisibility.BANDS:
        hidden = _nearest_departures(session, PersonRow.id.not_in(known), may_count_departure())
    leaving = Counter(unit for unit, _ in leavers.elements())
    people.subtract(leaving)
    return _tallies(leaving, leavers), _tallies(people, hidden)


def _nearest_departures(session: Session, *conditions: ColumnElement[bool]) -> Counter[tuple[str | None, Span]]:
    """Return how many people of each unit leave in each span, each by the nearest of their departures."""
    statement = (
        select(PersonRow.id, PersonRow.unit_id, DepartureRow.latest)
        .join(DepartureRow, DepartureRow.person_id == PersonRow.id)
        .where(may_be_counted(), *conditions)
        .order_by(DepartureRow.earliest.desc(), DepartureRow.latest.desc(), DepartureRow.id.desc())
    )
    nearest = {person: (unit, _span_of(latest.year)) for person, unit, latest in session.execute(statement)}
    return Counter(nearest.values())


def _tallies(people: Mapping[str | None, int], leaving: Mapping[tuple[str | None, Span], int]) -> dict[str, Tally]:
    """Return the tally of each unit; people without a unit are in none."""
    spans: dict[str, dict[Span, int]] = {}
    for (unit, span), count in leaving.items():
        if unit is not None:
            spans.setdefault(unit, {})[span] = count
    return {unit: Tally(count, spans.get(unit, {})) for unit, count in people.items() if unit is not None}


def _span_of(year: int) -> Span:
    return year - year % SPAN_YEARS
