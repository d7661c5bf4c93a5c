"""Administration: what administrators read of what was done, and of whom others say that they left."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.auth.auditing import audit
from api.callers import Scope
from api.dependencies import Administrator, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import PersonId
from api.rest.routing import rest_router
from api.schemas_me import AuditEventOut, audit_event_out
from api.schemas_paging import PageOut
from models.audit import about_person, list_events
from models.feedback import LeftReport, dismiss_left_reports, list_left_reports
from models.paging import Page

router = rest_router("", "administration")


class LeftReportOut(BaseModel):
    """Someone of whom others say that they left."""

    person_id: str
    name: str
    reports: int = Field(description="How many people say so.")


@router.get("/audit", operation_id="listAuditEvents", summary="What was done", responses=problems(403, 422))
def list_all(request: Request, _caller: Administrator, service: ServiceDep, page: PageDep) -> PageOut[AuditEventOut]:
    """Return sensitive reads and all writes, newest first."""
    with service.store.read() as session:
        found = list_events(session, page)
    return page_out(request, found, audit_event_out)


@router.get("/left-reports", operation_id="listLeftReports", summary="Who is said to be gone", responses=problems(403))
def list_reports(request: Request, _caller: Administrator, service: ServiceDep) -> PageOut[LeftReportOut]:
    """Return of whom others say that they left, the most reported first; always one page."""
    with service.store.read() as session:
        found = list_left_reports(session)
    return page_out(request, Page(found, None), left_report_out)


@router.delete(
    "/left-reports/{id:path}",
    operation_id="dismissLeftReports",
    summary="Set such reports aside",
    status_code=204,
    responses=problems(403),
)
def dismiss(
    id: PersonId,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Set aside what was said of someone having left; for that person and administrators."""
    with service.store.write() as session:
        dismiss_left_reports(session, caller.viewer, now, id, administrator=Scope.ADMIN in caller.scopes)
        audit(session, caller, request, "left_reports.dismissed", about_person(id))
    return Response(status_code=204)


def left_report_out(report: LeftReport) -> LeftReportOut:
    """Return a report in its JSON shape."""
    return LeftReportOut(person_id=report.person_id, name=report.name, reports=report.reports)
