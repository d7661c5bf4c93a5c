"""Endorsements: a person asks a colleague to stand by a document of theirs."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import page_out
from api.rest.parameters import Number
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep
from api.schemas_exchanges import (
    EndorsementAnswerIn,
    EndorsementAnswerOut,
    EndorsementIn,
    EndorsementOut,
    EndorsementRequestOut,
    endorsement_request_out,
)
from api.schemas_paging import PageOut
from models.audit import DETAIL_LENGTH, about_person
from models.endorsements import list_endorsement_requests, request_endorsement, settle_endorsement
from models.paging import Page
from models.tables import Outcome

router = rest_router("/endorsements", "me")


@router.post(
    "",
    operation_id="requestEndorsement",
    summary="Ask a colleague to stand by a document",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
def ask(new: EndorsementIn, request: Request, caller: Writer, once: OnceDep, now: Now) -> EndorsementOut:
    """Ask a colleague to stand by a document the caller had a part in."""

    def write(session: Session) -> EndorsementOut:
        number = request_endorsement(session, caller.viewer, now, new.document_id, new.asked_id)
        audit(
            session,
            caller,
            request,
            "endorsement.requested",
            about_person(new.asked_id),
            document=new.document_id[:DETAIL_LENGTH],
        )
        return EndorsementOut(id=number)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already


@router.get("", operation_id="listEndorsementRequests", summary="What I am asked to stand by", responses=problems(403))
def list_mine(request: Request, caller: Reader, service: ServiceDep, now: Now) -> PageOut[EndorsementRequestOut]:
    """Return what colleagues ask the caller to stand by, oldest first; always one page."""
    with service.store.read() as session:
        found = list_endorsement_requests(session, caller.viewer, now.date())
    return page_out(request, Page(found, None), endorsement_request_out)


@router.post(
    "/{number}/answer",
    operation_id="answerEndorsement",
    summary="Stand by a document, or not",
    responses=problems(403, 404, 409, 422),
)
def answer(
    number: Number, said: EndorsementAnswerIn, request: Request, caller: Writer, once: OnceDep, now: Now
) -> EndorsementAnswerOut:
    """Answer a colleague; to stand by the document links the caller to it as one who endorses it."""

    def write(session: Session) -> EndorsementAnswerOut:
        outcome = Outcome.ANSWERED if said.endorsed else Outcome.DECLINED
        settle_endorsement(session, caller.viewer, now, number, outcome)
        audit(session, caller, request, "endorsement.settled", f"endorsement:{number}", endorsed=said.endorsed)
        return EndorsementAnswerOut(id=number, endorsed=said.endorsed)

    return once.write(write)  # type: ignore[return-value] # JSON already
