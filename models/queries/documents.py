"""Reads of documents and evidence; each takes a viewer and filters in the query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from models.access import (
    Viewer,
    is_shown,
    may_be_evidence,
    may_read_document,
    may_see_person,
    readable_spaces,
    remembered,
)
from models.errors import NotFoundError
from models.paging import Order, Page, PageRequest, read_page
from models.queries.people import Person, select_people
from models.records import DocumentKind, Role, clean_text
from models.rows import IDS, chunks, read_columns
from models.tables import (
    AreaDocumentRow,
    AssociationRow,
    CommunityRow,
    DocumentRow,
    HiddenDocumentRow,
    PersonRow,
    SpaceRow,
    UtcDateTime,
)

# Documents without a date are listed after all others.
_UNDATED: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An association with what its document is, without the text."""

    document_id: str
    person_id: str
    role: Role
    weight: float
    at: datetime | None
    kind: DocumentKind
    title: str
    thread_id: str | None
    score: float | None
    accepted: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its text."""

    id: str
    kind: DocumentKind
    title: str
    text: str
    language: str | None
    space_id: str
    thread_id: str | None
    created_at: datetime | None
    score: float | None
    url: str | None
    tags: Sequence[str]
    answers: int = 0
    """For a question, how many answers the viewer may read."""
    solved: bool = False
    """For a question, whether one of them was accepted."""


def list_space_ids(session: Session, viewer: Viewer, today: date) -> list[str]:
    """Return the ids of the spaces the viewer may read."""
    return sorted(read_columns(session, readable_spaces(viewer, today), {}).scalars())


def read_evidence(
    session: Session,
    viewer: Viewer,
    today: date,
    document_ids: Collection[str],
    thread_ids: Collection[str] = (),
) -> list[Evidence]:
    """Return the associations of these documents, and of the answers in these threads, that the viewer may read."""
    found: dict[tuple[str, str, Role], Evidence] = {}
    of_documents, of_threads = _evidence_by(viewer, today)
    for statement, ids in ((of_documents, document_ids), (of_threads, thread_ids)):
        for part in chunks(sorted(ids)):
            for row in read_columns(session, statement, {"ids": part}):
                evidence = Evidence(*row)
                found[evidence.document_id, evidence.person_id, evidence.role] = evidence
    return [found[key] for key in sorted(found)]


@remembered
def _evidence_by(viewer: Viewer, today: date) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Select the evidence of some documents, and that of some threads."""
    evidence = evidence_columns().where(may_be_evidence(viewer, today))
    return evidence.where(DocumentRow.id.in_(IDS)), evidence.where(DocumentRow.thread_id.in_(IDS))


