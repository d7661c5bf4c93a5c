"""People: the directory, and each person's page: what they know, from what, and whether they can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller
from api.dependencies import Reader, ServiceDep
from api.pages.addresses import with_query
from api.pages.rendering import render
from api.wiring import Service
from models.access import Viewer
from models.audit import about_person
from models.errors import IndexMissingError
from models.paging import Page, PageRequest
from models.preferences import read_preferences
from models.queries.areas import AreaOfPerson, read_areas_of
from models.queries.documents import Evidence, list_space_ids, read_documents, read_evidence_of
from models.queries.evidence import list_evidence_of
from models.queries.people import (
    CommunityPlace,
    PeopleFilters,
    Person,
    count_recent_answers,
    list_people,
    read_communities_of,
    read_filter_choices,
    read_people,
    read_person,
)
from models.solicitations import count_received
from models.tables import Stance
from recommender.profiles import DOCUMENTS_READ, KNOWING_ROLES, KeyTerm, key_terms

PEOPLE_ON_A_PAGE = 30
EVIDENCE_ON_A_PAGE = 15
ONE_WEEK = timedelta(days=7)
AS_OTHERS = "others"

router = APIRouter()
Words = Annotated[str, Query()]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person as one viewer may see them."""

    person: Person
    areas: Sequence[AreaOfPerson]
    learning: Sequence[AreaOfPerson]
    """What they say they want to learn about."""
    terms: Sequence[KeyTerm]
    communities: Sequence[CommunityPlace]
    evidence: Page[Evidence]
    askable: bool
    """Whether they take questions today; why not is told to nobody."""
    at_limit: bool


@router.get("/people")
def directory(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    text: Words = "",
    unit: Words = "",
    site: Words = "",
    language: Words = "",
    community: Words = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """Return the people the reader may see, by name, with what the list can be narrowed by."""
    today = datetime.now(UTC).date()
    asked = {"text": text.strip(), "unit": unit, "site": site, "language": language, "community": community}
    filters = PeopleFilters(**{name: value or None for name, value in asked.items()})
    with service.store.read() as session:
        found = list_people(session, caller.viewer, today, filters, PageRequest(cursor, PEOPLE_ON_A_PAGE))
        choices = read_filter_choices(session, caller.viewer, today)
    narrowed = any(value for name, value in asked.items() if name != "text")
    here = with_query("/people", asked)
    return render(request, "people/list.html", found=found, asked=asked, choices=choices, narrowed=narrowed, here=here)


@router.get("/people/{person_id:path}")
def show(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    person_id: str,
    cursor: str | None = None,
    seen_by: Annotated[str, Query(alias="as")] = "",
) -> HTMLResponse:
    """Return a person's page; read by anyone but themself, it is written to the audit log."""
    mine = person_id == caller.viewer.person_id
    as_others = mine and seen_by == AS_OTHERS
    viewer = Viewer() if as_others else caller.viewer
    with service.store.read() as session:
        portrait = read_portrait(service, session, viewer, person_id, cursor)
    if not mine:
        note_reading(request, caller, service, portrait.person.id)
    return render(request, "people/page.html", shown=portrait, mine=mine, as_others=as_others)


def note_reading(request: Request, caller: Caller, service: Service, person_id: str) -> None:
    """Write down that someone's page was read, for them to see."""
    with service.store.write() as session:
        audit(session, caller, request, "person.read", about_person(person_id))


def read_portrait(
    service: Service, session: Session, viewer: Viewer, person_id: str, cursor: str | None = None
) -> Portrait:
    """Return what a viewer may see of a person.

    Raises:
        NotFoundError: nobody the viewer may see.
    """
    now = datetime.now(UTC)
    today = now.date()
    person = read_person(session, viewer, today, person_id)
    areas = read_areas_of(session, viewer, today, person.id)
    return Portrait(
        person,
        [line for line in areas if line.stance is not Stance.WANTS_TO_LEARN or line.evidence.documents],
        [line for line in areas if line.stance is Stance.WANTS_TO_LEARN],
        read_terms(service, session, viewer, person.id),
        read_communities_of(session, viewer, today, person.id),
        list_evidence_of(session, viewer, today, person.id, PageRequest(cursor, EVIDENCE_ON_A_PAGE)),
        askable=person.id in read_people(session, viewer, today, [person.id]),
        at_limit=is_at_limit(session, viewer, now, person),
    )


def read_terms(service: Service, session: Session, viewer: Viewer, person_id: str) -> Sequence[KeyTerm]:
    """Return the words that mark what someone writes, by what the viewer may read; none before the first index."""
    today = datetime.now(UTC).date()
    evidence = read_evidence_of(session, viewer, today, person_id)
    mine = viewer.person_id == person_id
    # Who looks at themself sees what they hid, but no more words from it.
    hidden = set(read_preferences(session, viewer, person_id).hidden_documents) if mine else set()
    known = (item.document_id for item in evidence if item.role in KNOWING_ROLES)
    telling = [document_id for document_id in known if document_id not in hidden][:DOCUMENTS_READ]
    documents = list(read_documents(session, viewer, today, telling).values())
    try:
        return key_terms(service.index(), documents, list_space_ids(session, viewer, today)) if documents else ()
    except IndexMissingError:
        return ()


def is_at_limit(session: Session, viewer: Viewer, now: datetime, person: Person) -> bool:
    """Return whether someone has answered, or was asked, as much as they accept in a week."""
    if person.capacity_per_week is None:
        return False
    since = now - ONE_WEEK
    wrote = count_recent_answers(session, viewer, now.date(), since, [person.id]).get(person.id, 0)
    asked, answered = count_received(session, since, [person.id]).get(person.id, (0, 0))
    # As suggestions count it: a question answered through Relève and an answer written are taken for the same.
    return wrote + asked - min(wrote, answered) >= person.capacity_per_week
