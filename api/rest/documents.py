"""Documents: what was written, by whom, and what answers it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from api.dependencies import Reader, ServiceDep
from api.errors import problems
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import DocumentId, Words
from api.rest.routing import rest_router
from api.schemas_documents import (
    DocumentEntryOut,
    DocumentOut,
    DocumentPersonOut,
    DocumentWithPeopleOut,
    document_entry_out,
    document_out,
    document_person_out,
)
from api.schemas_paging import PageOut
from models.paging import Page
from models.queries.documents import (
    DocumentFilters,
    list_documents,
    read_answers,
    read_document,
    read_people_behind,
)
from models.records import DocumentKind

router = rest_router("/documents", "documents")


@router.get("", operation_id="listDocuments", summary="List documents", responses=problems(422))
def list_all(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
    page: PageDep,
    kind: Annotated[list[DocumentKind], Query(max_length=20, description="One or more kinds.")] = [],  # noqa: B006
    community: Annotated[Words, Query(description="Id or exact name of the community that keeps them.")] = None,
    person: Annotated[Words, Query(description="Id of someone linked to them.")] = None,
    area: Annotated[Words, Query(description="Id of an area they are in.")] = None,
    open: Annotated[bool, Query(description="Only questions that nobody has answered.")] = False,
) -> PageOut[DocumentEntryOut]:
    """Return the documents the caller may read, newest first; each filter narrows the list."""
    filters = DocumentFilters(kinds=tuple(kind), community=community, person=person, open_only=open, area=area)
    with service.store.read() as session:
        found = list_documents(session, caller.viewer, now.date(), filters, page)
    return page_out(request, found, document_entry_out)


@router.get("/{id:path}/people", operation_id="listDocumentPeople", summary="Who is behind it", responses=problems(404))
def list_people_behind(
    id: DocumentId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
) -> PageOut[DocumentPersonOut]:
    """Return who did what in a document, among those the caller may see; always one page."""
    with service.store.read() as session:
        document = read_document(session, caller.viewer, now.date(), id)
        behind = read_people_behind(session, caller.viewer, now.date(), document.id)
    return page_out(request, Page(behind, None), document_person_out)


@router.get("/{id:path}/answers", operation_id="listAnswers", summary="Answers to a question", responses=problems(404))
def list_answers(
    id: DocumentId,
    request: Request,
    caller: Reader,
    service: ServiceDep,
    now: Now,
) -> PageOut[DocumentOut]:
    """Return the answers to a question: the accepted one first, then by score; always one page."""
    with service.store.read() as session:
        question = read_document(session, caller.viewer, now.date(), id)
        answers = read_answers(session, caller.viewer, now.date(), question.id)
    return page_out(request, Page(answers, None), document_out)


@router.get("/{id:path}", operation_id="readDocument", summary="A document", responses=problems(404))
def read_one(id: DocumentId, caller: Reader, service: ServiceDep, now: Now) -> DocumentWithPeopleOut:
    """Return a document with its text and the people behind it."""
    with service.store.read() as session:
        document = read_document(session, caller.viewer, now.date(), id)
        behind = read_people_behind(session, caller.viewer, now.date(), document.id)
    people = [document_person_out(person) for person in behind]
    return DocumentWithPeopleOut(**document_out(document).model_dump(), people=people)