def list_hidden(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Return (person id, document id) of what people hide from the viewer; what they hide they see themselves."""
    return [(person, document) for person, document in read_columns(session, _hidden_from(viewer), {})]


@remembered
def _hidden_from(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Select what people hide from the viewer."""
    statement: Select[*tuple[Any, ...]] = select(HiddenDocumentRow.person_id, HiddenDocumentRow.document_id)
    return statement if viewer.person_id is None else statement.where(HiddenDocumentRow.person_id != viewer.person_id)


def read_evidence_of(
    session: Session, viewer: Viewer, today: date, person_id: str, limit: int | None = None
) -> list[Evidence]:
    """Return what the viewer may read of a person's associations, newest first."""
    statement = (
        evidence_columns()
        .where(AssociationRow.person_id == person_id, may_be_evidence(viewer, today))
        .order_by(AssociationRow.created_at.desc().nulls_last(), AssociationRow.document_id)
        .limit(limit)
    )
    return [Evidence(*row) for row in session.execute(statement)]


def evidence_columns() -> Select[*tuple[Any, ...]]:
    """Select the columns of Evidence, in its order, from associations joined to their documents."""
    return select(
        AssociationRow.document_id,
        AssociationRow.person_id,
        AssociationRow.role,
        AssociationRow.weight,
        AssociationRow.created_at,
        DocumentRow.kind,
        DocumentRow.title,
        DocumentRow.thread_id,
        DocumentRow.score,
        DocumentRow.accepted,
        DocumentRow.url,
    ).join(DocumentRow, DocumentRow.id == AssociationRow.document_id)


def read_documents(session: Session, viewer: Viewer, today: date, ids: Collection[str]) -> dict[str, Document]:
    """Return the documents, among these ids, that the viewer may read."""
    documents: dict[str, Document] = {}
    for part in chunks(sorted(ids)):
        rows = read_columns(session, _documents_by_id(viewer, today), {"ids": part}).all()
        questions = [row.id for row in rows if row.kind is DocumentKind.QUESTION]
        replies = count_answers(session, viewer, today, questions) if questions else {}
        for row in rows:
            answers, solved = replies.get(row.id, (0, False))
            documents[row.id] = replace(Document(*row), answers=answers, solved=solved)
    return documents


@remembered
def _documents_by_id(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """Select the columns of Document, in its order, except what is counted."""
    return select(
        DocumentRow.id,
        DocumentRow.kind,
        DocumentRow.title,
        DocumentRow.text,
        DocumentRow.language,
        DocumentRow.space_id,
        DocumentRow.thread_id,
        DocumentRow.created_at,
        DocumentRow.score,
        DocumentRow.url,
        DocumentRow.tags,
    ).where(DocumentRow.id.in_(IDS), may_read_document(viewer, today))


def count_answers(session: Session, viewer: Viewer, today: date, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return how many answers each question has that the viewer may read, and whether one was accepted."""
    counted = read_columns(session, _answers_of(viewer, today), {"ids": ids})
    return {thread: (count, bool(accepted)) for thread, count, accepted in counted if thread}


@remembered
def _answers_of(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    """Select how many answers some questions have, and whether one was accepted."""
    return (
        select(DocumentRow.thread_id, func.count(), func.max(case((DocumentRow.accepted, 1), else_=0)))
        .where(
            DocumentRow.thread_id.in_(IDS), DocumentRow.kind == DocumentKind.ANSWER, may_read_document(viewer, today)
        )
        .group_by(DocumentRow.thread_id)
    )


def count_documents(session: Session, viewer: Viewer, today: date) -> dict[str, int]:
    """Return how many documents of each kind the viewer may read."""
    statement = (
        select(DocumentRow.kind, func.count())
        .where(may_read_document(viewer, today))
        .group_by(DocumentRow.kind)
        .order_by(DocumentRow.kind)
    )
    return {kind.value: count for kind, count in session.execute(statement)}


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """Which documents are listed; each filter narrows the list."""

    kinds: Sequence[DocumentKind] = ()
    community: str | None = None
    """Id or exact name of the community in whose space they are."""
    person: str | None = None
    """Id of someone linked to them."""
    open_only: bool = False
    """Only questions without an answer the viewer may read."""
    area: str | None = None
    """Id of an area they are in."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document in a list, without its text."""

    id: str
    kind: DocumentKind
    title: str
    language: str | None
    created_at: datetime | None
    url: str | None
    space_id: str
    answers: int
    """For a question, how many answers the viewer may read."""
    solved: bool


@dataclass(frozen=True, slots=True)
class DocumentPerson:
    """Someone behind a document, and their part in it."""

    person: Person
    role: Role
    at: datetime | None


def list_documents(
    session: Session, viewer: Viewer, today: date, filters: DocumentFilters, page: PageRequest
) -> Page[DocumentEntry]:
    """Return the documents the viewer may read, newest first; those without a date at the end."""
    statement: Select[*tuple[Any, ...]] = select(
        DocumentRow.id,
        DocumentRow.kind,
        DocumentRow.title,
        DocumentRow.language,
        DocumentRow.created_at,
        DocumentRow.url,
        DocumentRow.space_id,
    ).where(may_read_document(viewer, today), *conditions_of(filters, viewer, today))
    moment = func.coalesce(DocumentRow.created_at, literal(_UNDATED, UtcDateTime()), type_=UtcDateTime())
    found = read_page(session, statement, Order((moment, DocumentRow.id), descending=True), page)
    replies = count_answers(session, viewer, today, [row.id for row in found.items])
    return found.map(lambda row: DocumentEntry(*[*row[:7], *replies.get(row.id, (0, False))]))


def conditions_of(filters: DocumentFilters, viewer: Viewer, today: date) -> list[ColumnElement[bool]]:
    """Return the filters on documents as where-clauses."""
    conditions: list[ColumnElement[bool]] = []
    if filters.kinds:
        conditions.append(DocumentRow.kind.in_(filters.kinds))
    if filters.community is not None:
        named = clean_text(filters.community)
        spaces = (
            select(SpaceRow.id)
            .join(CommunityRow, CommunityRow.id == SpaceRow.community_id)
            .where(or_(CommunityRow.id == named, CommunityRow.name == named))
        )
        conditions.append(DocumentRow.space_id.in_(spaces))
    if filters.person is not None:
        person = clean_text(filters.person)
        known = select(PersonRow.id).where(PersonRow.id == person, may_see_person(viewer, today))
        linked = select(AssociationRow.document_id).where(AssociationRow.person_id == person, is_shown(viewer))
        conditions += [DocumentRow.id.in_(linked), known.exists()]
    if filters.area is not None:
        placed = select(AreaDocumentRow.document_id).where(AreaDocumentRow.area_id == clean_text(filters.area))
        conditions.append(DocumentRow.id.in_(placed))
    if filters.open_only:
        reply = aliased(DocumentRow)
        answered = select(reply.thread_id).where(
            reply.kind == DocumentKind.ANSWER,
            reply.thread_id.is_not(None),
            reply.deleted_at.is_(None),
            reply.space_id.in_(readable_spaces(viewer, today)),
        )
        conditions += [DocumentRow.kind == DocumentKind.QUESTION, DocumentRow.id.not_in(answered)]
    return conditions


def read_document(session: Session, viewer: Viewer, today: date, document_id: str) -> Document:
    """Return one document with its text.

    Raises:
        NotFoundError: none that the viewer may read.
    """
    named = clean_text(document_id)
    found = read_documents(session, viewer, today, [named])
    if named not in found:
        message = f"No document '{document_id}' that you may read; it may be gone, or kept to a community's members"
        raise NotFoundError(message)
    return found[named]


def read_answers(session: Session, viewer: Viewer, today: date, question_id: str) -> list[Document]:
    """Return the answers to a question that the viewer may read: accepted, then by score, then the oldest first."""
    statement = (
        select(DocumentRow.id)
        .where(
            DocumentRow.thread_id == clean_text(question_id),
            DocumentRow.kind == DocumentKind.ANSWER,
            may_read_document(viewer, today),
        )
        .order_by(
            DocumentRow.accepted.desc(),
            DocumentRow.score.desc().nulls_last(),
            DocumentRow.created_at.asc().nulls_last(),
            DocumentRow.id,
        )
    )
    ids = session.scalars(statement).all()
    found = read_documents(session, viewer, today, ids)
    return [found[id_] for id_ in ids]


def read_people_behind(session: Session, viewer: Viewer, today: date, document_id: str) -> list[DocumentPerson]:
    """Return who did what in a document, in the order they did it, among those the viewer may see."""
    evidence = read_evidence(session, viewer, today, [clean_text(document_id)])
    ids = {item.person_id for item in evidence}
    people = {
        person.id: person
        for person in select_people(session, viewer, PersonRow.id.in_(ids), may_see_person(viewer, today))
    }
    seen = [item for item in evidence if item.person_id in people]
    seen.sort(key=lambda item: (item.at is None, item.at or _UNDATED, people[item.person_id].name, item.role))
    return [DocumentPerson(people[item.person_id], item.role, item.at) for item in seen]
