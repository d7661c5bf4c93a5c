"""Webhooks: addresses told of what happens, and the deliveries written in the transaction of each event."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.errors import InvalidInputError, NotFoundError
from models.tables import DeliveryRow, WebhookRow

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how Standard Webhooks marks a secret, not one
_SECRET_BYTES: Final = 32


class WebhookEvent(StrEnum):
    """What webhooks are told of."""

    SOLICITATION_CREATED = "solicitation.created"
    SOLICITATION_SETTLED = "solicitation.settled"
    SUGGESTION_CREATED = "suggestion.created"
    TRANSFER_STEP_DUE = "transfer_step.due"
    PING = "ping"
    """Only sent on demand, to try an address."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address told of what happens; its secret is shown once, when it is made."""

    id: str
    url: str
    events: Sequence[WebhookEvent]
    created_at: datetime
    disabled_at: datetime | None


def create_webhook(session: Session, now: datetime, url: str, events: Collection[WebhookEvent]) -> tuple[Webhook, str]:
    """Store a webhook whose address the caller has checked, and return it with its secret.

    Raises:
        InvalidInputError: it is told of nothing.
    """
    wanted = sorted({event for event in events if event is not WebhookEvent.PING})
    if not wanted:
        names = ", ".join(event for event in WebhookEvent if event is not WebhookEvent.PING)
        message = f"A webhook needs at least one event; choose of: {names}"
        raise InvalidInputError(message)
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    row = WebhookRow(
        id=secrets.token_hex(16), url=url, secret=secret, events=[event.value for event in wanted], created_at=now
    )
    session.add(row)
    session.flush()
    return to_webhook(row), secret


def list_webhooks(session: Session) -> list[Webhook]:
    """Return every webhook, oldest first."""
    rows = session.scalars(select(WebhookRow).order_by(WebhookRow.created_at, WebhookRow.id))
    return [to_webhook(row) for row in rows]


def read_webhook(session: Session, webhook_id: str) -> Webhook:
    """Return a webhook.

    Raises:
        NotFoundError: there is none of this id.
    """
    return to_webhook(find_row(session, webhook_id))


def disable_webhook(session: Session, now: datetime, webhook_id: str, reason: str = "the webhook is disabled") -> None:
    """Tell a webhook nothing more; what waits to be sent is given up."""
    find_row(session, webhook_id).disabled_at = now
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.next_attempt_at.is_not(None))
        .values(next_attempt_at=None, last_error=reason)
    )
    session.flush()


def delete_webhook(session: Session, webhook_id: str) -> None:
    """Delete a webhook with its deliveries."""
    session.delete(find_row(session, webhook_id))
    session.flush()


def emit(
    session: Session, event: WebhookEvent, payload: Mapping[str, Any], now: datetime, once: str | None = None
) -> int:
    """Write one delivery for each active webhook that is told of an event; call it in the event's transaction.

    Args:
        session: of the event.
        event: what happened.
        payload: JSON that whoever receives it may know; no text that a person wrote to another.
        now: when it happened.
        once: names the event, so that the same one is never written twice to a webhook.

    Returns:
        How many deliveries were written.
    """
    rows = session.scalars(select(WebhookRow).where(WebhookRow.disabled_at.is_(None)).order_by(WebhookRow.id)).all()
    told = [row for row in rows if event.value in row.events]
    return sum(write_delivery(session, row.id, event, payload, now, once) for row in told)


def emit_to(session: Session, webhook_id: str, event: WebhookEvent, payload: Mapping[str, Any], now: datetime) -> str:
    """Write a delivery for one webhook, whatever it is told of, and return its id."""
    find_row(session, webhook_id)
    delivery = new_delivery(secrets.token_hex(16), webhook_id, event, payload, now)
    session.add(delivery)
    session.flush()
    return delivery.id


def write_delivery(
    session: Session, webhook_id: str, event: WebhookEvent, payload: Mapping[str, Any], now: datetime, once: str | None
) -> bool:
    """Write a delivery unless it was written before, and return whether it was new."""
    name = secrets.token_bytes(16) if once is None else f"{webhook_id}\n{event}\n{once}".encode()
    delivery_id = hashlib.sha256(name).hexdigest()[:32]
    if once is not None and session.get(DeliveryRow, delivery_id) is not None:
        return False
    session.add(new_delivery(delivery_id, webhook_id, event, payload, now))
    session.flush()
    return True


def new_delivery(
    delivery_id: str, webhook_id: str, event: WebhookEvent, payload: Mapping[str, Any], now: datetime
) -> DeliveryRow:
    """Return a delivery to be sent at once, with the body that Standard Webhooks proposes."""
    body = orjson.dumps({"type": event.value, "timestamp": now.isoformat(), "data": dict(payload)}).decode()
    return DeliveryRow(
        id=delivery_id, webhook_id=webhook_id, event=event.value, payload=body, created_at=now, next_attempt_at=now
    )


def find_row(session: Session, webhook_id: str) -> WebhookRow:
    """Return the row of a webhook, or raise NotFoundError."""
    row = session.get(WebhookRow, webhook_id)
    if row is None:
        message = f"No webhook has the id '{webhook_id}'; list them with: releve webhooks list"
        raise NotFoundError(message)
    return row


def to_webhook(row: WebhookRow) -> Webhook:
    """Return a row as a webhook, without its secret."""
    events = tuple(WebhookEvent(event) for event in row.events)
    return Webhook(row.id, row.url, events, row.created_at, row.disabled_at)
