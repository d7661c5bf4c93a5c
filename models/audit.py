"""Audit: who read what is sensitive and who wrote what; never what they asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import NotAllowedError, ReleveError
from models.paging import Order, Page, PageRequest, read_page
from models.tables import AuditEventRow

COMMAND = "command"
"""The actor of what someone did on the command line."""
ERASED = "erased"
"""Stands for a person who was erased."""
# People write these; they have no place in a log that others read.
FREE_TEXT = frozenset({"question", "query", "draft", "text", "message", "title", "body", "note", "comment"})
DETAIL_LENGTH = 200

Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done: who, what, on what."""

    at: datetime
    actor: str
    """`person:ID`, `key:ID`, `local` or `command`."""
    action: str
    """A thing and a verb: `person.exported`, `keys.created`."""
    target: str | None = None
    """A kind and an id: `person:ID` (see about_person), `document:ID`, `key:ID`."""
    on_behalf_of: str | None = None
    """Id of the person a key acted for."""
    details: Mapping[str, Detail] = field(default_factory=dict)
    """Ids, counts and choices; never text that someone wrote."""
    request_id: str | None = None


def about_person(person_id: str) -> str:
    """Return what the log calls a person, as actor and as target."""
    return f"person:{person_id}"


def record_event(session: Session, event: AuditEvent) -> None:
    """Write an event down, in the transaction of what it tells.

    Raises:
        ReleveError: a detail is text that someone wrote, which the log must not hold.
    """
    for name, value in event.details.items():
        if name in FREE_TEXT or (isinstance(value, str) and len(value) > DETAIL_LENGTH):
            message = f"The audit log takes no text that people write, as '{name}' of '{event.action}' is; leave it out"
            raise ReleveError(message)
    session.add(
        AuditEventRow(
            at=event.at,
            actor=event.actor,
            action=event.action,
            target=event.target,
            on_behalf_of=event.on_behalf_of,
            details=dict(event.details),
            request_id=event.request_id,
        )
    )
    session.flush()


def list_events(session: Session, page: PageRequest) -> Page[AuditEvent]:
    """Return what was done, newest first; for administrators alone, which the edge checks."""
    statement = select(AuditEventRow)
    return read_page(session, statement, Order([AuditEventRow.id], descending=True), page).map(
        lambda row: _event_of(row[0])
    )


def list_events_about(
    session: Session, viewer: Viewer, page: PageRequest, thing: str | None = None
) -> Page[AuditEvent]:
    """Return who read what about the viewer or acted for them, newest first; without details, which may name others.

    Args:
        thing: only what was done to the viewer about this: "succession" for `succession.person_viewed`.

    Raises:
        NotAllowedError: the viewer is nobody in particular.
    """
    if viewer.person_id is None:
        message = "Only a person may read what was done about them; sign in, or act for one"
        raise NotAllowedError(message)
    done_to = AuditEventRow.target == about_person(viewer.person_id)
    if thing is None:
        statement = select(AuditEventRow).where(or_(done_to, AuditEventRow.on_behalf_of == viewer.person_id))
    else:
        statement = select(AuditEventRow).where(done_to, AuditEventRow.action.startswith(f"{thing}.", autoescape=True))
    return read_page(session, statement, Order([AuditEventRow.id], descending=True), page).map(
        lambda row: _event_of(row[0], details=False)
    )


def _event_of(row: AuditEventRow, *, details: bool = True) -> AuditEvent:
    return AuditEvent(
        row.at,
        row.actor,
        row.action,
        row.target,
        row.on_behalf_of,
        row.details if details else {},
        row.request_id if details else None,
    )
