"""Deliveries: what is to be sent to webhooks; claimed, sent elsewhere, then marked; retried until given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.paging import Order, Page, PageRequest, read_page
from models.tables import DeliveryRow, WebhookRow

# 5 s after the first failure, then four times as long each time, at most 12 h: ten attempts in about 32 hours.
MAX_ATTEMPTS: Final = 10
FIRST_DELAY_S: Final = 5.0
GROWTH: Final = 4.0
LONGEST_DELAY_S: Final = 12 * 3600.0
# Longer than any attempt takes; one whose sender was killed is sent again after it.
CLAIM: Final = timedelta(seconds=60)
# Afterwards nobody asks what exactly was sent, and payloads name people.
PAYLOAD_KEPT: Final = timedelta(days=30)
_MAX_ERROR: Final = 300


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery that its sender has claimed."""

    id: str
    webhook_id: str
    url: str
    secret: str
    body: str
    attempt: int
    """1 for the first."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as an administrator sees it."""

    id: str
    webhook_id: str
    event: str
    state: DeliveryState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    last_error: str | None


def any_due(session: Session, now: datetime) -> bool:
    """Return whether there is something to send, without the lock of a writer."""
    statement = select(DeliveryRow.id).where(DeliveryRow.next_attempt_at <= now).limit(1)
    return session.scalars(statement).first() is not None


def due_deliveries(session: Session, now: datetime, limit: int) -> list[DueDelivery]:
    """Claim deliveries whose time has come, longest due first; nobody else is given them for a minute.

    Commit before sending: what a killed sender had claimed is due again afterwards, so each is sent at least once.
    """
    statement = (
        select(DeliveryRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
        .where(DeliveryRow.next_attempt_at <= now, WebhookRow.disabled_at.is_(None))
        .order_by(DeliveryRow.next_attempt_at, DeliveryRow.id)
        .limit(limit)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )
    claimed = []
    for delivery, webhook in session.execute(statement):
        delivery.attempts += 1
        delivery.next_attempt_at = now + CLAIM
        claimed.append(
            DueDelivery(delivery.id, webhook.id, webhook.url, webhook.secret, delivery.payload, delivery.attempts)
        )
    session.flush()
    return claimed


def mark_delivered(session: Session, delivery_id: str, now: datetime) -> None:
    """Note that a delivery arrived."""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id)
        .values(delivered_at=now, next_attempt_at=None, last_error=None)
    )


def mark_failed(session: Session, delivery: DueDelivery, now: datetime, error: str, jitter: float) -> None:
    """Note that an attempt failed, and when to try again; after MAX_ATTEMPTS never.

    Args:
        session: to write in.
        delivery: as it was claimed.
        now: when it failed.
        error: what went wrong, shown to administrators.
        jitter: in [0, 1), drawn by chance, so that many failures do not come back at one moment.
    """
    again = None
    if delivery.attempt < MAX_ATTEMPTS:
        again = now + timedelta(seconds=delay_s(delivery.attempt) * (0.75 + jitter / 2))
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery.id, DeliveryRow.delivered_at.is_(None))
        .values(next_attempt_at=again, last_error=error[:_MAX_ERROR])
    )


def delay_s(attempt: int) -> float:
    """Return how long to wait after so many attempts have failed, before jitter."""
    return min(FIRST_DELAY_S * GROWTH ** (attempt - 1), LONGEST_DELAY_S)


def empty_old_payloads(session: Session, now: datetime) -> None:
    """Drop what was sent long ago; that it was sent stays."""
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.created_at < now - PAYLOAD_KEPT,
            DeliveryRow.next_attempt_at.is_(None),
            DeliveryRow.payload != "",
        )
        .values(payload="")
    )


def count_deliveries(session: Session) -> tuple[int, int]:
    """Return how many deliveries wait to be sent, and how many were given up."""
    failed = DeliveryRow.next_attempt_at.is_(None) & DeliveryRow.delivered_at.is_(None)
    statement = select(
        func.count().filter(DeliveryRow.next_attempt_at.is_not(None)), func.count().filter(failed)
    ).select_from(DeliveryRow)
    pending, given_up = session.execute(statement).one()
    return pending, given_up


def list_deliveries(session: Session, webhook_id: str, page: PageRequest) -> Page[Delivery]:
    """Return the deliveries to a webhook, newest first."""
    statement = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
    newest_first = Order((DeliveryRow.created_at, DeliveryRow.id), descending=True)
    return read_page(session, statement, newest_first, page).map(lambda row: to_delivery(row[0]))


def to_delivery(row: DeliveryRow) -> Delivery:
    """Return a row as a delivery."""
    return Delivery(
        row.id,
        row.webhook_id,
        row.event,
        state_of(row),
        row.created_at,
        row.attempts,
        row.next_attempt_at,
        row.delivered_at,
        row.last_error,
    )


def state_of(row: DeliveryRow) -> DeliveryState:
    """Return where a delivery stands."""
    if row.delivered_at is not None:
        return DeliveryState.DELIVERED
    return DeliveryState.FAILED if row.next_attempt_at is None else DeliveryState.PENDING
