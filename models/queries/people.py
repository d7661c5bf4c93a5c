"""Reads of people; each takes a viewer and filters in the query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    may_be_evidence,
    may_be_suggested,
    may_know_departure,
    may_know_membership,
    may_read_community,
    may_see_person,
    remembered,
)
from models.errors import AmbiguousError, NotFoundError
from models.names import fold
from models.paging import Order, Page, PageRequest, read_page
from models.person_writing import EMAIL
from models.queries.area_evidence import holds_area
from models.records import Circle, MembershipRole, Role, clean_text
from models.rows import IDS, chunks, read_columns
from models.tables import (
    AssociationRow,
    CommunityRow,
    DepartureRow,
    DocumentRow,
    IdentityRow,
    MembershipRow,
    PersonRow,
    PreferenceRow,
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


def read_people(
    session: Session, viewer: Viewer, today: date, ids: Collection[str], filters: PeopleFilters | None = None
) -> dict[str, Person]:
    """Return the people, among these ids, who may be suggested to the viewer today, and pass the filters."""
    statement = _suggestable(viewer, today, filters or PeopleFilters())
    people: dict[str, Person] = {}
    for part in chunks(sorted(ids)):
        rows = read_columns(session, statement, {"ids": part}).all()
        people.update((person.id, person) for person in make_people(session, viewer, rows))
    return people


@remembered
def _suggestable(viewer: Viewer, today: date, filters: PeopleFilters) -> Select[*tuple[Any, ...]]:
    """Select those of some people who may be suggested."""
    conditions = (PersonRow.id.in_(IDS), may_be_suggested(today), *conditions_of(filters, viewer, today))
    return person_columns().where(*conditions).order_by(PersonRow.id)


def select_people(session: Session, viewer: Viewer, *conditions: ColumnElement[bool]) -> list[Person]:
    """Return people with the departure the viewer may know of."""
    rows = session.execute(person_columns().where(*conditions).order_by(PersonRow.id)).all()
    return make_people(session, viewer, rows)


def person_columns() -> Select[*tuple[Any, ...]]:
    """Select what is shown of people, except their departure."""
    return (
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
    )


def make_people(session: Session, viewer: Viewer, rows: Sequence[Row[Any]]) -> list[Person]:
    """Return the people of rows that begin with `person_columns`, in their order, with their departures."""
    departures = read_departures(session, viewer, [row[0] for row in rows])
    return [
        Person(id_, name, unit, site, job, tuple(languages), url, capacity, departures.get(id_))
        for id_, name, unit, site, job, languages, url, capacity in (list(row)[:8] for row in rows)
    ]


def read_departures(session: Session, viewer: Viewer, ids: Sequence[str]) -> dict[str, tuple[date, date]]:
    """Return the nearest departure of each person that the viewer may know of."""
    departures: dict[str, tuple[date, date]] = {}
    for part in chunks(ids):
        found = read_columns(session, _departures_of(viewer), {"ids": part})
        departures.update({person: (earliest, latest) for person, earliest, latest in found})
    return departures


@remembered
def _departures_of(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Select the departures of some people that the viewer may know of, the nearest last."""
    return (
        select(DepartureRow.person_id, DepartureRow.earliest, DepartureRow.latest)
        .where(DepartureRow.person_id.in_(IDS), may_know_departure(viewer))
        .order_by(DepartureRow.earliest.desc())
    )


def count_recent_answers(
    session: Session, viewer: Viewer, today: date, since: datetime, ids: Collection[str]
) -> dict[str, int]:
    """Return how many questions each person answered since a moment, among those the viewer may read."""
    counted = read_columns(session, _recent_answers(viewer, today), {"ids": sorted(ids), "since": since})
    return {row[0]: row[1] for row in counted}


@remembered
def _recent_answers(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """Select how many questions some people answered since a moment."""
    question = func.coalesce(DocumentRow.thread_id, DocumentRow.id)
    return (
        select(AssociationRow.person_id, func.count(question.distinct()))
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(
            AssociationRow.person_id.in_(IDS),
            AssociationRow.created_at >= bindparam("since"),
            AssociationRow.role.in_((Role.ANSWERED, Role.ACCEPTED)),
            may_be_evidence(viewer, today),
        )
        .group_by(AssociationRow.person_id)
    )


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
        .where(
            MembershipRow.person_id == person_id,
            may_know_membership(viewer, today),
        )
        .order_by(CommunityRow.name)
    )
    return [CommunityPlace(*row) for row in session.execute(statement)]


