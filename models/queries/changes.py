"""What the index follows: every document by revision, whatever its space."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.document_writing import REVISION
from models.records import DocumentKind, Role
from models.tables import (
    AssociationRow,
    DocumentRow,
    PersonRow,
    StoreStateRow,
)

STORE_ID = "store_id"


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as the index follows it; the index reads every space, and filters when searched."""

    id: str
    revision: int
    deleted: bool
    kind: DocumentKind
    title: str
    text: str
    language: str | None
    space_id: str
    created_at: datetime | None
    tags: Sequence[str]


def current_revision(session: Session) -> int:
    """Return the store's revision."""
    return session.scalars(select(StoreStateRow.value).where(StoreStateRow.key == REVISION)).one()


def read_store_id(session: Session) -> int:
    """Return the number that tells this store from any other, so that none is searched with another's index."""
    return session.scalars(select(StoreStateRow.value).where(StoreStateRow.key == STORE_ID)).one()


def stream_changes(session: Session, after: int, batch_size: int) -> Iterator[list[IndexedDocument]]:
    """Yield every document and tombstone whose revision is above `after`, in order of revision.

    For the index alone, which holds all spaces and filters when it is searched.
    """
    while True:
        statement: Select[*tuple[Any, ...]] = (
            select(
                DocumentRow.id,
                DocumentRow.revision,
                DocumentRow.deleted_at.is_not(None),
                DocumentRow.kind,
                DocumentRow.title,
                DocumentRow.text,
                DocumentRow.language,
                DocumentRow.space_id,
                DocumentRow.created_at,
                DocumentRow.tags,
            )
            .where(DocumentRow.revision > after)
            .order_by(DocumentRow.revision)
            .limit(batch_size)
        )
        batch = [IndexedDocument(*row) for row in session.execute(statement)]
        if not batch:
            return
        yield batch
        after = batch[-1].revision


@dataclass(frozen=True, slots=True)
class TracedDocument:
    """A document with the people behind it, as the traces follow it."""

    id: str
    revision: int
    deleted: bool
    kind: DocumentKind
    thread_id: str | None
    space_id: str
    score: float | None
    people: Sequence[tuple[str, Role, float, datetime | None]]
    """Person id, role, weight, and when."""


def stream_traces(session: Session, after: int, batch_size: int) -> Iterator[list[TracedDocument]]:
    """Yield every document and tombstone whose revision is above `after` with its associations, by revision.

    For the traces alone, which hold all spaces and filter when they are asked.
    """
    while True:
        documents: Select[*tuple[Any, ...]] = (
            select(
                DocumentRow.id,
                DocumentRow.revision,
                DocumentRow.deleted_at.is_not(None).label("deleted"),
                DocumentRow.kind,
                DocumentRow.thread_id,
                DocumentRow.space_id,
                DocumentRow.score,
            )
            .where(DocumentRow.revision > after)
            .order_by(DocumentRow.revision)
            .limit(batch_size)
        )
        rows = session.execute(documents).all()
        if not rows:
            return
        latest = rows[-1].revision
        associations: Select[*tuple[Any, ...]] = (
            select(
                AssociationRow.document_id,
                AssociationRow.person_id,
                AssociationRow.role,
                AssociationRow.weight,
                AssociationRow.created_at,
            )
            .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
            .where(DocumentRow.revision > after, DocumentRow.revision <= latest)
        )
        people: defaultdict[str, list[tuple[str, Role, float, datetime | None]]] = defaultdict(list)
        for document_id, person_id, role, weight, at in session.execute(associations):
            people[document_id].append((person_id, role, weight, at))
        yield [TracedDocument(**row._mapping, people=people[row.id]) for row in rows]
        after = latest


def read_names(session: Session) -> dict[str, list[str]]:
    """Return the ids of the people of each folded name, to find whom a question names; for the traces alone."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for person_id, name in session.execute(select(PersonRow.id, PersonRow.name_key).order_by(PersonRow.id)):
        names[name].append(person_id)
    return dict(names)
