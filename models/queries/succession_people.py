"""What succession reads of people: who is not to be counted, who is gone or away, where they work, who leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    has_left,
    has_opted_out,
    may_know_departure,
    may_know_membership,
    may_plan_for,
    may_plan_with_departure,
    may_see_person,
)
from models.planning import Planner
from models.records import MembershipRole
from models.rows import IDS, chunks, read_columns
from models.tables import DepartureRow, MembershipRow, PersonRow, PreferenceRow, UnitRow


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where someone works, and the languages they gave."""

    unit_id: str | None
    site: str | None
    languages: frozenset[str]


def list_opted_out(session: Session) -> frozenset[str]:
    """Return the ids of the people whom succession must not know at all."""
    return frozenset(read_columns(session, select(PersonRow.id).where(has_opted_out()), {}).scalars())


def read_gone(session: Session, today: date) -> dict[str, date]:
    """Return the last day of each person whose departure has passed; announced or not, they are not here."""
    statement: Select[*tuple[Any, ...]] = (
        select(DepartureRow.person_id, func.max(DepartureRow.latest))
        .join(PersonRow, PersonRow.id == DepartureRow.person_id)
        .where(DepartureRow.revoked_at.is_(None), DepartureRow.latest < today, has_left(today))
        .group_by(DepartureRow.person_id)
    )
    return {row[0]: row[1] for row in read_columns(session, statement, {})}


def list_paused(session: Session, today: date) -> frozenset[str]:
    """Return the ids of the people who are not to be suggested today because they paused."""
    statement = select(PreferenceRow.person_id).where(PreferenceRow.paused_until >= today)
    return frozenset(read_columns(session, statement, {}).scalars())


def read_known_departures(session: Session, viewer: Viewer, today: date) -> dict[str, tuple[date, date]]:
    """Return the nearest standing departure, of those the viewer may know, of each person who is still here."""
    statement: Select[*tuple[Any, ...]] = (
        select(DepartureRow.person_id, DepartureRow.earliest, DepartureRow.latest)
        .where(may_know_departure(viewer), DepartureRow.latest >= today)
        .order_by(DepartureRow.earliest.desc())
    )
    return {person: (earliest, latest) for person, earliest, latest in read_columns(session, statement, {})}


def read_workplaces(session: Session, viewer: Viewer, today: date) -> Mapping[str, Workplace]:
    """Return where each person the viewer may see works, by id."""
    statement: Select[*tuple[Any, ...]] = (
        select(PersonRow.id, PersonRow.unit_id, PersonRow.site, cast(PersonRow.languages, Text))
        .where(may_see_person(viewer, today))
        .order_by(PersonRow.id)
    )
    # Few lists of languages are different; each is read once.
    spoken: dict[str, frozenset[str]] = {}
    found = {}
    for person, unit, site, codes in read_columns(session, statement, {}):
        if codes not in spoken:
            spoken[codes] = frozenset(orjson.loads(codes))
        found[person] = Workplace(unit, site, spoken[codes])
    return found


def read_unit_names(session: Session) -> dict[str, str]:
    """Return the name of each unit."""
    statement: Select[*tuple[Any, ...]] = select(UnitRow.id, UnitRow.name)
    return {row[0]: row[1] for row in read_columns(session, statement, {})}


def read_known_memberships(
    session: Session, viewer: Viewer, today: date
) -> Sequence[tuple[str, str, MembershipRole, date | None, date | None]]:
    """Return (community, person, role, since, until) of the places that hold today and the viewer may know."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            MembershipRow.community_id,
            MembershipRow.person_id,
            MembershipRow.role,
            MembershipRow.since,
            MembershipRow.until,
        )
        .where(may_know_membership(viewer, today))
        .order_by(MembershipRow.community_id, MembershipRow.person_id)
    )
    return [(a, b, c, d, e) for a, b, c, d, e in read_columns(session, statement, {})]


def read_planned_leaving(session: Session, planner: Planner, today: date) -> dict[str, date]:
    """Return from which day each person may be gone, of those whose departure the planner may know by name.

    Announced ones are everyone's to know; beyond them, the organisation's policy within the units planned for. Of
    several declarations the earliest day counts, and of a band its first: what leaves is better seen too early.
    """
    planned = and_(may_plan_for(planner.units), may_plan_with_departure(planner.viewer, planner.departures))
    statement: Select[*tuple[Any, ...]] = (
        select(DepartureRow.person_id, func.min(DepartureRow.earliest))
        .join(PersonRow, PersonRow.id == DepartureRow.person_id)
        .where(or_(may_know_departure(planner.viewer), planned), DepartureRow.latest >= today)
        .group_by(DepartureRow.person_id)
    )
    return {row[0]: row[1] for row in read_columns(session, statement, {})}


def read_planned_people(session: Session, planner: Planner, today: date, ids: Collection[str]) -> set[str]:
    """Return which of these people the planner may see and plans for."""
    statement = select(PersonRow.id).where(
        PersonRow.id.in_(IDS), may_see_person(planner.viewer, today), may_plan_for(planner.units), ~has_opted_out()
    )
    found: set[str] = set()
    for part in chunks(sorted(ids)):
        found.update(read_columns(session, statement, {"ids": part}).scalars())
    return found
