"""Areas: fields of expertise, and who knows them."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query, Request

from api.dependencies import Reader, ServiceDep
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import AreaId, PersonId, Words
from api.rest.routing import rest_router
from api.schemas_areas import (
    AreaOfPersonOut,
    AreaOut,
    AreaPageOut,
    area_community_out,
    area_of_person_out,
    area_out,
    holder_out,
)
from api.schemas_documents import DocumentEntryOut, document_entry_out
from api.schemas_paging import PageOut
from models.paging import Page
from models.queries.areas import (
    list_areas,
    read_area,
    read_area_communities,
    read_area_documents,
    read_areas_of,
    read_holders,
)
from models.queries.people import read_person

HOLDERS_SHOWN: Final = 50
router = rest_router("/areas", "areas")
of_people = rest_router("/people", "people")


@router.get("", operation_id="listAreas", summary="List areas", responses=problems(422))
def list_all(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
    text: Annotated[Words, Query(description="Letters in a label.")] = None,
) -> PageOut[AreaOut]:
    """Return the areas, largest first, with what the caller may read of them."""
    with service.store.read() as session:
        found = list_areas(session, caller.viewer, now.date(), page, text)
    return page_out(request, found, area_out)


@router.get(
    "/{id:path}/documents", operation_id="listAreaDocuments", summary="What is in an area", responses=problems(404, 422)
)
def list_documents_in(
    id: AreaId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
) -> PageOut[DocumentEntryOut]:
    """Return what the caller may read in an area, newest first."""
    with service.store.read() as session:
        found = read_area_documents(session, caller.viewer, now.date(), id, page)
    return page_out(request, found, document_entry_out)


@router.get("/{id:path}", operation_id="readArea", summary="An area", responses=problems(404))
def read_one(id: AreaId, caller: Reader, service: ServiceDep, now: Now) -> AreaPageOut:
    """Return an area, who knows it and where; its documents are listed under it."""
    today = now.date()
    with service.store.read() as session:
        area = read_area(session, caller.viewer, today, id)
        holders = read_holders(session, caller.viewer, today, area.id, HOLDERS_SHOWN)
        communities = read_area_communities(session, caller.viewer, today, area.id)
    return AreaPageOut(
        **area_out(area).model_dump(),
        holders=[holder_out(holder) for holder in holders],
        communities=[area_community_out(community) for community in communities],
    )


@of_people.get(
    "/{id:path}/areas", operation_id="listAreasOfPerson", summary="What a person knows", responses=problems(404)
)
def list_of_person(
    id: PersonId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
) -> PageOut[AreaOfPersonOut]:
    """Return a person's expertise by area, strongest first; always one page."""
    with service.store.read() as session:
        person = read_person(session, caller.viewer, now.date(), id)
        found = read_areas_of(session, caller.viewer, now.date(), person.id)
    return page_out(request, Page(found, None), area_of_person_out)
