"""Taking part: joining and leaving a community, and answering those who ask to be let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from api.auth.auditing import audit
from api.callers import Scope
from api.dependencies import ServiceDep, Writer
from api.page_words import Done
from api.pages.addresses import page_path
from api.pages.announcing import back_to
from models.audit import DETAIL_LENGTH, about_person
from models.participation import (
    Participation,
    accept_request,
    decline_request,
    join_community,
    leave_community,
    register_interest,
    withdraw_interest,
)

router = APIRouter()


class Step(StrEnum):
    """What someone does about a community."""

    JOIN = "join"
    LEAVE = "leave"
    INTEREST = "interest"
    NO_INTEREST = "no_interest"


STEPS: dict[Step, tuple[Callable[..., Any], str, Done]] = {
    Step.JOIN: (join_community, "community.joined", Done.JOINED),
    Step.LEAVE: (leave_community, "community.left", Done.LEFT),
    Step.INTEREST: (register_interest, "community.interest_registered", Done.INTERESTED),
    Step.NO_INTEREST: (withdraw_interest, "community.interest_withdrawn", Done.NOT_INTERESTED),
}


@router.post("/communities/{community_id:path}/requests")
def answer(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    community_id: str,
    person: Annotated[str, Form()],
    accepted: Annotated[bool, Form()],
) -> RedirectResponse:
    """Let in someone who asked, or turn them down; for animateurs and administrators."""
    write, verb = (accept_request, "accepted") if accepted else (decline_request, "declined")
    now, community = datetime.now(UTC), community_id[:DETAIL_LENGTH]
    with service.store.write() as session:
        write(session, caller.viewer, now, community_id, person, administrator=Scope.ADMIN in caller.scopes)
        audit(session, caller, request, f"community.request_{verb}", about_person(person), community=community)
    done = Done.LET_IN if accepted else Done.TURNED_DOWN
    return back_to(request, page_path("communities", community_id), done, "requests")


@router.post("/communities/{community_id:path}")
def take_part(
    request: Request, caller: Writer, service: ServiceDep, community_id: str, step: Annotated[Step, Form()]
) -> RedirectResponse:
    """Join a community, ask to be let in, leave it, or say whether one is interested."""
    write, action, done = STEPS[step]
    with service.store.write() as session:
        came_of_it = write(session, caller.viewer, datetime.now(UTC), community_id)
        audit(session, caller, request, action, f"community:{community_id}")
    done = Done.JOIN_ASKED if came_of_it is Participation.REQUESTED else done
    return back_to(request, page_path("communities", community_id), done, "place")
