"""Me: who the caller is, and what they decide about being suggested."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import DocumentId, IfMatch
from api.rest.routing import entity_tag, require_match, rest_router
from api.rest.writing_once import json_response
from api.schemas import PreferencesOut, preferences_out
from api.schemas_me import AuditEventOut, MeOut, PreferencesChange, audit_event_out
from api.schemas_paging import PageOut
from models.access import require_person
from models.audit import DETAIL_LENGTH, about_person, list_events_about
from models.preferences import change_preferences, hide_document, read_preferences, show_document
from models.queries.people import read_person

router = rest_router("/me", "me")


@router.get("", operation_id="readMe", summary="Who am I?")
def read_me(caller: Reader, service: ServiceDep, now: Now) -> MeOut:
    """Return who the caller is to Relève, and what they may do."""
    name = None
    if caller.viewer.person_id is not None:
        with service.store.read() as session:
            name = read_person(session, caller.viewer, now.date(), caller.viewer.person_id).name
    return MeOut(
        kind=caller.kind,
        person_id=caller.viewer.person_id,
        name=name,
        scopes=sorted(caller.scopes),
        roles=sorted(caller.roles),
    )


@router.get("/preferences", operation_id="readPreferences", summary="My preferences", responses=problems(403))
def read_mine(caller: Reader, service: ServiceDep) -> PreferencesOut:
    """Return what the caller decided about being suggested; its ETag guards a later change."""
    with service.store.read() as session:
        return preferences_out(read_preferences(session, caller.viewer, require_person(caller.viewer)))


@router.patch(
    "/preferences",
    operation_id="changePreferences",
    summary="Change my preferences",
    responses=problems(403, 412, 422),
)
def change_mine(
    changes: PreferencesChange, request: Request, caller: Writer, service: ServiceDep, if_match: IfMatch = None
) -> PreferencesOut:
    """Change some preferences; with If-Match, only if they are as the caller read them."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        current = preferences_out(read_preferences(session, caller.viewer, person))
        require_match(if_match, entity_tag(current.model_dump_json().encode()))
        change_preferences(session, caller.viewer, person, changes.model_dump(exclude_unset=True))
        changed = preferences_out(read_preferences(session, caller.viewer, person)).model_dump_json()
        names = ",".join(sorted(changes.model_fields_set))
        audit(session, caller, request, "preferences.changed", about_person(person), fields=names)
    response = json_response(changed, 200)
    response.headers["ETag"] = entity_tag(changed.encode())
    return response  # type: ignore[return-value] # JSON already


@router.put(
    "/hidden-documents/{id:path}",
    operation_id="hideDocument",
    summary="Hide a document",
    status_code=204,
    responses=problems(403, 404),
)
def hide(
    id: DocumentId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Stop using a document as evidence about the caller, for everyone, at once."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        hide_document(session, caller.viewer, now.date(), person, id)
        audit(session, caller, request, "document.hidden", about_person(person), document=id[:DETAIL_LENGTH])
    return Response(status_code=204)


@router.delete(
    "/hidden-documents/{id:path}",
    operation_id="showDocument",
    summary="Show a hidden document again",
    status_code=204,
    responses=problems(403),
)
def show(
    id: DocumentId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
) -> Response:
    """Use a hidden document as evidence about the caller again."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        show_document(session, caller.viewer, person, id)
        audit(session, caller, request, "document.shown", about_person(person), document=id[:DETAIL_LENGTH])
    return Response(status_code=204)


@router.get("/audit", operation_id="listReadsAboutMe", summary="Who read about me?", responses=problems(403, 422))
def list_about_me(request: Request, caller: Reader, service: ServiceDep, page: PageDep) -> PageOut[AuditEventOut]:
    """Return who read the caller's profile, and what was done for them or about them, newest first."""
    with service.store.read() as session:
        found = list_events_about(session, caller.viewer, page)
    return page_out(request, found, audit_event_out)
