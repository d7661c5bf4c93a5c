"""My departure: each person declares it themself, and takes it back."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import page_out
from api.rest.routing import rest_router
from api.schemas_me import DepartureIn, DepartureOut, departure_out
from api.schemas_paging import PageOut
from models.access import require_person
from models.audit import about_person
from models.departures import declare_departure, read_own_departures, revoke_departure
from models.paging import Page

router = rest_router("/me/departure", "me")


@router.get("", operation_id="readMyDepartures", summary="My departure", responses=problems(403))
def read_mine(request: Request, caller: Reader, service: ServiceDep) -> PageOut[DepartureOut]:
    """Return what stands declared about the caller, by themself and by others; always one page."""
    with service.store.read() as session:
        found = read_own_departures(session, caller.viewer, require_person(caller.viewer))
    return page_out(request, Page(found, None), departure_out)


@router.put(
    "", operation_id="declareDeparture", summary="Declare my departure", status_code=204, responses=problems(403, 422)
)
def declare(departure: DepartureIn, request: Request, caller: Writer, service: ServiceDep, now: Now) -> Response:
    """Declare when the caller leaves, in place of what they declared before; it can be taken back."""
    person = require_person(caller.viewer)
    latest = departure.latest or departure.earliest
    with service.store.write() as session:
        declare_departure(session, caller.viewer, now, departure.earliest, latest, announced=departure.announced)
        audit(session, caller, request, "departure.declared", about_person(person), announced=departure.announced)
    return Response(status_code=204)


@router.delete(
    "", operation_id="revokeDeparture", summary="Take my departure back", status_code=204, responses=problems(403)
)
def revoke(request: Request, caller: Writer, service: ServiceDep, now: Now) -> Response:
    """Take back what the caller declared; what others declared is theirs to take back."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        revoke_departure(session, caller.viewer, now)
        audit(session, caller, request, "departure.revoked", about_person(person))
    return Response(status_code=204)
