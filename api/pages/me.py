"""Me: everything inferred about the reader, with, at each item, what they decide about it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.page_words import Done
from api.pages.addresses import page_path
from api.pages.announcing import back_to
from api.pages.people import read_portrait
from api.pages.rendering import render
from models.access import require_person
from models.areas import state_area
from models.audit import DETAIL_LENGTH, about_person
from models.planning import read_policy
from models.preferences import hide_document, read_preferences, show_document
from models.records import clean_text
from models.tables import Stance

router = APIRouter()


class Origin(StrEnum):
    """The page a form was sent from, which the answer leads back to."""

    ME = "me"
    PAGE = "page"


STANCES = {
    Stance.HIDDEN: Done.AREA_HIDDEN,
    Stance.KNOWS: Done.AREA_KNOWN,
    Stance.WANTS_TO_LEARN: Done.AREA_WANTED,
}


def show_nobody(request: Request) -> HTMLResponse:
    """Return the page that says how to be recognised."""
    return render(request, "me/nobody.html")


@router.get("/me")
def show(request: Request, caller: Reader, service: ServiceDep, cursor: str | None = None) -> HTMLResponse:
    """Return what is inferred about the reader, and from what."""
    person = caller.viewer.person_id
    if person is None:
        return show_nobody(request)
    with service.store.read() as session:
        portrait = read_portrait(service, session, caller.viewer, person, cursor)
        hidden = read_preferences(session, caller.viewer, person).hidden_documents
        policy = read_policy(session)
    return render(request, "me/page.html", shown=portrait, hidden=frozenset(hidden), policy=policy)


@router.post("/me/documents")
def decide_on_document(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    document: Annotated[str, Form()],
    hidden: Annotated[bool, Form()],
    origin: Annotated[Origin, Form()] = Origin.ME,
) -> RedirectResponse:
    """Hide a document from what speaks for the reader, or show it again."""
    person, document_id = require_person(caller.viewer), clean_text(document)
    with service.store.write() as session:
        if hidden:
            hide_document(session, caller.viewer, datetime.now(UTC).date(), person, document_id)
        else:
            show_document(session, caller.viewer, person, document_id)
        action = "document.hidden" if hidden else "document.shown"
        audit(session, caller, request, action, about_person(person), document=document_id[:DETAIL_LENGTH])
    done = Done.DOCUMENT_HIDDEN if hidden else Done.DOCUMENT_SHOWN
    if origin is Origin.PAGE:
        return back_to(request, page_path("documents", document_id), done, "mine")
    return back_to(request, "/me", done, "evidence")


@router.post("/me/areas")
def decide_on_area(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    area: Annotated[str, Form()],
    stance: Annotated[Stance | None, Form()] = None,
    origin: Annotated[Origin, Form()] = Origin.ME,
) -> RedirectResponse:
    """Say what the reader is to an area; without a stance, take back what they said."""
    person, area_id = require_person(caller.viewer), clean_text(area)
    about, named = about_person(person), area_id[:DETAIL_LENGTH]
    with service.store.write() as session:
        state_area(session, caller.viewer, datetime.now(UTC), person, area_id, stance)
        if stance is None:
            audit(session, caller, request, "area.unstated", about, area=named)
        else:
            audit(session, caller, request, "area.stated", about, area=named, stance=stance.value)
    done = Done.AREA_TAKEN_BACK if stance is None else STANCES[stance]
    if origin is Origin.PAGE:
        return back_to(request, page_path("areas", area_id), done, "mine")
    return back_to(request, "/me", done, "areas")
