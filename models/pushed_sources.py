"""Pushed sources: those that programs write through the API, and who may write which."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document_writing import delete_documents
from models.errors import NotAllowedError
from models.rows import chunks
from models.tables import ApiKeyRow, DocumentRow, ImportRow

# What stands in place of an import format: an import refuses a source that holds another format, and so does this.
PUSH: Final = "push"
_OWNER_LENGTH: Final = 64


def claim_source(session: Session, source: str, owner: str, now: datetime, *, administrator: bool = False) -> None:
    """Take a source for the caller who writes to it first, or check that it is theirs.

    Args:
        owner: see owner_named; for a person, as the audit log names them.
        administrator: may write to any source, those of imports included.

    Raises:
        NotAllowedError: an import brought the source, or another caller pushes it.
    """
    last = session.scalars(
        select(ImportRow).where(ImportRow.source == source).order_by(ImportRow.id.desc()).limit(1)
    ).first()
    if last is None:
        row = ImportRow(source=source, format=PUSH, fingerprint=owner[:_OWNER_LENGTH], position=0, counts={})
        row.started_at = row.finished_at = now
        session.add(row)
        session.flush()
        return
    if last.format != PUSH and not administrator:
        message = (
            f"The source '{source}' is kept by an import of format '{last.format}'; push to a source of your own, "
            "or have an administrator do it"
        )
        raise NotAllowedError(message)
    if last.format == PUSH:
        if last.fingerprint != owner[:_OWNER_LENGTH] and not administrator:
            message = f"The source '{source}' belongs to another key; push to a source of your own"
            raise NotAllowedError(message)
        last.finished_at = now
        session.flush()


def owner_named(session: Session, key_id: str) -> str:
    """Return who owns what a key pushes: all keys of its name, so that a rotated key goes on."""
    name = session.scalars(select(ApiKeyRow.name).where(ApiKeyRow.id == key_id)).one()
    return f"key:{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def delete_pushed(session: Session, source: str, ids: Collection[str]) -> set[str]:
    """Delete documents of a source; returns the ids of those that existed."""
    standing: set[str] = set()
    for part in chunks(sorted(ids)):
        statement = select(DocumentRow.id).where(
            DocumentRow.id.in_(part), DocumentRow.source == source, DocumentRow.deleted_at.is_(None)
        )
        standing.update(session.scalars(statement))
    delete_documents(session, standing)
    return standing
