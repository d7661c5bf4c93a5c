"""Idempotency: the answers given to writes that carry a key, so that the same write sent again does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.rows import table_of
from models.tables import IdempotencyRow

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A write with its key."""

    caller: str
    key: str
    request_hash: str
    """Of the method, the address and the body."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What an earlier request with the same key was, and was answered."""

    request_hash: str
    status: int | None
    body: str


def claim_key(session: Session, now: datetime, request: KeyedRequest) -> StoredAnswer | None:
    """Take a key for this transaction, or return the answer that was given for it; keys last 24 hours.

    A second request with the key waits here until the first one is committed or undone.
    """
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < now - KEPT))
    table = table_of(IdempotencyRow)
    insert = postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)
    values = {"caller": request.caller, "key": request.key, "request_hash": request.request_hash, "created_at": now}
    statement = insert.values(**values, body="").on_conflict_do_nothing().returning(table.c.key)
    if session.execute(statement).first() is not None:
        return None
    row = session.get_one(IdempotencyRow, (request.caller, request.key))
    return StoredAnswer(row.request_hash, row.status, row.body)


def store_answer(session: Session, request: KeyedRequest, status: int, body: str) -> None:
    """Keep the answer, in the transaction that does what it says."""
    row = session.get_one(IdempotencyRow, (request.caller, request.key))
    row.status, row.body = status, body
    session.flush()
