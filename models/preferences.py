"""Preferences: what each person decides about being suggested. Only they change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_read_document
from models.errors import NotAllowedError, NotFoundError
from models.rows import upsert
from models.tables import DocumentRow, HiddenDocumentRow, PreferenceRow


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's choices; the defaults are those of someone who has chosen nothing."""

    visible_as_expert: bool = True
    capacity_per_week: int | None = None
    """Questions accepted per week; None for no limit."""
    paused_until: date | None = None
    hidden_documents: tuple[str, ...] = ()


def require_self(viewer: Viewer, person_id: str) -> None:
    """Raise NotAllowedError unless the viewer is that person."""
    if viewer.person_id != person_id:
        message = f"Only {person_id} may read or change the preferences of {person_id}; act as that person with --as"
        raise NotAllowedError(message)


def read_preferences(session: Session, viewer: Viewer, person_id: str) -> Preferences:
    """Return a person's own preferences."""
    require_self(viewer, person_id)
    hidden = session.scalars(
        select(HiddenDocumentRow.document_id)
        .where(HiddenDocumentRow.person_id == person_id)
        .order_by(HiddenDocumentRow.document_id)
    )
    row = session.get(PreferenceRow, person_id)
    if row is None:
        return Preferences(hidden_documents=tuple(hidden))
    return Preferences(row.visible_as_expert, row.capacity_per_week, row.paused_until, tuple(hidden))


def change_preferences(session: Session, viewer: Viewer, person_id: str, changes: Mapping[str, Any]) -> None:
    """Change some of a person's own preferences; keys are the columns of PreferenceRow."""
    current = read_preferences(session, viewer, person_id)
    values = {
        "visible_as_expert": current.visible_as_expert,
        "capacity_per_week": current.capacity_per_week,
        "paused_until": current.paused_until,
    }
    upsert(session, PreferenceRow, [{**values, **changes, "person_id": person_id}])


def hide_document(session: Session, viewer: Viewer, today: date, person_id: str, document_id: str) -> None:
    """Stop using a document as evidence about the person.

    Raises:
        NotFoundError: the person may not read such a document.
    """
    require_self(viewer, person_id)
    readable = select(DocumentRow.id).where(DocumentRow.id == document_id, may_read_document(viewer, today))
    if session.scalars(readable).first() is None:
        message = f"No document '{document_id}' that you may read; see the ids with: releve person ID --as ID"
        raise NotFoundError(message)
    upsert(session, HiddenDocumentRow, [{"person_id": person_id, "document_id": document_id}])


def show_document(session: Session, viewer: Viewer, person_id: str, document_id: str) -> None:
    """Use a hidden document as evidence again."""
    require_self(viewer, person_id)
    session.execute(
        delete(HiddenDocumentRow).where(
            HiddenDocumentRow.person_id == person_id, HiddenDocumentRow.document_id == document_id
        )
    )
