"""Roles: who manages, evaluates and administers, and for which units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from models.errors import AmbiguousError, InvalidInputError, NotFoundError
from models.tables import OrganisationRole, PersonRow, RoleGrantRow, UnitRow


@dataclass(frozen=True, slots=True)
class Roles:
    """What a person does for the organisation beyond being an employee."""

    roles: frozenset[OrganisationRole] = frozenset()
    managed_units: frozenset[str] = field(default_factory=frozenset)
    """Ids of the units they manage, with those under them."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that was given."""

    person_id: str
    name: str
    role: OrganisationRole
    unit_id: str | None
    unit: str | None
    granted_at: datetime


def roles_of(session: Session, person_id: str) -> Roles:
    """Return the roles of a person, and the units they manage with those under them."""
    grants = session.execute(
        select(RoleGrantRow.role, RoleGrantRow.unit_id).where(RoleGrantRow.person_id == person_id)
    ).all()
    units = {unit for role, unit in grants if role is OrganisationRole.MANAGER and unit is not None}
    return Roles(frozenset(role for role, _ in grants), units_within(session, units))


def units_within(session: Session, unit_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of these units and of all those under them."""
    if not unit_ids:
        return frozenset()
    within = select(UnitRow.id).where(UnitRow.id.in_(sorted(unit_ids))).cte("within", recursive=True)
    # UNION, not UNION ALL: a directory that puts a unit under itself must not turn for ever.
    within = within.union(select(UnitRow.id).join(within, UnitRow.parent_id == within.c.id))
    return frozenset(session.scalars(select(within.c.id)))


def grant_role(
    session: Session, now: datetime, person_id: str, role: OrganisationRole, unit_id: str | None = None
) -> bool:
    """Give a role to a person; return False if they had it.

    Raises:
        NotFoundError: no such person.
        InvalidInputError: a manager without a unit, or another role with one.
    """
    if (role is OrganisationRole.MANAGER) != (unit_id is not None):
        message = f"The role '{role}' and the unit '{unit_id}' do not go together: managers, and only they, have a unit"
        raise InvalidInputError(message)
    if session.get(PersonRow, person_id, with_for_update=True) is None:
        message = f"Nobody has the id '{person_id}'; give that of a person, such as people:1001"
        raise NotFoundError(message)
    if session.scalars(select(RoleGrantRow.id).where(*_is(person_id, role, unit_id))).first() is not None:
        return False
    session.add(RoleGrantRow(person_id=person_id, role=role, unit_id=unit_id, granted_at=now))
    session.flush()
    return True


def revoke_role(session: Session, person_id: str, role: OrganisationRole, unit_id: str | None = None) -> None:
    """Take a role from a person.

    Raises:
        NotFoundError: they do not have it.
    """
    gone = session.scalars(delete(RoleGrantRow).where(*_is(person_id, role, unit_id)).returning(RoleGrantRow.id)).all()
    if not gone:
        where = f" of '{unit_id}'" if unit_id else ""
        message = f"'{person_id}' does not have the role '{role}'{where}; see who has what with: releve roles list"
        raise NotFoundError(message)


def list_roles(session: Session) -> list[Grant]:
    """Return every role that was given, by name of the person."""
    statement = (
        select(
            RoleGrantRow.person_id,
            PersonRow.name,
            RoleGrantRow.role,
            RoleGrantRow.unit_id,
            UnitRow.name,
            RoleGrantRow.granted_at,
        )
        .join(PersonRow, PersonRow.id == RoleGrantRow.person_id)
        .outerjoin(UnitRow, UnitRow.id == RoleGrantRow.unit_id)
        .order_by(PersonRow.name_key, RoleGrantRow.id)
    )
    return [Grant(*row) for row in session.execute(statement)]


def find_unit(session: Session, reference: str) -> str:
    """Return the id of the unit with this id or exact name.

    Raises:
        NotFoundError: no such unit.
        AmbiguousError: several units have this name.
    """
    if session.get(UnitRow, reference) is not None:
        return reference
    found = session.scalars(select(UnitRow.id).where(UnitRow.name == reference).order_by(UnitRow.id)).all()
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{len(found)} units are called '{reference}'; give the id of one: {', '.join(found[:10])}"
        raise AmbiguousError(message)
    message = f"No unit is called '{reference}'; give its id or its exact name"
    raise NotFoundError(message)


def _is(person_id: str, role: OrganisationRole, unit_id: str | None) -> tuple[ColumnElement[bool], ...]:
    unit = RoleGrantRow.unit_id.is_(None) if unit_id is None else RoleGrantRow.unit_id == unit_id
    return RoleGrantRow.person_id == person_id, RoleGrantRow.role == role, unit
