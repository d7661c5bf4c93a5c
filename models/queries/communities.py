"""Reads of communities: the directory is everyone's, what is inside a protected one its members' alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, String, func, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_know_membership, may_read_community, may_see_person, stands
from models.errors import NotAllowedError, NotFoundError
from models.paging import Order, Page, PageRequest, read_page
from models.queries.people import Person, make_people, person_columns
from models.records import Circle, CommunityStatus, MembershipRole, clean_text
from models.tables import CommunityRequestRow, CommunityRow, MembershipRow, PersonRow, RequestKind


@dataclass(frozen=True, slots=True)
class Community:
    """A community as the directory shows it to a viewer."""

    id: str
    name: str
    theme: str
    status: CommunityStatus
    protected: bool
    url: str | None
    members: int | None
    """How many members the viewer may see; None for a protected community seen from outside."""
    animateurs: Sequence[tuple[str, str]]
    """Id and name of whom to ask, among those the viewer may see."""
    readable: bool
    """Whether the viewer may see the members and documents."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone's place in a community."""

    person: Person
    role: MembershipRole
    circle: Circle
    since: date | None


@dataclass(frozen=True, slots=True)
class MyPlace:
    """What a community is to the viewer."""

    member: bool = False
    role: MembershipRole | None = None
    circle: Circle | None = None
    interested: bool = False
    """On the list of those who want to hear when it opens."""
    requested: bool = False
    """Asked to be let in and not answered yet."""


def list_communities(
    session: Session, viewer: Viewer, today: date, page: PageRequest, status: CommunityStatus | None = None
) -> Page[Community]:
    """Return the directory of communities, by name."""
    statement = community_columns(viewer, today)
    if status is not None:
        statement = statement.where(CommunityRow.status == status)
    found = read_page(session, statement, Order((func.lower(CommunityRow.name, type_=String), CommunityRow.id)), page)
    return Page(make_communities(session, viewer, today, found.items), found.next_cursor)


def read_community(session: Session, viewer: Viewer, today: date, community_id: str) -> Community:
    """Return one community.

    Raises:
        NotFoundError: there is none of this id.
    """
    statement = community_columns(viewer, today).where(CommunityRow.id == clean_text(community_id))
    found = make_communities(session, viewer, today, session.execute(statement).all())
    if not found:
        message = f"No community '{community_id}'; the directory of communities holds their ids"
        raise NotFoundError(message)
    return found[0]


def community_columns(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """Select what the directory says of communities, and whether the viewer may look inside."""
    return select(
        CommunityRow.id,
        CommunityRow.name,
        CommunityRow.theme,
        CommunityRow.status,
        CommunityRow.protected,
        CommunityRow.url,
        may_read_community(viewer, today).label("readable"),
    )


def make_communities(session: Session, viewer: Viewer, today: date, rows: Sequence[Row[Any]]) -> list[Community]:
    """Return the communities of rows that begin with `community_columns`, in their order."""
    ids = [row.id for row in rows]
    members = count_members(session, viewer, today, ids)
    animateurs = read_animateurs(session, viewer, today, ids)
    return [
        Community(
            row.id,
            row.name,
            row.theme,
            row.status,
            row.protected,
            row.url,
            members=members.get(row.id, 0) if row.readable else None,
            animateurs=animateurs.get(row.id, []),
            readable=bool(row.readable),
        )
        for row in rows
    ]


def count_members(session: Session, viewer: Viewer, today: date, ids: Sequence[str]) -> dict[str, int]:
    """Return how many members of each community the viewer may see."""
    statement = (
        select(MembershipRow.community_id, func.count())
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(MembershipRow.community_id.in_(ids), may_know_membership(viewer, today), may_see_person(viewer, today))
        .group_by(MembershipRow.community_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def read_animateurs(
    session: Session, viewer: Viewer, today: date, ids: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return whom to ask in each community, also a protected one, among the people the viewer may see."""
    statement: Select[*tuple[Any, ...]] = (
        select(MembershipRow.community_id, PersonRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(
            MembershipRow.community_id.in_(ids),
            MembershipRow.role == MembershipRole.ANIMATEUR,
            stands(today),
            may_see_person(viewer, today),
        )
        .order_by(PersonRow.name_key, PersonRow.id)
    )
    animateurs: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for community_id, person_id, name in session.execute(statement):
        animateurs[community_id].append((person_id, name))
    return animateurs


def list_members(session: Session, viewer: Viewer, today: date, community_id: str, page: PageRequest) -> Page[Member]:
    """Return the members the viewer may see, by name.

    Raises:
        NotFoundError: there is no such community.
        NotAllowedError: it is protected, and the viewer is not a member.
    """
    community = read_community(session, viewer, today, community_id)
    if not community.readable:
        message = f"Only its members see who takes part in '{community.name}'; ask one of its animateurs to let you in"
        raise NotAllowedError(message)
    statement = (
        person_columns()
        .add_columns(MembershipRow.role, MembershipRow.circle, MembershipRow.since)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(
            MembershipRow.community_id == community.id,
            may_know_membership(viewer, today),
            may_see_person(viewer, today),
        )
    )
    found = read_page(session, statement, Order((PersonRow.name_key, PersonRow.id)), page)
    people = make_people(session, viewer, found.items)
    members = [Member(person, *list(row)[8:11]) for person, row in zip(people, found.items, strict=True)]
    return Page(members, found.next_cursor)


def read_my_place(session: Session, viewer: Viewer, today: date, community_id: str) -> MyPlace:
    """Return what a community is to the viewer; nothing to a viewer without a person."""
    place = session.execute(
        select(MembershipRow.role, MembershipRow.circle).where(
            MembershipRow.community_id == clean_text(community_id),
            MembershipRow.person_id == viewer.person_id,
            stands(today),
        )
    ).first()
    asked = session.scalars(
        select(CommunityRequestRow.kind).where(
            CommunityRequestRow.community_id == clean_text(community_id),
            CommunityRequestRow.person_id == viewer.person_id,
        )
    ).all()
    return MyPlace(
        member=place is not None,
        role=place.role if place else None,
        circle=place.circle if place else None,
        interested=RequestKind.INTEREST in asked,
        requested=RequestKind.JOIN in asked,
    )
