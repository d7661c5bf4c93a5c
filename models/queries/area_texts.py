"""What placing documents in areas follows: which documents belong together, and which changed; for areas alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.rows import chunks
from models.tables import DocumentRow


@dataclass(frozen=True, slots=True)
class PlacedDocument:
    """A standing document and the subject it is part of: its thread, within its own space.

    Answers in a protected space are a subject of their own, so that no text moves one that others read.
    """

    id: str
    subject: tuple[str, str]
    """Id of the document that opens the thread, and of the space."""
    tags: tuple[str, ...]


def read_placed_documents(session: Session, threads: Collection[str] | None = None) -> list[PlacedDocument]:
    """Return the standing documents of every space, or those of some threads, by id."""
    thread = func.coalesce(DocumentRow.thread_id, DocumentRow.id)
    columns = select(DocumentRow.id, thread, DocumentRow.space_id, DocumentRow.tags).where(
        DocumentRow.deleted_at.is_(None)
    )
    parts = [columns] if threads is None else []
    for some in chunks(sorted(threads or ())):
        parts.append(columns.where(DocumentRow.id.in_(some)))
        parts.append(columns.where(DocumentRow.thread_id.in_(some)))
    rows = {row[0]: row for statement in parts for row in session.execute(statement)}
    return [PlacedDocument(id_, (rows[id_][1], rows[id_][2]), tuple(rows[id_][3])) for id_ in sorted(rows)]


def read_changed_threads(session: Session, after: int) -> tuple[set[str], set[str]]:
    """Return the threads, and the documents, whose revision is above `after`, deleted ones too."""
    thread = func.coalesce(DocumentRow.thread_id, DocumentRow.id)
    rows = session.execute(select(thread, DocumentRow.id).where(DocumentRow.revision > after)).all()
    return {row[0] for row in rows}, {row[1] for row in rows}


def read_texts(session: Session, ids: Collection[str], max_chars: int) -> dict[str, str]:
    """Return title and beginning of the text of documents, for encoding; an index of words has no embeddings."""
    texts: dict[str, str] = {}
    for part in chunks(sorted(ids)):
        rows = session.execute(
            select(DocumentRow.id, DocumentRow.title, func.substr(DocumentRow.text, 1, max_chars)).where(
                DocumentRow.id.in_(part)
            )
        )
        texts.update({id_: f"{title}\n{text}" for id_, title, text in rows})
    return texts
