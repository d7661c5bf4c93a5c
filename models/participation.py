"""Participation: joining and leaving communities, which each person decides for themself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.access import Viewer, require_person, stands
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.records import Circle, CommunityStatus, MembershipRole, clean_text
from models.rows import upsert
from models.tables import (
    CommunityRequestRow,
    CommunityRow,
    LocalMembershipRow,
    MembershipRow,
    PersonRow,
    RequestKind,
)


class Participation(StrEnum):
    """What came of asking to take part."""

    JOINED = "joined"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Someone who asks to be let into a protected community."""

    person_id: str
    name: str
    asked_at: datetime


def join_community(session: Session, viewer: Viewer, now: datetime, community_id: str) -> Participation:
    """Make the viewer a member of an open community, or ask the animateurs of a protected one to let them in.

    Raises:
        InvalidInputError: the community is in preparation or dissolved.
    """
    person = require_person(viewer)
    community = get_community(session, community_id)
    if community.status in (CommunityStatus.IN_PREPARATION, CommunityStatus.DISSOLVED):
        remedy = "register your interest" if community.status is CommunityStatus.IN_PREPARATION else "choose another"
        message = f"'{community.name}' is {community.status.replace('_', ' ')}, so nobody can join it; {remedy}"
        raise InvalidInputError(message)
    if is_member(session, person, now.date(), community.id):
        _decide(session, community.id, person, now.date(), joined=True)
        return Participation.JOINED
    if community.protected:
        _ask(session, community.id, person, RequestKind.JOIN, now)
        return Participation.REQUESTED
    _let_in(session, community.id, person, now.date())
    return Participation.JOINED


def leave_community(session: Session, viewer: Viewer, now: datetime, community_id: str) -> None:
    """End the viewer's membership, whoever brought it, so that its space closes to them at once; or their request."""
    person = require_person(viewer)
    community = get_community(session, community_id)
    _forget_request(session, community.id, person, RequestKind.JOIN)
    place = session.get(MembershipRow, (community.id, person))
    yesterday = now.date() - timedelta(days=1)
    if place is None or (place.until is not None and place.until <= yesterday):
        return
    if place.since is None or place.since <= yesterday:
        place.until = yesterday
    else:
        session.delete(place)
    session.flush()
    _decide(session, community.id, person, now.date(), joined=False)


def register_interest(session: Session, viewer: Viewer, now: datetime, community_id: str) -> None:
    """Put the viewer on the list of those who want to hear when a community in preparation opens.

    Raises:
        InvalidInputError: the community is no longer in preparation.
    """
    person = require_person(viewer)
    community = get_community(session, community_id)
    if community.status is not CommunityStatus.IN_PREPARATION:
        message = f"'{community.name}' is not in preparation, but {community.status}; join it instead"
        raise InvalidInputError(message)
    _ask(session, community.id, person, RequestKind.INTEREST, now)


def withdraw_interest(session: Session, viewer: Viewer, now: datetime, community_id: str) -> None:
    """Take the viewer off the list of those interested."""
    person = require_person(viewer)
    _forget_request(session, get_community(session, community_id).id, person, RequestKind.INTEREST)


def list_join_requests(
    session: Session, viewer: Viewer, today: date, community_id: str, *, administrator: bool = False
) -> list[JoinRequest]:
    """Return who asks to be let in, the longest waiting first; for the animateurs of that community."""
    community = get_community(session, community_id)
    require_animateur(session, viewer, today, community, administrator=administrator)
    statement: Select[*tuple[Any, ...]] = (
        select(PersonRow.id, PersonRow.name, CommunityRequestRow.asked_at)
        .join(CommunityRequestRow, CommunityRequestRow.person_id == PersonRow.id)
        .where(CommunityRequestRow.community_id == community.id, CommunityRequestRow.kind == RequestKind.JOIN)
        .order_by(CommunityRequestRow.asked_at, PersonRow.id)
    )
    return [JoinRequest(*row) for row in session.execute(statement)]


def accept_request(
    session: Session, viewer: Viewer, now: datetime, community_id: str, person_id: str, *, administrator: bool = False
) -> None:
    """Let in someone who asked.

    Raises:
        NotFoundError: they did not ask, or no longer.
    """
    community = _answer_request(session, viewer, now.date(), community_id, person_id, administrator=administrator)
    _let_in(session, community.id, person_id, now.date())


