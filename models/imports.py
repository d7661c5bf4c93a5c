"""Imports: where each one stands, so that a killed one resumes and a pruning one knows what it saw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.document_writing import delete_documents
from models.errors import InvalidInputError
from models.rows import upsert
from models.tables import DocumentRow, IdentityRow, ImportItemRow, ImportRow, PersonRow


@dataclass(frozen=True, slots=True)
class ImportInput:
    """What an import reads."""

    source: str
    format: str
    fingerprint: str
    """Names the exact input: another fingerprint starts from the beginning."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where an import stands."""

    import_id: int
    position: int
    """Items consumed so far; 0 for a new import."""
    counts: dict[str, Any]


def begin_import(session: Session, source: ImportInput) -> Checkpoint:
    """Return the checkpoint of the interrupted import of this very input, or of a new one.

    Raises:
        InvalidInputError: the source holds data of another format.
    """
    last = session.scalars(
        select(ImportRow).where(ImportRow.source == source.source).order_by(ImportRow.id.desc()).limit(1)
    ).first()
    if last is not None and last.format != source.format:
        message = (
            f"The source '{source.source}' holds data of format '{last.format}', not '{source.format}'; "
            "choose another name with --source"
        )
        raise InvalidInputError(message)
    if last is not None and last.finished_at is None and last.fingerprint == source.fingerprint:
        return Checkpoint(last.id, last.position, dict(last.counts))
    abandoned = select(ImportRow.id).where(ImportRow.source == source.source)
    session.execute(delete(ImportItemRow).where(ImportItemRow.import_id.in_(abandoned)))
    row = ImportRow(source=source.source, format=source.format, fingerprint=source.fingerprint, position=0, counts={})
    row.started_at = datetime.now(UTC)
    session.add(row)
    session.flush()
    return Checkpoint(row.id, 0, {})


def save_progress(session: Session, import_id: int, position: int, counts: dict[str, Any]) -> None:
    """Record, in the batch's own transaction, how far the import is."""
    session.execute(update(ImportRow).where(ImportRow.id == import_id).values(position=position, counts=counts))


def remember_items(session: Session, import_id: int, items: Collection[str]) -> None:
    """Record what the import saw."""
    upsert(session, ImportItemRow, [{"import_id": import_id, "item_id": item} for item in sorted(items)])


def finish_import(session: Session, import_id: int) -> None:
    """Mark the import as complete and forget what it saw."""
    session.execute(delete(ImportItemRow).where(ImportItemRow.import_id == import_id))
    session.execute(update(ImportRow).where(ImportRow.id == import_id).values(finished_at=datetime.now(UTC)))


def prune(session: Session, import_id: int, source: str) -> int:
    """Delete the source's documents that this import did not see; returns how many.

    People it described and did not see stay, with what they wrote in other sources, but leave the directory unless
    another source describes them.
    """
    seen = select(ImportItemRow.item_id).where(ImportItemRow.import_id == import_id)
    gone = session.scalars(
        select(DocumentRow.id).where(
            DocumentRow.source == source, DocumentRow.deleted_at.is_(None), DocumentRow.id.not_in(seen)
        )
    ).all()
    unseen = (IdentityRow.source == source, IdentityRow.described, IdentityRow.person_id.not_in(seen))
    described_elsewhere = select(IdentityRow.person_id).where(IdentityRow.source != source, IdentityRow.described)
    session.execute(
        update(PersonRow)
        .where(PersonRow.id.in_(select(IdentityRow.person_id).where(*unseen)), PersonRow.id.not_in(described_elsewhere))
        .values(in_directory=False)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(IdentityRow).where(*unseen).values(described=False).execution_options(synchronize_session=False)
    )
    return delete_documents(session, gone)


def last_finished_import(session: Session) -> datetime | None:
    """Return when the newest complete import ended."""
    return session.scalars(
        select(ImportRow.finished_at)
        .where(ImportRow.finished_at.is_not(None))
        .order_by(ImportRow.finished_at.desc())
        .limit(1)
    ).first()
