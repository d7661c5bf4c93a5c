"""Own data: who read about the reader, everything stored about them to take away, and erasure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.auth.sessions import end_session
from api.callers import Caller
from api.dependencies import Reader, ServiceDep, Writer
from api.pages.me import show_nobody
from api.pages.rendering import render, wording_of
from api.wiring import Service
from models.access import Viewer, require_person
from models.accounts import read_own_name
from models.audit import AuditEvent, about_person, list_events_about
from models.erasure import erase_person
from models.errors import NotFoundError
from models.names import fold
from models.paging import PageRequest
from models.personal_export import export_person
from models.queries.people import read_person

EVENTS_ON_A_PAGE = 20
router = APIRouter()


@router.get("/me/data")
def show(request: Request, caller: Reader, service: ServiceDep, cursor: str | None = None) -> HTMLResponse:
    """Return who read about the reader, and the ways to take everything out or to be erased."""
    if caller.viewer.person_id is None:
        return show_nobody(request)
    with service.store.read() as session:
        events = list_events_about(session, caller.viewer, PageRequest(cursor, EVENTS_ON_A_PAGE))
        names = name_actors(session, caller.viewer, events.items)
    own = about_person(caller.viewer.person_id)
    return render(request, "me/data.html", events=events, names=names, own=own)


def name_actors(session: Session, viewer: Viewer, events: Iterable[AuditEvent]) -> dict[str, str]:
    """Return the names of the people who acted, among those the viewer may see."""
    names = {}
    for actor in sorted({event.actor for event in events if event.actor.startswith("person:")}):
        try:
            person = read_person(session, viewer, datetime.now(UTC).date(), actor.removeprefix("person:"))
        except NotFoundError:
            continue
        names[actor] = person.name
    return names


@router.get("/me/export")
def export(request: Request, caller: Reader, service: ServiceDep) -> Response:
    """Return everything stored about the reader as a file; that it was taken out is written down."""
    person = require_person(caller.viewer)
    today = datetime.now(UTC).date()
    with service.store.write() as session:
        exported = export_person(session, caller.viewer, today, person)
        audit(session, caller, request, "person.exported", about_person(person))
    named = {"Content-Disposition": f'attachment; filename="releve-{today:%Y-%m-%d}.json"'}
    return Response(orjson.dumps(exported, option=orjson.OPT_INDENT_2), media_type="application/json", headers=named)


@router.get("/me/erasure")
def ask_erasure(request: Request, caller: Reader, service: ServiceDep) -> HTMLResponse:
    """Return what an erasure takes away and what stays, with the form that confirms it."""
    if caller.viewer.person_id is None:
        return show_nobody(request)
    return show_erasure(request, caller, service)


def show_erasure(
    request: Request, caller: Caller, service: Service, given: str = "", error: str | None = None
) -> HTMLResponse:
    """Return that page, with what was wrong in the confirmation."""
    with service.store.read() as session:
        name = read_own_name(session, caller.viewer)
    return render(request, "me/erasure.html", 422 if error else 200, name=name, given=given, error=error)


@router.post("/me/erasure", response_model=None)
def erase(request: Request, caller: Writer, service: ServiceDep, name: Annotated[str, Form()] = "") -> Response:
    """Erase the reader, once they have written their name."""
    person = require_person(caller.viewer)
    with service.store.read() as session:
        own_name = read_own_name(session, caller.viewer) or ""
    if not name.strip() or fold(name.strip()) != fold(own_name):
        wrong = wording_of(request).gettext("This is not your name as written above; nothing was erased.")
        return show_erasure(request, caller, service, name, wrong)
    with service.store.write() as session:
        erase_person(session, caller.viewer, datetime.now(UTC), person)
        # Anyone's from here on: the log must not name who is gone.
        audit(session, nobody_like(caller), request, "person.erased", None)
    end_session(request)
    return RedirectResponse("/erased", status_code=303)


def nobody_like(caller: Caller) -> Caller:
    """Return a caller of the same kind whom no name is known of."""
    return Caller(caller.kind, Viewer(), caller.scopes)


@router.get("/erased")
def say_erased(request: Request) -> HTMLResponse:
    """Return the page that says that someone was erased; it knows nobody."""
    return render(request, "me/erased.html")