def decline_request(
    session: Session, viewer: Viewer, now: datetime, community_id: str, person_id: str, *, administrator: bool = False
) -> None:
    """Turn down someone who asked; they may ask again.

    Raises:
        NotFoundError: they did not ask, or no longer.
    """
    _answer_request(session, viewer, now.date(), community_id, person_id, administrator=administrator)


def is_member(session: Session, person_id: str, today: date, community_id: str) -> bool:
    """Return whether someone is a member today."""
    place = select(MembershipRow.person_id).where(
        MembershipRow.community_id == community_id, MembershipRow.person_id == person_id, stands(today)
    )
    return session.scalars(place).first() is not None


def require_animateur(
    session: Session, viewer: Viewer, today: date, community: CommunityRow, *, administrator: bool
) -> None:
    """Raise NotAllowedError unless the viewer is an animateur of the community today, or an administrator."""
    place = select(MembershipRow.person_id).where(
        MembershipRow.community_id == community.id,
        MembershipRow.person_id == viewer.person_id,
        MembershipRow.role == MembershipRole.ANIMATEUR,
        stands(today),
    )
    if not administrator and session.scalars(place).first() is None:
        message = f"Only an animateur of '{community.name}', or an administrator, answers those who ask to join it"
        raise NotAllowedError(message)


def animates_any(session: Session, viewer: Viewer, today: date) -> bool:
    """Return whether the viewer is an animateur of some community today."""
    place = select(MembershipRow.person_id).where(
        MembershipRow.person_id == viewer.person_id, MembershipRow.role == MembershipRole.ANIMATEUR, stands(today)
    )
    return session.scalars(place).first() is not None


def get_community(session: Session, community_id: str) -> CommunityRow:
    """Return a community's row.

    Raises:
        NotFoundError: there is none of this id.
    """
    community = session.get(CommunityRow, clean_text(community_id))
    if community is None:
        message = f"No community '{community_id}'; the directory of communities holds their ids"
        raise NotFoundError(message)
    return community


def _answer_request(
    session: Session, viewer: Viewer, today: date, community_id: str, person_id: str, *, administrator: bool
) -> CommunityRow:
    community = get_community(session, community_id)
    require_animateur(session, viewer, today, community, administrator=administrator)
    if not _forget_request(session, community.id, clean_text(person_id), RequestKind.JOIN):
        message = f"'{person_id}' does not ask to join '{community.name}', or no longer; read the requests again"
        raise NotFoundError(message)
    return community


def _let_in(session: Session, community_id: str, person_id: str, today: date) -> None:
    values = {
        "community_id": community_id,
        "person_id": person_id,
        "role": MembershipRole.MEMBER,
        "circle": Circle.OUTER,
        "since": today,
        "until": None,
    }
    upsert(session, MembershipRow, [values])
    for kind in RequestKind:
        _forget_request(session, community_id, person_id, kind)
    _decide(session, community_id, person_id, today, joined=True)
    session.expire_all()


def _decide(session: Session, community_id: str, person_id: str, today: date, *, joined: bool) -> None:
    values = {"community_id": community_id, "person_id": person_id, "joined": joined, "decided_on": today}
    upsert(session, LocalMembershipRow, [values])


def _ask(session: Session, community_id: str, person_id: str, kind: RequestKind, now: datetime) -> None:
    if session.get(CommunityRequestRow, (community_id, person_id, kind)) is None:
        values = {"community_id": community_id, "person_id": person_id, "kind": kind, "asked_at": now}
        upsert(session, CommunityRequestRow, [values])


def _forget_request(session: Session, community_id: str, person_id: str, kind: RequestKind) -> bool:
    """Delete a request; returns whether there was one."""
    result = session.execute(
        delete(CommunityRequestRow)
        .where(
            CommunityRequestRow.community_id == community_id,
            CommunityRequestRow.person_id == person_id,
            CommunityRequestRow.kind == kind,
        )
        .returning(CommunityRequestRow.person_id)
    )
    return result.first() is not None
