"""Reads of people; each takes a viewer and filters in the query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    may_be_evidence,
    may_be_suggested,
    may_know_departure,
    may_see_person,
    readable_spaces,
)
from models.errors import AmbiguousError, NotFoundError
from models.names import fold
from models.person_writing import EMAIL
from models.records import Circle, MembershipRole, Role
from models.rows import chunks
from models.tables import (
    AssociationRow,
    CommunityRow,
    DepartureRow,
    DocumentRow,
    IdentityRow,
    MembershipRow,
    PersonRow,
    PreferenceRow,
    SpaceRow,
    UnitRow,
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as others may see them."""

    id: str
    name: str
    unit: str | None
    site: str | None
    job_title: str | None
    languages: tuple[str, ...]
    url: str | None
    capacity_per_week: int | None
    leaves: tuple[date, date] | None
    """Earliest and latest day of a departure the viewer may know of."""


@dataclass(frozen=True, slots=True)
class CommunityPlace:
    """A person's place in a community."""

    community_id: str
    name: str
    role: MembershipRole
    circle: Circle


def read_people(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, Person]:
    """Return the people, among these ids, who may be suggested to the viewer today."""
    return {
        person.id: person
        for part in chunks(sorted(ids))
        for person in select_people(session, viewer, PersonRow.id.in_(part), may_be_suggested(today))
    }


def select_people(session: Session, viewer: Viewer, *conditions: ColumnElement[bool]) -> list[Person]:
    """Return people with the departure the viewer may know of."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            PersonRow.id,
            PersonRow.name,
            UnitRow.name,
            PersonRow.site,
            PersonRow.job_title,
            PersonRow.languages,
            PersonRow.url,
            PreferenceRow.capacity_per_week,
        )
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .outerjoin(PreferenceRow, PreferenceRow.person_id == PersonRow.id)
        .where(*conditions)
        .order_by(PersonRow.id)
    )
    rows = session.execute(statement).all()
    departures = read_departures(session, viewer, [row[0] for row in rows])
    return [
        Person(id_, name, unit, site, job, tuple(languages), url, capacity, departures.get(id_))
        for id_, name, unit, site, job, languages, url, capacity in rows
    ]


def read_departures(session: Session, viewer: Viewer, ids: Sequence[str]) -> dict[str, tuple[date, date]]:
    """Return the nearest departure of each person that the viewer may know of."""
    departures: dict[str, tuple[date, date]] = {}
    for part in chunks(ids):
        statement = (
            select(DepartureRow.person_id, DepartureRow.earliest, DepartureRow.latest)
            .where(DepartureRow.person_id.in_(part), may_know_departure(viewer))
            .order_by(DepartureRow.earliest.desc())
        )
        departures.update({person: (earliest, latest) for person, earliest, latest in session.execute(statement)})
    return departures


def count_recent_answers(
    session: Session, viewer: Viewer, today: date, since: datetime, ids: Collection[str]
) -> dict[str, int]:
    """Return how many questions each person answered since a moment, among those the viewer may read."""
    question = func.coalesce(DocumentRow.thread_id, DocumentRow.id)
    statement = (
        select(AssociationRow.person_id, func.count(question.distinct()))
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(
            AssociationRow.person_id.in_(sorted(ids)),
            AssociationRow.created_at >= since,
            AssociationRow.role.in_((Role.ANSWERED, Role.ACCEPTED)),
            may_be_evidence(viewer, today),
        )
        .group_by(AssociationRow.person_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def find_person(session: Session, viewer: Viewer, today: date, reference: str) -> Person:
    """Return the person with this id, e-mail address, id in a source, or name.

    Raises:
        NotFoundError: nobody the viewer may see.
        AmbiguousError: several people; the message lists their ids.
    """
    folded = fold(reference)
    by_identity = select(IdentityRow.person_id).where(identity_is(reference))
    lookups = (
        PersonRow.id == reference,
        PersonRow.id.in_(by_identity),
        PersonRow.name_key == folded,
        PersonRow.name_key.contains(folded, autoescape=True),
    )
    for lookup in lookups:
        people = select_people(session, viewer, lookup, may_see_person(viewer, today))
        if len(people) == 1:
            return people[0]
        if people:
            ids = ", ".join(f"{person.name} ({person.id})" for person in people[:10])
            message = f"{len(people)} people match '{reference}'; give the id of one: {ids}"
            raise AmbiguousError(message)
    message = f"Nobody you may see is called '{reference}'; give a name, an e-mail address or an id such as people:1001"
    raise NotFoundError(message)


def find_viewer(session: Session, reference: str) -> Viewer:
    """Return the viewer for the id, e-mail address, id in a source or name of a person who acts for themself.

    Raises:
        NotFoundError: there is no such person.
        AmbiguousError: several people.
    """
    by_identity = select(IdentityRow.person_id).where(identity_is(reference))
    for condition in (
        PersonRow.id == reference,
        PersonRow.id.in_(by_identity),
        PersonRow.name_key == fold(reference),
    ):
        people = session.scalars(select(PersonRow.id).where(condition).limit(2)).all()
        if len(people) == 1:
            return Viewer(people[0])
        if people:
            message = f"Several people answer to '{reference}'; give an id such as people:1001"
            raise AmbiguousError(message)
    message = f"Nobody is called '{reference}'; give an id such as people:1001, an e-mail address or a full name"
    raise NotFoundError(message)


def identity_is(reference: str) -> ColumnElement[bool]:
    """Filter identities to those with this id in any source, or this e-mail address."""
    return or_(
        IdentityRow.external_id == reference,
        (IdentityRow.source == EMAIL) & (IdentityRow.external_id == reference.lower()),
    )


def read_communities_of(session: Session, viewer: Viewer, today: date, person_id: str) -> list[CommunityPlace]:
    """Return the communities a person takes part in, among those whose space the viewer may read."""
    statement: Select[*tuple[Any, ...]] = (
        select(CommunityRow.id, CommunityRow.name, MembershipRow.role, MembershipRow.circle)
        .join(MembershipRow, MembershipRow.community_id == CommunityRow.id)
        .join(SpaceRow, SpaceRow.community_id == CommunityRow.id)
        .where(
            MembershipRow.person_id == person_id,
            or_(MembershipRow.since.is_(None), MembershipRow.since <= today),
            or_(MembershipRow.until.is_(None), MembershipRow.until >= today),
            SpaceRow.id.in_(readable_spaces(viewer, today)),
        )
        .order_by(CommunityRow.name)
    )
    return [CommunityPlace(*row) for row in session.execute(statement)]


def count_people(session: Session, viewer: Viewer, today: date) -> int:
    """Return how many people the viewer may see."""
    return session.scalars(select(func.count()).select_from(PersonRow).where(may_see_person(viewer, today))).one()
