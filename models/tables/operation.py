"""Who may call, what they did, and what is still to be sent: roles, keys, audit, idempotency, webhooks, erasures."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.row import Row, stored_as_text


class OrganisationRole(StrEnum):
    """What someone does for the organisation beyond being an employee; animateurs are named by their community."""

    MANAGER = "manager"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


class RoleGrantRow(Row):
    """A role given to a person; a manager's is for one unit and those under it."""

    __tablename__ = "role_grants"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[OrganisationRole] = mapped_column(stored_as_text(OrganisationRole))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    granted_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"),)


class ApiKeyRow(Row):
    """A key of a program; the key itself is never stored, only its hash."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Public part of the key, shown in lists and in the audit log."""
    name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret part, hexadecimal; the secret has 256 random bits, so that a slow hash adds nothing."""
    scopes: Mapped[list[str]]
    origins: Mapped[list[str]] = mapped_column(default=list)
    """Origins a public token answers to; empty for keys that stay on a server."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AuditEventRow(Row):
    """A sensitive read or a write: who, what, on what; never the text of a question."""

    __tablename__ = "audit_events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(index=True)
    """'person:ID', 'key:ID' or 'command'; the person's part is replaced when they are erased."""
    on_behalf_of: Mapped[str | None]
    action: Mapped[str] = mapped_column(String(60), index=True)
    target: Mapped[str | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str | None] = mapped_column(String(64))


class IdempotencyRow(Row):
    """The answer given to a write with an idempotency key, so that the same write sent again does nothing twice."""

    __tablename__ = "idempotency"
    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    """Empty while the first request is being answered."""
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


class WebhookRow(Row):
    """An address told of what happens."""

    __tablename__ = "webhooks"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(64))
    """Signs each delivery; needed in clear to sign, so it is shown once and never read back by an endpoint."""
    events: Mapped[list[str]]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class DeliveryRow(Row):
    """One event to one webhook; written in the transaction of the event, sent afterwards, retried until delivered."""

    __tablename__ = "deliveries"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    """Empty when delivered or given up."""
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_deliveries_next_attempt_at", "next_attempt_at"),)


class SecretRow(Row):
    """A random secret of this store, made when first needed."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    """256 random bits, hexadecimal."""


class ErasureRow(Row):
    """The trace of an erasure that keeps imports from bringing the person back: keyed hashes, no name."""

    __tablename__ = "erasures"
    identity_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