def count_people(session: Session, viewer: Viewer, today: date) -> int:
    """Return how many people the viewer may see."""
    return session.scalars(select(func.count()).select_from(PersonRow).where(may_see_person(viewer, today))).one()


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """Which people are listed; each filter narrows the list, None leaves it."""

    text: str | None = None
    """Parts of the name, without regard to case and accents."""
    unit: str | None = None
    """Id or exact name; the units under it count."""
    site: str | None = None
    language: str | None = None
    community: str | None = None
    """Id or exact name."""
    area: str | None = None
    """Id of a field of expertise that they know."""


def list_people(
    session: Session, viewer: Viewer, today: date, filters: PeopleFilters, page: PageRequest
) -> Page[Person]:
    """Return the people the viewer may see, by name."""
    statement = person_columns().where(may_see_person(viewer, today), *conditions_of(filters, viewer, today))
    found = read_page(session, statement, Order((PersonRow.name_key, PersonRow.id)), page)
    return Page(make_people(session, viewer, found.items), found.next_cursor)


def conditions_of(filters: PeopleFilters, viewer: Viewer, today: date) -> list[ColumnElement[bool]]:
    """Return the filters on people as where-clauses."""
    conditions: list[ColumnElement[bool]] = [
        PersonRow.name_key.contains(word, autoescape=True) for word in fold(clean_text(filters.text or "")).split()
    ]
    if filters.unit is not None:
        conditions.append(PersonRow.unit_id.in_(units_under(clean_text(filters.unit))))
    if filters.site is not None:
        conditions.append(PersonRow.site == clean_text(filters.site))
    if filters.language is not None:
        # The column is a JSON list of short codes, which both databases keep as text.
        code = f'"{clean_text(filters.language)}"'
        conditions.append(cast(PersonRow.languages, Text).contains(code, autoescape=True))
    if filters.community is not None:
        named = clean_text(filters.community)
        members = (
            select(MembershipRow.person_id)
            .join(CommunityRow, CommunityRow.id == MembershipRow.community_id)
            .where(or_(CommunityRow.id == named, CommunityRow.name == named), may_know_membership(viewer, today))
        )
        conditions.append(PersonRow.id.in_(members))
    if filters.area is not None:
        conditions.append(holds_area(clean_text(filters.area), viewer, today))
    return conditions


def units_under(unit: str) -> Select[str]:
    """Select the ids of the unit with this id or exact name, and of those under it."""
    under = select(UnitRow.id).where(or_(UnitRow.id == unit, UnitRow.name == unit)).cte("under", recursive=True)
    return select(under.union(select(UnitRow.id).join(under, UnitRow.parent_id == under.c.id)).c.id)


def read_person(session: Session, viewer: Viewer, today: date, person_id: str) -> Person:
    """Return the person with this very id.

    Raises:
        NotFoundError: nobody the viewer may see.
    """
    people = select_people(session, viewer, PersonRow.id == clean_text(person_id), may_see_person(viewer, today))
    if not people:
        message = f"Nobody you may see has the id '{person_id}'; look for them by name"
        raise NotFoundError(message)
    return people[0]


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What people can be filtered by, each as (id, label) in the order of labels."""

    units: Sequence[tuple[str, str]]
    sites: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    communities: Sequence[tuple[str, str]]


def read_filter_choices(session: Session, viewer: Viewer, today: date) -> FilterChoices:
    """Return the units, sites and languages of the people the viewer may see, and the communities they may read."""
    seen = may_see_person(viewer, today)
    sites = session.scalars(select(PersonRow.site).where(PersonRow.site.is_not(None), seen).distinct())
    spoken = session.scalars(select(cast(PersonRow.languages, Text)).where(seen).distinct())
    languages = {code for codes in spoken for code in orjson.loads(codes)}
    communities: Select[*tuple[Any, ...]] = select(CommunityRow.id, CommunityRow.name).where(
        may_read_community(viewer, today)
    )
    return FilterChoices(
        units=_labelled(_units_of(session, viewer, today)),
        sites=_labelled((site, site) for site in sites if site),
        languages=_labelled((code, code) for code in languages),
        communities=_labelled((id_, name) for id_, name in session.execute(communities)),
    )


def _labelled(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: (fold(pair[1]), pair[0]))


def _units_of(session: Session, viewer: Viewer, today: date) -> list[tuple[str, str]]:
    """Return the units where someone the viewer may see works, and those above them."""
    wanted = set(
        session.scalars(
            select(PersonRow.unit_id).where(PersonRow.unit_id.is_not(None), may_see_person(viewer, today)).distinct()
        )
    )
    units = {row.id: row for row in session.scalars(select(UnitRow))}
    for unit_id in list(wanted):
        above = units[unit_id].parent_id if unit_id else None
        while above is not None and above not in wanted:
            wanted.add(above)
            above = units[above].parent_id
    return [(row.id, row.name) for row in units.values() if row.id in wanted]
