"""Exchanges: feedback on suggestions, and questions put to someone."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.operations.announcing import announce_solicitation
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import Number
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep
from api.schemas_exchanges import (
    FeedbackIn,
    FeedbackOut,
    OutcomeIn,
    SolicitationIn,
    SolicitationOut,
    solicitation_out,
)
from api.schemas_paging import PageOut
from models.audit import about_person
from models.feedback import NewFeedback, give_feedback
from models.solicitations import NewSolicitation, list_solicitations, record_solicitation, settle_solicitation

feedback = rest_router("/feedback", "feedback")
solicitations = rest_router("/solicitations", "solicitations")


@feedback.post(
    "",
    operation_id="giveFeedback",
    summary="Say what a suggestion was worth",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
def give(new: FeedbackIn, request: Request, caller: Writer, once: OnceDep, now: Now) -> FeedbackOut:
    """Store the caller's word on someone suggested for a question; a later word on the same takes its place."""

    def write(session: Session) -> FeedbackOut:
        number = give_feedback(session, caller.viewer, now, NewFeedback(new.person_id, new.question, new.verdict))
        # Whom it is about reads the events about them, and is not to learn who said it.
        audit(session, caller, request, "feedback.given", f"feedback:{number}", verdict=new.verdict.value)
        return FeedbackOut(id=number)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already


@solicitations.post(
    "",
    operation_id="createSolicitation",
    summary="Put a question to someone",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
def create(new: SolicitationIn, request: Request, caller: Writer, once: OnceDep, now: Now) -> SolicitationOut:
    """Record that the caller asks someone; it counts in that person's load. Only these two read it."""

    def write(session: Session) -> SolicitationOut:
        asked = NewSolicitation(new.expert_id, new.question, new.message)
        made = record_solicitation(session, caller.viewer, now, asked)
        audit(session, caller, request, "solicitation.recorded", about_person(made.expert_id), number=made.id)
        announce_solicitation(session, made)
        return solicitation_out(made)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already


@solicitations.get(
    "", operation_id="listSolicitations", summary="Questions I put or was put", responses=problems(403, 422)
)
def list_mine(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    page: PageDep,
    side: Annotated[Literal["received", "sent"], Query(description="Put to the caller, or by them.")] = "received",
) -> PageOut[SolicitationOut]:
    """Return the questions put to the caller, or those they put, newest first."""
    with service.store.read() as session:
        found = list_solicitations(session, caller.viewer, page, received=side == "received")
    return page_out(request, found, solicitation_out)


@solicitations.post(
    "/{number}/outcome",
    operation_id="settleSolicitation",
    summary="Say what came of a question",
    responses=problems(403, 404, 409, 422),
)
def settle(
    number: Number, outcome: OutcomeIn, request: Request, caller: Writer, once: OnceDep, now: Now
) -> SolicitationOut:
    """Say what came of a question put to someone; the latest word of either side stands."""

    def write(session: Session) -> SolicitationOut:
        settled = settle_solicitation(session, caller.viewer, now, number, outcome.outcome)
        about, said = about_person(settled.expert_id), outcome.outcome.value
        audit(session, caller, request, "solicitation.settled", about, number=number, outcome=said)
        announce_solicitation(session, settled)
        return solicitation_out(settled)

    return once.write(write)  # type: ignore[return-value] # JSON already
