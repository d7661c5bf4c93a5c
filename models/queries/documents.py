"""Reads of documents and evidence; each takes a viewer and filters in the query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from models.access import (
    Viewer,
    may_be_evidence,
    may_read_document,
    readable_spaces,
)
from models.records import DocumentKind, Role
from models.rows import chunks
from models.tables import (
    AssociationRow,
    DocumentRow,
    HiddenDocumentRow,
)


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
    return sorted(session.scalars(readable_spaces(viewer, today)))


def read_evidence(
    session: Session,
    viewer: Viewer,
    today: date,
    document_ids: Collection[str],
    thread_ids: Collection[str] = (),
) -> list[Evidence]:
    """Return the associations of these documents, and of the answers in these threads, that the viewer may read."""
    found: dict[tuple[str, str, Role], Evidence] = {}
    for column, ids in ((DocumentRow.id, document_ids), (DocumentRow.thread_id, thread_ids)):
        for part in chunks(sorted(ids)):
            statement = evidence_columns().where(column.in_(part), may_be_evidence(viewer, today))
            for row in session.execute(statement):
                evidence = Evidence(*row)
                found[evidence.document_id, evidence.person_id, evidence.role] = evidence
    return [found[key] for key in sorted(found)]


def list_hidden(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Return (person id, document id) of what people hide from the viewer; what they hide they see themselves."""
    statement = select(HiddenDocumentRow.person_id, HiddenDocumentRow.document_id)
    if viewer.person_id is not None:
        statement = statement.where(HiddenDocumentRow.person_id != viewer.person_id)
    return [(person, document) for person, document in session.execute(statement)]


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
        statement: Select[*tuple[Any, ...]] = select(
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
        ).where(DocumentRow.id.in_(part), may_read_document(viewer, today))
        rows = session.execute(statement).all()
        questions = [row.id for row in rows if row.kind is DocumentKind.QUESTION]
        replies = count_answers(session, viewer, today, questions) if questions else {}
        documents.update((row.id, Document(*row, *replies.get(row.id, (0, False)))) for row in rows)
    return documents


def count_answers(session: Session, viewer: Viewer, today: date, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return how many answers each question has that the viewer may read, and whether one was accepted."""
    statement = (
        select(DocumentRow.thread_id, func.count(), func.max(case((DocumentRow.accepted, 1), else_=0)))
        .where(
            DocumentRow.thread_id.in_(ids), DocumentRow.kind == DocumentKind.ANSWER, may_read_document(viewer, today)
        )
        .group_by(DocumentRow.thread_id)
    )
    return {thread: (count, bool(accepted)) for thread, count, accepted in session.execute(statement) if thread}


def count_documents(session: Session, viewer: Viewer, today: date) -> dict[str, int]:
    """Return how many documents of each kind the viewer may read."""
    statement = (
        select(DocumentRow.kind, func.count())
        .where(may_read_document(viewer, today))
        .group_by(DocumentRow.kind)
        .order_by(DocumentRow.kind)
    )
    return {kind.value: count for kind, count in session.execute(statement)}
