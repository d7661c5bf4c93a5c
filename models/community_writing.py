"""Units, spaces, communities, memberships and departures as they come in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.errors import InvalidInputError
from models.names import fold, make_id
from models.records import CommunityRecord, DepartureRecord, MembershipRecord, UnitRecord
from models.tables import (
    CommunityRow,
    DepartureRow,
    LocalMembershipRow,
    MembershipRow,
    Row,
    SpaceKind,
    SpaceRow,
    UnitRow,
)

Outcome = tuple[bool, bool]
"""Whether the thing is new, whether anything changed."""


def store_row(session: Session, row: type[Row], key: Any, values: dict[str, Any]) -> Outcome:  # noqa: ANN401 - a key of any table
    """Write one row unless it is stored just so already."""
    existing = session.get(row, key)
    if existing is None:
        session.add(row(**values))
        session.flush()
        return True, True
    changed = {name: value for name, value in values.items() if getattr(existing, name) != value}
    for name, value in changed.items():
        setattr(existing, name, value)
    session.flush()
    return False, bool(changed)


def store_unit(session: Session, source: str, record: UnitRecord) -> Outcome:
    """Store a unit; its parent must exist and not be under it.

    Raises:
        InvalidInputError: the parent is unknown, or the unit would be its own ancestor.
    """
    unit_id = make_id(source, record.id)
    parent_id = find_unit(session, source, record.parent) if record.parent else None
    if record.parent and parent_id is None:
        message = f"unit '{record.id}' has the unknown parent '{record.parent}'; put the parent's line before"
        raise InvalidInputError(message)
    ancestor = parent_id
    while ancestor is not None:
        if ancestor == unit_id:
            message = f"unit '{record.id}' would be its own ancestor through '{record.parent}'; break the cycle"
            raise InvalidInputError(message)
        ancestor = session.get_one(UnitRow, ancestor).parent_id
    return store_row(session, UnitRow, unit_id, {"id": unit_id, "name": record.name, "parent_id": parent_id})


def find_unit(session: Session, source: str, name: str) -> str | None:
    """Return the id of the unit with this id in the source, or with this name; None if there is none."""
    by_id = session.get(UnitRow, make_id(source, name))
    if by_id is not None:
        return by_id.id
    return session.scalars(select(UnitRow.id).where(UnitRow.name == name).order_by(UnitRow.id).limit(1)).first()


def unit_for(session: Session, source: str, name: str) -> str:
    """Return the id of the named unit, made if it does not exist."""
    found = find_unit(session, source, name)
    if found is None:
        found = make_id(source, name)
        store_row(session, UnitRow, found, {"id": found, "name": name, "parent_id": None})
    return found


def store_community(session: Session, source: str, record: CommunityRecord) -> Outcome:
    """Store a community and the space of its documents, closed to others when the community is protected."""
    community_id = make_id(source, record.id)
    fields = record.model_dump(exclude={"type", "id"}) | {"id": community_id}
    outcome = store_row(session, CommunityRow, community_id, fields)
    space = {
        "id": community_id,
        "name": record.name,
        "kind": SpaceKind.COMMUNITY if record.protected else SpaceKind.ORGANISATION,
        "community_id": community_id,
    }
    store_row(session, SpaceRow, community_id, space)
    return outcome


def find_community(session: Session, source: str, name: str) -> str:
    """Return the id of the community with this id or name.

    Raises:
        InvalidInputError: none, or several of that name.
    """
    for candidate in (make_id(source, name), name):
        if session.get(CommunityRow, candidate) is not None:
            return candidate
    named = [row.id for row in session.scalars(select(CommunityRow)) if fold(row.name) == fold(name)]
    if len(named) != 1:
        problem = f"{len(named)} communities are called '{name}'" if named else f"no community '{name}'"
        message = f"{problem}; give the id of a community that an earlier line or import brought"
        raise InvalidInputError(message)
    return named[0]


def store_membership(session: Session, record: MembershipRecord, community_id: str, person_id: str) -> Outcome:
    """Store a person's place in a community, unless the person decided otherwise through Relève.

    Raises:
        InvalidInputError: the record says that someone takes part who left by themself.
    """
    key = (community_id, person_id)
    values = record.model_dump(include={"role", "circle", "since", "until"})
    decision = session.get(LocalMembershipRow, key)
    if decision is not None and not decision.joined:
        if record.until is not None and record.until < decision.decided_on:
            return False, False
        message = (
            f"this member of '{record.community}' left by their own decision on {decision.decided_on}, which stands; "
            "they can join again in Relève"
        )
        raise InvalidInputError(message)
    if decision is not None and session.get(MembershipRow, key) is not None:
        # The days of someone who joined by themself are theirs; a source may still say what part they play.
        del values["since"], values["until"]
    return store_row(session, MembershipRow, key, values | {"community_id": community_id, "person_id": person_id})


def store_departure(session: Session, record: DepartureRecord, person_id: str, now: datetime) -> Outcome:
    """Store a declared departure in place of what the same declarer stated before; or withdraw that."""
    standing = session.scalars(
        select(DepartureRow)
        .where(
            DepartureRow.person_id == person_id,
            DepartureRow.declared_by == record.declared_by,
            DepartureRow.revoked_at.is_(None),
        )
        .order_by(DepartureRow.id.desc())
    ).first()
    if record.revoked or record.earliest is None:
        if standing is not None:
            session.execute(update(DepartureRow).where(DepartureRow.id == standing.id).values(revoked_at=now))
        return False, standing is not None
    stated = (record.earliest, record.latest or record.earliest, record.announced)
    if standing is not None and (standing.earliest, standing.latest, standing.announced) == stated:
        return False, False
    if standing is not None:
        standing.earliest, standing.latest, standing.announced = stated
    else:
        row = DepartureRow(person_id=person_id, declared_by=record.declared_by, declared_at=now)
        row.earliest, row.latest, row.announced = stated
        session.add(row)
    session.flush()
    return standing is None, True


def find_space(session: Session, source: str, name: str) -> str:
    """Return the id of the space with this id or name.

    Raises:
        InvalidInputError: none, or several of that name: a misspelt space must never make a private text public.
    """
    for candidate in (name, make_id(source, name)):
        if session.get(SpaceRow, candidate) is not None:
            return candidate
    # Private spaces are named after people, and nobody chooses one: it follows from the author.
    shared = select(SpaceRow.id, SpaceRow.name).where(SpaceRow.kind != SpaceKind.PRIVATE).order_by(SpaceRow.id)
    spaces = session.execute(shared).all()
    named = [id_ for id_, space_name in spaces if fold(space_name) == fold(name) or id_.partition(":")[2] == name]
    if len(named) != 1:
        problem = f"{len(named)} spaces are called '{name}'" if named else f"No space '{name}'"
        choices = ", ".join(id_ for id_, _ in spaces[:20])
        message = f"{problem}; choose one of: {choices}; a community's space comes with the community's own record"
        raise InvalidInputError(message)
    return named[0]


def private_space(session: Session, person_id: str) -> str:
    """Return the id of the space only this person reads, made if it does not exist."""
    space_id = f"private:{person_id}"[:420]
    values = {"id": space_id, "name": space_id, "kind": SpaceKind.PRIVATE, "owner_id": person_id}
    store_row(session, SpaceRow, space_id, values)
    return space_id
