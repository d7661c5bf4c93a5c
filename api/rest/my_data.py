"""My data: everything stored about the caller, to take away or to have erased."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.request_ids import request_id_of
from api.rest.clock import Now
from api.rest.routing import rest_router
from models.access import require_person
from models.audit import ERASED, AuditEvent, about_person, record_event
from models.erasure import erase_person
from models.errors import InvalidInputError
from models.personal_export import export_person
from models.tables import ID_LENGTH

router = rest_router("/me", "me")


@router.get("/export", operation_id="exportMe", summary="Everything about me", responses=problems(403))
def export(request: Request, caller: Reader, service: ServiceDep, now: Now) -> dict[str, Any]:
    """Return everything stored or inferred about the caller, for them alone; the read is written to the audit log."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        exported = export_person(session, caller.viewer, now.date(), person)
        audit(session, caller, request, "person.exported", about_person(person))
    return exported


@router.delete("", operation_id="eraseMe", summary="Erase me", status_code=204, responses=problems(403, 404, 422))
def erase(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
    confirm: Annotated[
        str, Query(max_length=ID_LENGTH, description="The caller's own id, as confirmation: this is not undone.")
    ],
) -> Response:
    """Erase the caller: what is theirs alone is deleted, and no import brings them back.

    What they wrote for the organisation stays, without its author.
    """
    person = require_person(caller.viewer)
    if confirm != person:
        message = "An erasure is not undone; confirm it with ?confirm= and your own id, which GET /v1/me shows"
        raise InvalidInputError(message)
    with service.store.write() as session:
        erase_person(session, caller.viewer, now, person)
        # The log must not name again who was just taken out of it.
        actor = caller.actor if caller.key_id else about_person(ERASED)
        record_event(session, AuditEvent(now, actor, "person.erased", request_id=request_id_of(request)))
    return Response(status_code=204)
