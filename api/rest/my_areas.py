"""My areas: what a person says of themself and a field of expertise."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.parameters import AreaId
from api.rest.routing import rest_router
from api.schemas_areas import StanceIn
from models.access import require_person
from models.areas import state_area
from models.audit import DETAIL_LENGTH, about_person
from models.records import clean_text

router = rest_router("/me/areas", "me")


@router.put(
    "/{id:path}",
    operation_id="stateArea",
    summary="What I am to an area",
    status_code=204,
    responses=problems(403, 404, 422),
)
def state(
    id: AreaId,
    said: StanceIn,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Say that the caller knows an area, wants to learn it, or hides it: then nobody else sees them in it."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        state_area(session, caller.viewer, now, person, clean_text(id), said.stance)
        about, area = about_person(person), id[:DETAIL_LENGTH]
        audit(session, caller, request, "area.stated", about, area=area, stance=said.stance.value)
    return Response(status_code=204)


@router.delete(
    "/{id:path}",
    operation_id="unstateArea",
    summary="Take back what I said of an area",
    status_code=204,
    responses=problems(403, 404),
)
def take_back(
    id: AreaId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Take back what the caller said of themself and an area."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        state_area(session, caller.viewer, now, person, clean_text(id), None)
        audit(session, caller, request, "area.unstated", about_person(person), area=id[:DETAIL_LENGTH])
    return Response(status_code=204)
