"""Announcing: what endpoints and pages call, in the transaction of what happened, so that webhooks are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from models.solicitations import Solicitation
from models.tables import Outcome
from models.webhooks import WebhookEvent, emit


def announce(session: Session, event: WebhookEvent, payload: Mapping[str, Any]) -> None:
    """Tell webhooks of an event; it is sent after the transaction is committed, and never if it is undone."""
    emit(session, event, payload, datetime.now(UTC))


def announce_solicitation(session: Session, solicitation: Solicitation) -> None:
    """Tell webhooks that someone was asked, or what came of it: who and when, never what one wrote to the other."""
    asked = {
        "id": solicitation.id,
        "asker_id": solicitation.asker_id,
        "expert_id": solicitation.expert_id,
        "asked_at": solicitation.asked_at.isoformat(),
    }
    if solicitation.outcome is Outcome.PENDING or solicitation.settled_at is None:
        announce(session, WebhookEvent.SOLICITATION_CREATED, asked)
    else:
        settled = {"outcome": solicitation.outcome.value, "settled_at": solicitation.settled_at.isoformat()}
        announce(session, WebhookEvent.SOLICITATION_SETTLED, asked | settled)
