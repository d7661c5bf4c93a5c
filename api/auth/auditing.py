"""Auditing: what the edges write down of sensitive reads and of every write."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request
from sqlalchemy.orm import Session

from api.callers import Caller
from api.request_ids import request_id_of
from models.audit import AuditEvent, Detail, record_event
from models.tables import ID_LENGTH


def audit(
    session: Session, caller: Caller, request: Request, action: str, target: str | None, **details: Detail
) -> None:
    """Write down what a caller does, in the transaction that does it.

    Args:
        action: a thing and a verb: `person.exported`, `feedback.given`.
        target: a kind and an id: `models.audit.about_person(id)` for a person, who then sees it; `document:ID`.
        details: ids, counts and choices; never the text of a question or a message.
    """
    acted_for = caller.viewer.person_id if caller.key_id is not None else None
    target = target[:ID_LENGTH] if target else None
    record_event(
        session, AuditEvent(datetime.now(UTC), caller.actor, action, target, acted_for, details, request_id_of(request))
    )
