"""Shaping areas: what administrators and animateurs do from an area's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller, Scope
from api.dependencies import ServiceDep, Writer
from api.page_words import Done
from api.pages.addresses import page_path
from api.pages.announcing import back_to
from api.pages.areas import read_sheet, show_sheet
from api.pages.rendering import wording_of
from models.areas import hide_area, merge_areas, pin_area, rename_area
from models.errors import InvalidInputError
from models.participation import animates_any

PLACE = "shape"
router = APIRouter()
Name = Annotated[str, Form()]


def may_shape(session: Session, caller: Caller, now: datetime) -> bool:
    """Return whether a caller may change areas: administrators, and animateurs of any community."""
    return Scope.ADMIN in caller.scopes or animates_any(session, caller.viewer, now.date())


@router.post("/areas/{area_id:path}/name", response_model=None)
def rename(
    request: Request, caller: Writer, service: ServiceDep, area_id: str, french: Name = "", english: Name = ""
) -> RedirectResponse | HTMLResponse:
    """Give an area its names."""
    now = datetime.now(UTC)
    try:
        with service.store.write() as session:
            allowed = may_shape(session, caller, now)
            rename_area(session, now, area_id, french, english, administrator=allowed)
            audit(session, caller, request, "area.renamed", f"area:{area_id}")
    except InvalidInputError:
        wrong = wording_of(request).gettext("Give both names, of 1 to 120 characters.")
        sheet = read_sheet(service, caller, area_id)
        return show_sheet(request, caller, sheet, 422, errors={"french": wrong}, names=(french, english))
    return back_to(request, page_path("areas", area_id), Done.AREA_RENAMED, PLACE)


@router.post("/areas/{area_id:path}/merge")
def merge(
    request: Request, caller: Writer, service: ServiceDep, area_id: str, other: Annotated[str, Form()]
) -> RedirectResponse:
    """Put another area into this one."""
    now = datetime.now(UTC)
    with service.store.write() as session:
        merge_areas(session, now, [other], area_id, administrator=may_shape(session, caller, now))
        audit(session, caller, request, "area.merged", f"area:{area_id}", other=other[:200])
    return back_to(request, page_path("areas", area_id), Done.AREAS_MERGED, PLACE)


@router.post("/areas/{area_id:path}/pin")
def pin(
    request: Request, caller: Writer, service: ServiceDep, area_id: str, pinned: Annotated[bool, Form()]
) -> RedirectResponse:
    """Keep an area as it is, or leave it to the next finding."""
    now = datetime.now(UTC)
    with service.store.write() as session:
        pin_area(session, now, area_id, pinned=pinned, administrator=may_shape(session, caller, now))
        audit(session, caller, request, "area.pinned", f"area:{area_id}", pinned=pinned)
    done = Done.AREA_PINNED if pinned else Done.AREA_UNPINNED
    return back_to(request, page_path("areas", area_id), done, PLACE)


@router.post("/areas/{area_id:path}/hide")
def hide(request: Request, caller: Writer, service: ServiceDep, area_id: str) -> RedirectResponse:
    """Show an area to nobody."""
    now = datetime.now(UTC)
    with service.store.write() as session:
        hide_area(session, now, area_id, administrator=may_shape(session, caller, now))
        audit(session, caller, request, "area.hidden", f"area:{area_id}")
    return back_to(request, "/areas", Done.AREA_WITHDRAWN)
