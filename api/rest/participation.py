"""Taking part in communities: each person decides for themself; animateurs answer those who ask to be let in."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Scope
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import page_out
from api.rest.parameters import CommunityId, PersonId
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep
from api.schemas_communities import JoinRequestOut
from api.schemas_paging import PageOut
from models.audit import DETAIL_LENGTH, about_person
from models.paging import Page
from models.participation import (
    JoinRequest,
    Participation,
    accept_request,
    decline_request,
    join_community,
    leave_community,
    list_join_requests,
    register_interest,
    withdraw_interest,
)

router = rest_router("/communities", "communities")


class ParticipationOut(BaseModel):
    """What came of asking to take part."""

    status: Participation


class RequestAnswerOut(BaseModel):
    """What came of someone's request to be let in."""

    person_id: str
    accepted: bool


@router.put("/{id:path}/membership", operation_id="join", summary="Join a community", responses=problems(403, 404, 422))
def join(
    id: CommunityId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> ParticipationOut:
    """Join an open community, or ask the animateurs of a protected one to be let in."""
    with service.store.write() as session:
        participation = join_community(session, caller.viewer, now, id)
        audit(session, caller, request, "community.joined", f"community:{id}", status=participation.value)
    return ParticipationOut(status=participation)


@router.delete(
    "/{id:path}/membership",
    operation_id="leave",
    summary="Leave a community",
    status_code=204,
    responses=problems(403, 404),
)
def leave(
    id: CommunityId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Leave a community, or take back the request to join it; its space closes to the caller at once."""
    with service.store.write() as session:
        leave_community(session, caller.viewer, now, id)
        audit(session, caller, request, "community.left", f"community:{id}")
    return Response(status_code=204)


@router.put(
    "/{id:path}/interest",
    operation_id="registerInterest",
    summary="Hear when a community opens",
    status_code=204,
    responses=problems(403, 404, 422),
)
def show_interest(
    id: CommunityId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Put the caller on the list of those who want to hear when a community in preparation opens."""
    with service.store.write() as session:
        register_interest(session, caller.viewer, now, id)
        audit(session, caller, request, "community.interest_registered", f"community:{id}")
    return Response(status_code=204)


@router.delete(
    "/{id:path}/interest",
    operation_id="withdrawInterest",
    summary="No longer hear when it opens",
    status_code=204,
    responses=problems(403, 404),
)
def lose_interest(
    id: CommunityId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Take the caller off that list."""
    with service.store.write() as session:
        withdraw_interest(session, caller.viewer, now, id)
        audit(session, caller, request, "community.interest_withdrawn", f"community:{id}")
    return Response(status_code=204)


@router.get(
    "/{id:path}/requests", operation_id="listJoinRequests", summary="Who asks to join", responses=problems(403, 404)
)
def list_requests(
    id: CommunityId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
) -> PageOut[JoinRequestOut]:
    """Return who asks to be let in, the longest waiting first; for animateurs and administrators."""
    with service.store.read() as session:
        found = list_join_requests(session, caller.viewer, now.date(), id, administrator=Scope.ADMIN in caller.scopes)
    return page_out(request, Page(found, None), join_request_out)


@router.post(
    "/{id:path}/requests/{person:path}/accept",
    operation_id="acceptRequest",
    summary="Let someone in",
    responses=problems(403, 404, 409, 422),
)
def accept(
    id: CommunityId,
    person: PersonId,
    request: Request,
    caller: Writer,
    once: OnceDep,
    now: Now,
) -> RequestAnswerOut:
    """Let in someone who asked; for animateurs and administrators."""

    def write(session: Session) -> RequestAnswerOut:
        accept_request(session, caller.viewer, now, id, person, administrator=Scope.ADMIN in caller.scopes)
        audit(
            session, caller, request, "community.request_accepted", about_person(person), community=id[:DETAIL_LENGTH]
        )
        return RequestAnswerOut(person_id=person, accepted=True)

    return once.write(write)  # type: ignore[return-value] # JSON already


@router.post(
    "/{id:path}/requests/{person:path}/decline",
    operation_id="declineRequest",
    summary="Turn someone down",
    responses=problems(403, 404, 409, 422),
)
def decline(
    id: CommunityId,
    person: PersonId,
    request: Request,
    caller: Writer,
    once: OnceDep,
    now: Now,
) -> RequestAnswerOut:
    """Turn down someone who asked; they may ask again. For animateurs and administrators."""

    def write(session: Session) -> RequestAnswerOut:
        decline_request(session, caller.viewer, now, id, person, administrator=Scope.ADMIN in caller.scopes)
        audit(
            session, caller, request, "community.request_declined", about_person(person), community=id[:DETAIL_LENGTH]
        )
        return RequestAnswerOut(person_id=person, accepted=False)

    return once.write(write)  # type: ignore[return-value] # JSON already


def join_request_out(asked: JoinRequest) -> JoinRequestOut:
    """Return a request in its JSON shape."""
    return JoinRequestOut(person_id=asked.person_id, name=asked.name, asked_at=asked.asked_at)
