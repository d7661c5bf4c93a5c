"""What succession shows about its reader: to which managers, which of their departures, and on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.access import KnownTo, Viewer, may_see_person, require_person, who_knows
from models.departures import OwnDeparture, read_own_departures
from models.names import fold
from models.planning import SuccessionPolicy, read_policy
from models.preferences import read_preferences
from models.tables import OrganisationRole, PersonRow, RoleGrantRow, UnitRow


@dataclass(frozen=True, slots=True)
class PlanningManager:
    """Someone who may plan for the reader, and the unit they manage."""

    person_id: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class KnownDeparture:
    """A standing departure of the reader, and who knows of it."""

    departure: OwnDeparture
    known_to: KnownTo


@dataclass(frozen=True, slots=True)
class OwnSuccession:
    """What succession shows about its reader."""

    policy: SuccessionPolicy
    opted_out: bool
    """Whether they appear to no manager at all, not even in a number."""
    unit: str | None
    managers: Sequence[PlanningManager]
    """Those who plan for the reader's unit, by name; without those whom the reader may not see."""
    other_managers: int
    """How many those are."""
    departures: Sequence[KnownDeparture]
    """The nearest first."""


def read_own_succession(session: Session, viewer: Viewer, today: date) -> OwnSuccession:
    """Return what succession shows about the viewer.

    Raises:
        NotAllowedError: the viewer is nobody in particular.
    """
    person = require_person(viewer)
    policy = read_policy(session)
    visibility = policy.departures if policy.enabled else None
    unit = session.execute(
        select(UnitRow.id, UnitRow.name).join(PersonRow, PersonRow.unit_id == UnitRow.id).where(PersonRow.id == person)
    ).first()
    every = _list_managers(session, unit[0]) if unit and policy.enabled else []
    seen = {id_ for id_, _ in every}
    visible = set(session.scalars(select(PersonRow.id).where(PersonRow.id.in_(seen), may_see_person(viewer, today))))
    departures = read_own_departures(session, viewer, person)
    return OwnSuccession(
        policy=policy,
        opted_out=not read_preferences(session, viewer, person).visible_as_expert,
        unit=unit[1] if unit else None,
        managers=[manager for id_, manager in every if id_ in visible],
        other_managers=len(seen - visible),
        departures=[
            KnownDeparture(found, who_knows(visibility, found.declared_by, announced=found.announced))
            for found in departures
        ],
    )


def _list_managers(session: Session, unit_id: str) -> list[tuple[str, PlanningManager]]:
    """Return whoever manages a unit or one above it, with their id, by name."""
    above = select(UnitRow.id, UnitRow.parent_id).where(UnitRow.id == unit_id).cte("above", recursive=True)
    # UNION, not UNION ALL: a directory that puts a unit under itself must not turn for ever.
    above = above.union(select(UnitRow.id, UnitRow.parent_id).join(above, UnitRow.id == above.c.parent_id))
    statement: Select[*tuple[Any, ...]] = (
        select(PersonRow.id, PersonRow.name, UnitRow.name)
        .join(RoleGrantRow, RoleGrantRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == RoleGrantRow.unit_id)
        .where(RoleGrantRow.role == OrganisationRole.MANAGER, RoleGrantRow.unit_id.in_(select(above.c.id)))
    )
    found = [(id_, PlanningManager(id_, name, unit)) for id_, name, unit in session.execute(statement)]
    return sorted(found, key=lambda each: (fold(each[1].name), each[0], each[1].unit))
