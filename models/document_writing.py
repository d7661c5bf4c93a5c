"""Documents and associations as they come in: only what changed is written, with a new revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.names import make_id
from models.person_writing import digest
from models.records import AssociationRecord, DocumentRecord
from models.rows import chunks, table_of, upsert
from models.tables import AssociationRow, DocumentRow, StoreStateRow

REVISION = "revision"


@dataclass(frozen=True, slots=True)
class ResolvedDocument:
    """A document record whose people and space are known."""

    id: str
    record: DocumentRecord
    space_id: str
    people: Mapping[str, str]
    """Person id of each reference."""


def next_revisions(session: Session, count: int) -> int:
    """Reserve `count` revisions and return the first; the row lock makes commits follow the order of revisions."""
    statement = (
        update(StoreStateRow)
        .where(StoreStateRow.key == REVISION)
        .values(value=StoreStateRow.value + count)
        .returning(StoreStateRow.value)
    )
    return session.execute(statement).scalar_one() - count + 1


def store_documents(session: Session, source: str, documents: Sequence[ResolvedDocument]) -> tuple[set[str], set[str]]:
    """Write the documents that are new or differ from the stored version, with their associations.

    Returns:
        Ids of the new ones, ids of the changed ones.
    """
    hashes = {document.id: fingerprint(document) for document in documents}
    stored = stored_hashes(session, hashes)
    written = [document for document in documents if stored.get(document.id) != hashes[document.id]]
    if not written:
        return set(), set()
    first = next_revisions(session, len(written))
    rows = [document_values(document, source, hashes[document.id], first + n) for n, document in enumerate(written)]
    new = {document.id for document in written} - stored.keys()
    changed = {document.id for document in written} & stored.keys()
    if new:
        session.execute(table_of(DocumentRow).insert(), [row for row in rows if row["id"] in new])
    upsert(session, DocumentRow, [row for row in rows if row["id"] in changed])
    for part in chunks(sorted(changed)):
        session.execute(delete(AssociationRow).where(AssociationRow.document_id.in_(part), AssociationRow.inline))
    upsert(session, AssociationRow, [values for document in written for values in association_values(document)])
    return new, changed


def stored_hashes(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Return the content hash of the documents that are stored; empty for a tombstone."""
    stored: dict[str, str] = {}
    for part in chunks(ids):
        statement = select(DocumentRow.id, DocumentRow.content_hash).where(DocumentRow.id.in_(part))
        stored.update({row[0]: row[1] for row in session.execute(statement)})
    return stored


def fingerprint(document: ResolvedDocument) -> str:
    """Return a fingerprint of everything stored for the document."""
    record = document.record
    people = [(document.people[c.person], c.role, c.weight, c.at) for c in record.people]
    fields = (record.kind, record.title, record.text, record.language, record.thread, record.created_at, record.score)
    return digest([fields, record.accepted, record.url, record.tags, document.space_id, people])


def document_values(document: ResolvedDocument, source: str, content_hash: str, revision: int) -> dict[str, Any]:
    """Return the columns of a document's row."""
    record = document.record
    return {
        "id": document.id,
        "source": source,
        "kind": record.kind,
        "title": record.title,
        "text": record.text,
        "language": record.language,
        "space_id": document.space_id,
        "thread_id": make_id(source, record.thread) if record.thread else None,
        "created_at": record.created_at,
        "score": record.score,
        "accepted": record.accepted,
        "url": record.url,
        "tags": list(record.tags),
        "content_hash": content_hash,
        "revision": revision,
        "deleted_at": None,
    }


def association_values(document: ResolvedDocument) -> list[dict[str, Any]]:
    """Return the rows of a document's own associations, one for each person and role."""
    rows = {
        (document.people[part.person], part.role): {
            "document_id": document.id,
            "person_id": document.people[part.person],
            "role": part.role,
            "weight": part.weight,
            "created_at": part.at or document.record.created_at,
            "inline": True,
        }
        for part in document.record.people
    }
    return list(rows.values())


def store_association(
    session: Session, record: AssociationRecord, document_id: str, person_id: str
) -> tuple[bool, bool]:
    """Store a separate association; returns whether it is new, whether anything changed."""
    existing = session.get(AssociationRow, (document_id, person_id, record.role))
    if (
        existing is not None
        and existing.weight == record.weight
        and (record.at is None or existing.created_at == record.at)
    ):
        return False, False
    document = session.get_one(DocumentRow, document_id)
    values = {
        "document_id": document_id,
        "person_id": person_id,
        "role": record.role,
        "weight": record.weight,
        "created_at": record.at or document.created_at,
        "inline": False,
    }
    upsert(session, AssociationRow, [values])
    # What follows the documents by revision learns of their people too.
    document.revision = next_revisions(session, 1)
    return existing is None, existing is not None


def delete_documents(session: Session, ids: Collection[str]) -> int:
    """Turn documents into empty tombstones without people; returns how many still existed."""
    deleted = 0
    for part in chunks(sorted(ids)):
        standing = list(
            session.scalars(
                select(DocumentRow.id)
                .where(DocumentRow.id.in_(part), DocumentRow.deleted_at.is_(None))
                .order_by(DocumentRow.id)
            )
        )
        if not standing:
            continue
        first = next_revisions(session, len(standing))
        session.execute(delete(AssociationRow).where(AssociationRow.document_id.in_(standing)))
        emptied: dict[str, Any] = {
            "title": "",
            "text": "",
            "url": None,
            "tags": [],
            "content_hash": "",
            "deleted_at": datetime.now(UTC),
        }
        session.execute(
            update(DocumentRow),
            [{"id": id_, "revision": first + offset, **emptied} for offset, id_ in enumerate(standing)],
        )
        deleted += len(standing)
    return deleted
