"""Areas: the fields of expertise, and each one's page: who knows it, what is in it, what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.callers import Caller, Scope
from api.dependencies import Reader, ServiceDep
from api.pages.addresses import page_path, with_query
from api.pages.rendering import render
from api.wiring import Service
from models.paging import Page, PageRequest
from models.participation import animates_any
from models.queries.areas import (
    Area,
    AreaCommunity,
    Holder,
    list_areas,
    read_area,
    read_area_communities,
    read_area_documents,
    read_areas_of,
    read_every_area,
    read_holders,
)
from models.queries.documents import DocumentEntry
from models.records import DocumentKind
from models.tables import Stance

AREAS_ON_A_PAGE = 30
HOLDERS_SHOWN = 12
DOCUMENTS_SHOWN = 8
WRITTEN = (DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AreaSheet:
    """An area as one viewer may see it."""

    area: Area
    holders: Sequence[Holder]
    communities: Sequence[AreaCommunity]
    written: Page[DocumentEntry]
    open_questions: Page[DocumentEntry]
    stance: Stance | None
    """What the viewer says of themself and the area."""
    shapes: bool
    """Whether the viewer may rename, merge, pin and hide it."""
    others: Sequence[Area]
    """Those it can be merged with; empty for who may not."""


@router.get("/areas")
def directory(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    text: Annotated[str, Query()] = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """Return the areas, largest first, or those with these letters in their name."""
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        found = list_areas(session, caller.viewer, today, PageRequest(cursor, AREAS_ON_A_PAGE), text.strip() or None)
    here = with_query("/areas", {"text": text.strip()})
    return render(request, "areas/list.html", found=found, text=text.strip(), here=here)


@router.get("/areas/{area_id:path}", response_model=None)
def show(request: Request, caller: Reader, service: ServiceDep, area_id: str) -> HTMLResponse | RedirectResponse:
    """Return an area's page; one that was merged leads to where it went."""
    sheet = read_sheet(service, caller, area_id)
    if sheet.area.id != area_id:
        return RedirectResponse(page_path("areas", sheet.area.id), status_code=303)
    return show_sheet(request, caller, sheet)


def show_sheet(
    request: Request,
    caller: Caller,
    sheet: AreaSheet,
    status: int = 200,
    **context: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return an area's page, with what was wrong in the form sent from it."""
    acts = caller.viewer.person_id is not None
    given: dict[str, Any] = {"errors": {}, "names": (sheet.area.label_fr, sheet.area.label_en), **context}
    return render(request, "areas/page.html", status, sheet=sheet, acts=acts, **given)


def read_sheet(service: Service, caller: Caller, area_id: str) -> AreaSheet:
    """Return what the caller may see of an area.

    Raises:
        NotFoundError: there is none, or it is hidden.
    """
    today = datetime.now(UTC).date()
    viewer = caller.viewer
    page = PageRequest(limit=DOCUMENTS_SHOWN)
    with service.store.read() as session:
        area = read_area(session, viewer, today, area_id)
        shapes = Scope.ADMIN in caller.scopes or animates_any(session, viewer, today)
        others = read_every_area(session, viewer, today) if shapes else []
        lines = read_areas_of(session, viewer, today, viewer.person_id) if viewer.person_id else []
        return AreaSheet(
            area,
            read_holders(session, viewer, today, area.id, HOLDERS_SHOWN),
            read_area_communities(session, viewer, today, area.id),
            read_area_documents(session, viewer, today, area.id, page, kinds=WRITTEN),
            read_area_documents(session, viewer, today, area.id, page, open_only=True),
            next((line.stance for line in lines if line.area.id == area.id), None),
            shapes,
            [other for other in others if other.id != area.id],
        )
