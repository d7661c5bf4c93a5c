"""Communities: the directory, and each one's page: its theme, whom to ask, and for who may look inside, all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.callers import Caller, Scope
from api.dependencies import Reader, ServiceDep
from api.pages.addresses import page_path
from api.pages.rendering import render
from api.wiring import Service
from models.paging import Page, PageRequest
from models.participation import JoinRequest, list_join_requests
from models.queries.communities import (
    Community,
    Member,
    MyPlace,
    list_communities,
    list_members,
    read_community,
    read_my_place,
)
from models.queries.documents import DocumentEntry, DocumentFilters, list_documents
from models.records import Circle, CommunityStatus, DocumentKind, MembershipRole

COMMUNITIES_ON_A_PAGE = 50
MEMBERS_ON_A_PAGE = 100
DOCUMENTS_SHOWN = 8
WRITTEN = (DocumentKind.PRACTICE, DocumentKind.PAGE, DocumentKind.RECORDING)
# In the order of the directory; those dissolved are history.
LISTED = (CommunityStatus.ACTIVE, CommunityStatus.IN_PREPARATION, CommunityStatus.DORMANT)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Inside:
    """What a community holds, for who may look inside."""

    members: Page[Member]
    written: Page[DocumentEntry]
    open_questions: Page[DocumentEntry]

    @property
    def circles(self) -> list[tuple[Circle, list[Member]]]:
        """Return the members of this page by circle, the closest first."""
        found = [(circle, [one for one in self.members.items if one.circle is circle]) for circle in Circle]
        return [(circle, members) for circle, members in found if members]

    @property
    def sponsors(self) -> list[Member]:
        """Return the sponsors among the members of this page."""
        return [member for member in self.members.items if member.role is MembershipRole.PARRAIN]


@dataclass(frozen=True, slots=True)
class CommunitySheet:
    """A community as one viewer may see it."""

    community: Community
    place: MyPlace
    inside: Inside | None
    """None for a protected community seen from outside."""
    requests: Sequence[JoinRequest] | None
    """Who asks to be let in; None for who does not answer them."""


@router.get("/communities")
def directory(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    status: CommunityStatus | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    """Return the communities, those at work first; with a status, those alone and page by page."""
    today = datetime.now(UTC).date()
    page = PageRequest(cursor if status else None, COMMUNITIES_ON_A_PAGE)
    with service.store.read() as session:
        found = {
            each: list_communities(session, caller.viewer, today, page, each)
            for each in ([status] if status else LISTED)
        }
    return render(request, "communities/list.html", found=found)


@router.get("/communities/{community_id:path}")
def show(
    request: Request, caller: Reader, service: ServiceDep, community_id: str, cursor: str | None = None
) -> HTMLResponse:
    """Return a community's page."""
    sheet = read_sheet(service, caller, community_id, cursor)
    acts = caller.viewer.person_id is not None
    here = page_path("communities", sheet.community.id)
    return render(request, "communities/page.html", sheet=sheet, acts=acts, here=here)


def read_sheet(service: Service, caller: Caller, community_id: str, cursor: str | None) -> CommunitySheet:
    """Return what the caller may see of a community.

    Raises:
        NotFoundError: there is none of this id.
    """
    today = datetime.now(UTC).date()
    viewer, administrator = caller.viewer, Scope.ADMIN in caller.scopes
    with service.store.read() as session:
        community = read_community(session, viewer, today, community_id)
        place = read_my_place(session, viewer, today, community.id)
        requests = None
        if community.protected and (administrator or place.role is MembershipRole.ANIMATEUR):
            requests = list_join_requests(session, viewer, today, community.id, administrator=administrator)
        if not community.readable:
            return CommunitySheet(community, place, None, requests)
        some = PageRequest(limit=DOCUMENTS_SHOWN)
        inside = Inside(
            list_members(session, viewer, today, community.id, PageRequest(cursor, MEMBERS_ON_A_PAGE)),
            list_documents(session, viewer, today, DocumentFilters(kinds=WRITTEN, community=community.id), some),
            list_documents(session, viewer, today, DocumentFilters(community=community.id, open_only=True), some),
        )
    return CommunitySheet(community, place, inside, requests)
