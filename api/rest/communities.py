"""Communities: the directory is everyone's; what is inside a protected one is its members'."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from api.dependencies import Reader, ServiceDep
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import CommunityId
from api.rest.routing import rest_router
from api.schemas_communities import (
    CommunityOut,
    CommunityPageOut,
    MemberOut,
    community_out,
    member_out,
    my_place_out,
)
from api.schemas_paging import PageOut
from models.queries.communities import list_communities, list_members, read_community, read_my_place
from models.records import CommunityStatus

router = rest_router("/communities", "communities")


@router.get("", operation_id="listCommunities", summary="List communities", responses=problems(422))
def list_all(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
    status: Annotated[CommunityStatus | None, Query(description="Only those in this part of their life.")] = None,
) -> PageOut[CommunityOut]:
    """Return the directory of communities, by name."""
    with service.store.read() as session:
        found = list_communities(session, caller.viewer, now.date(), page, status)
    return page_out(request, found, community_out)


@router.get(
    "/{id:path}/members", operation_id="listMembers", summary="Members of a community", responses=problems(403, 404)
)
def list_all_members(
    id: CommunityId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
) -> PageOut[MemberOut]:
    """Return the members, by name; those of a protected community are for its members."""
    with service.store.read() as session:
        found = list_members(session, caller.viewer, now.date(), id, page)
    return page_out(request, found, member_out)


@router.get("/{id:path}", operation_id="readCommunity", summary="A community", responses=problems(404))
def read_one(id: CommunityId, caller: Reader, service: ServiceDep, now: Now) -> CommunityPageOut:
    """Return a community, and the caller's place in it."""
    with service.store.read() as session:
        community = read_community(session, caller.viewer, now.date(), id)
        mine = read_my_place(session, caller.viewer, now.date(), community.id)
    return CommunityPageOut(**community_out(community).model_dump(), mine=my_place_out(mine))
