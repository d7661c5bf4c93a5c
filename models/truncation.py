"""Truncation: a copy of a store as it was before a moment, to check that nothing later counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models.document_writing import delete_documents
from models.errors import InvalidInputError
from models.store import SQLITE_NAME, Store
from models.tables import AssociationRow, DocumentRow


def copy_before(store: Store, moment: datetime, folder: Path) -> Store:
    """Copy a store into an empty folder without what came at a moment or later, or at none.

    Raises:
        InvalidInputError: the store is not a file of SQLite.
    """
    database = store.engine.url.database
    if store.engine.dialect.name != "sqlite" or not database:
        message = f"A store can be copied from SQLite only, not from {store.engine.dialect.name}."
        raise InvalidInputError(message)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / SQLITE_NAME)) as target:
        source.backup(target)
    copy = Store.open(folder)
    with copy.write() as session:
        _delete_since(session, moment)
    return copy


def _delete_since(session: Session, moment: datetime) -> None:
    created = DocumentRow.created_at
    delete_documents(
        session, session.scalars(select(DocumentRow.id).where(or_(created.is_(None), created >= moment))).all()
    )
    at = AssociationRow.created_at
    session.execute(delete(AssociationRow).where(or_(at.is_(None), at >= moment)))
