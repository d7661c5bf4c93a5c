"""Schemas of communities, their members, and taking part."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas import PersonOut, person_out
from models.queries.communities import Community, Member, MyPlace
from models.records import Circle, CommunityStatus, MembershipRole


class AnimateurOut(BaseModel):
    """Someone who leads a community."""

    id: str
    name: str


class CommunityOut(BaseModel):
    """A community of practice as the directory shows it."""

    id: str = Field(examples=["communities:eau"])
    name: str
    theme: str
    status: CommunityStatus
    protected: bool = Field(description="Whether its documents are kept to its members.")
    url: str | None
    members: int | None = Field(description="How many; null for a protected community seen from outside.")
    animateurs: list[AnimateurOut] = Field(description="Whom to ask.")
    readable: bool = Field(description="Whether the caller may read its documents and members.")


class MyPlaceOut(BaseModel):
    """What a community is to the caller."""

    member: bool
    role: MembershipRole | None
    circle: Circle | None
    interested: bool = Field(description="Wants to hear when it opens.")
    requested: bool = Field(description="Asked to be let in, and is not answered yet.")


class CommunityPageOut(CommunityOut):
    """A community, and the caller's place in it."""

    mine: MyPlaceOut


class MemberOut(BaseModel):
    """Someone's place in a community."""

    person: PersonOut
    role: MembershipRole
    circle: Circle = Field(description="How close to the centre; it never gates a right.")
    since: date | None


class JoinRequestOut(BaseModel):
    """Someone who asks to be let in."""

    person_id: str
    name: str
    asked_at: datetime


def community_out(community: Community) -> CommunityOut:
    """Return a community in its JSON shape."""
    return CommunityOut(
        id=community.id,
        name=community.name,
        theme=community.theme,
        status=community.status,
        protected=community.protected,
        url=community.url,
        members=community.members,
        animateurs=[AnimateurOut(id=id_, name=name) for id_, name in community.animateurs],
        readable=community.readable,
    )


def my_place_out(place: MyPlace) -> MyPlaceOut:
    """Return the caller's place in its JSON shape."""
    return MyPlaceOut(
        member=place.member,
        role=place.role,
        circle=place.circle,
        interested=place.interested,
        requested=place.requested,
    )


def member_out(member: Member) -> MemberOut:
    """Return someone's place in its JSON shape."""
    return MemberOut(person=person_out(member.person), role=member.role, circle=member.circle, since=member.since)
