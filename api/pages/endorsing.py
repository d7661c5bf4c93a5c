"""Endorsing: asking a colleague to stand by a document, and answering those who ask the reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth.auditing import audit
from api.callers import Caller
from api.dependencies import Reader, ServiceDep, Writer
from api.page_words import Done
from api.pages.announcing import back_to
from api.pages.me import show_nobody
from api.pages.rendering import render, wording_of
from api.wiring import Service
from models.access import require_person
from models.audit import DETAIL_LENGTH, about_person
from models.endorsements import list_endorsement_requests, request_endorsement, settle_endorsement
from models.errors import InvalidInputError
from models.paging import PageRequest
from models.participation import list_join_requests
from models.queries.documents import read_document
from models.queries.people import PeopleFilters, list_people, read_communities_of
from models.records import MembershipRole
from models.tables import Outcome

HERE = "/me/requests"
COLLEAGUES_SHOWN = 10
router = APIRouter()


@router.get(HERE)
def show(request: Request, caller: Reader, service: ServiceDep) -> HTMLResponse:
    """Return what colleagues ask of the reader: to stand by a document, to be let into a community."""
    person = caller.viewer.person_id
    if person is None:
        return show_nobody(request)
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        endorsements = list_endorsement_requests(session, caller.viewer, today)
        places = read_communities_of(session, caller.viewer, today, person)
        joins = [
            (place, len(list_join_requests(session, caller.viewer, today, place.community_id)))
            for place in places
            if place.role is MembershipRole.ANIMATEUR
        ]
    waiting = [(place, count) for place, count in joins if count]
    return render(request, "me/requests.html", endorsements=endorsements, joins=waiting)


@router.post(HERE)
def answer(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    number: Annotated[int, Form()],
    endorsed: Annotated[bool, Form()],
) -> RedirectResponse:
    """Stand by a document, or not."""
    outcome = Outcome.ANSWERED if endorsed else Outcome.DECLINED
    with service.store.write() as session:
        settle_endorsement(session, caller.viewer, datetime.now(UTC), number, outcome)
        audit(session, caller, request, "endorsement.settled", f"endorsement:{number}", endorsed=endorsed)
    return back_to(request, HERE, Done.ENDORSED if endorsed else Done.ENDORSEMENT_DECLINED)


@router.get("/me/endorsement")
def look_for_colleague(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    document: Annotated[str, Query()],
    name: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Return the page on which the reader finds the colleague to ask."""
    if caller.viewer.person_id is None:
        return show_nobody(request)
    return show_colleagues(request, caller, service, document, name)


def show_colleagues(
    request: Request, caller: Caller, service: Service, document: str, name: str, error: str | None = None
) -> HTMLResponse:
    """Return that page, with the colleagues of this name, or with what was wrong."""
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        found = read_document(session, caller.viewer, today, document)
        filters, page = PeopleFilters(text=name.strip()), PageRequest(limit=COLLEAGUES_SHOWN)
        people = list_people(session, caller.viewer, today, filters, page).items if name.strip() else []
    others = [person for person in people if person.id != caller.viewer.person_id]
    status = 422 if error else 200
    return render(request, "me/endorsement.html", status, document=found, name=name.strip(), people=others, error=error)


@router.post("/me/endorsement", response_model=None)
def ask(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    document: Annotated[str, Form()],
    asked: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
) -> Response:
    """Ask a colleague to stand by a document of the reader's."""
    require_person(caller.viewer)
    try:
        with service.store.write() as session:
            request_endorsement(session, caller.viewer, datetime.now(UTC), document, asked)
            cut = document[:DETAIL_LENGTH]
            audit(session, caller, request, "endorsement.requested", about_person(asked), document=cut)
    except InvalidInputError:
        wrong = wording_of(request).gettext("This person cannot stand by it; ask a colleague who may read it.")
        return show_colleagues(request, caller, service, document, name, wrong)
    return back_to(request, "/me", Done.ENDORSEMENT_ASKED, "evidence")
