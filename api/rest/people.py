"""People: found by name and filters, each with what is inferred about them and from what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import PersonId, Words
from api.rest.routing import rest_router
from api.schemas import ProfileOut, profile_out
from api.schemas_paging import PageOut
from api.schemas_people import (
    FilterChoicesOut,
    PersonEntryOut,
    PersonEvidenceOut,
    filter_choices_out,
    person_entry_out,
    person_evidence_out,
)
from models.audit import about_person
from models.queries.evidence import list_evidence_of
from models.queries.people import PeopleFilters, list_people, read_filter_choices, read_person
from recommender.profiles import read_profile

# The newest; the rest is read page by page.
EVIDENCE_IN_PROFILE = 50
router = rest_router("/people", "people")


@router.get("", operation_id="listPeople", summary="List people", responses=problems(422))
def list_all(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
    text: Annotated[Words, Query(description="Parts of the name.", examples=["bernard"])] = None,
    unit: Annotated[Words, Query(description="Id or exact name; units under it count.")] = None,
    site: Annotated[Words, Query(description="Exact name.")] = None,
    language: Annotated[Words, Query(description="Code, such as fr.", examples=["fr"])] = None,
    community: Annotated[Words, Query(description="Id or exact name.")] = None,
    area: Annotated[Words, Query(description="Id of an area that they know.")] = None,
) -> PageOut[PersonEntryOut]:
    """Return the people the caller may see, by name; each filter narrows the list."""
    filters = PeopleFilters(text, unit, site, language, community, area)
    with service.store.read() as session:
        found = list_people(session, caller.viewer, now.date(), filters, page)
    return page_out(request, found, person_entry_out)


@router.get("/filters", operation_id="listPeopleFilters", summary="What people can be filtered by")
def list_filters(caller: Reader, service: ServiceDep, now: Now) -> FilterChoicesOut:
    """Return the units, sites, languages and communities that filter the list of people."""
    with service.store.read() as session:
        return filter_choices_out(read_filter_choices(session, caller.viewer, now.date()))


@router.get(
    "/{id:path}/evidence", operation_id="listEvidence", summary="What speaks for a person", responses=problems(404, 422)
)
def list_evidence(
    id: PersonId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
) -> PageOut[PersonEvidenceOut]:
    """Return every document the caller may read that someone is linked to, newest first."""
    with service.store.read() as session:
        person = read_person(session, caller.viewer, now.date(), id)
        found = list_evidence_of(session, caller.viewer, now.date(), person.id, page)
    return page_out(request, found, person_evidence_out)


@router.get("/{id:path}", operation_id="readPerson", summary="A person's profile", responses=problems(404))
def read_one(
    id: PersonId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
) -> ProfileOut:
    """Return a person as the caller may see them: communities, roles, telling words, and the newest evidence.

    The person themself also reads their preferences here. The read is written to the audit log.
    """
    index = service.index()
    with service.store.read() as session:
        person = read_person(session, caller.viewer, now.date(), id)
        profile = profile_out(read_profile(session, index, caller.viewer, person.id, now))
    with service.store.write() as session:
        audit(session, caller, request, "person.read", about_person(person.id))
    return profile.model_copy(update={"evidence": profile.evidence[:EVIDENCE_IN_PROFILE]})
