"""Endorsements: a person asks a colleague to stand by a document of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_evidence, may_read_document, may_see_person, require_person
from models.document_writing import store_association
from models.errors import InvalidInputError, NotFoundError
from models.records import AssociationRecord, Role, clean_text
from models.tables import AssociationRow, DocumentRow, EndorsementRequestRow, Outcome, PersonRow


@dataclass(frozen=True, slots=True)
class EndorsementRequest:
    """A colleague asks the viewer to stand by a document."""

    id: int
    person_id: str
    person_name: str
    document_id: str
    document_title: str
    asked_at: datetime


def request_endorsement(session: Session, viewer: Viewer, now: datetime, document_id: str, asked_id: str) -> int:
    """Ask a colleague to stand by a document the viewer had a part in; returns the request's id.

    Raises:
        NotFoundError: no such document of the viewer's, or nobody of that id they may see.
        InvalidInputError: the colleague may not read it, or is the viewer.
    """
    person, asked = require_person(viewer), clean_text(asked_id)
    today = now.date()
    document = clean_text(document_id)
    own = (
        select(AssociationRow.document_id)
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(
            AssociationRow.document_id == document,
            AssociationRow.person_id == person,
            AssociationRow.role != Role.ENDORSED,
            may_be_evidence(viewer, today),
        )
    )
    if session.scalars(own).first() is None:
        message = f"No document '{document_id}' that you may read and had a part in; your own page lists them"
        raise NotFoundError(message)
    if (
        session.scalars(select(PersonRow.id).where(PersonRow.id == asked, may_see_person(viewer, today))).first()
        is None
    ):
        message = f"Nobody you may see has the id '{asked_id}'; look for them by name"
        raise NotFoundError(message)
    readable = select(DocumentRow.id).where(DocumentRow.id == document, may_read_document(Viewer(asked), today))
    if asked == person or session.scalars(readable).first() is None:
        message = f"'{asked_id}' cannot endorse '{document_id}'; ask a colleague who may read it"
        raise InvalidInputError(message)
    key = {"person_id": person, "document_id": document, "asked_id": asked}
    pending = select(EndorsementRequestRow.id).filter_by(**key, outcome=Outcome.PENDING)
    standing = session.scalars(pending).first()
    if standing is not None:
        return standing
    row = EndorsementRequestRow(**key, asked_at=now, outcome=Outcome.PENDING)
    session.add(row)
    session.flush()
    return row.id


def list_endorsement_requests(session: Session, viewer: Viewer, today: date) -> list[EndorsementRequest]:
    """Return what colleagues ask the viewer to stand by and that waits for an answer, oldest first."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            EndorsementRequestRow.id,
            PersonRow.id,
            PersonRow.name,
            DocumentRow.id,
            DocumentRow.title,
            EndorsementRequestRow.asked_at,
        )
        .join(PersonRow, PersonRow.id == EndorsementRequestRow.person_id)
        .join(DocumentRow, DocumentRow.id == EndorsementRequestRow.document_id)
        .where(
            EndorsementRequestRow.asked_id == require_person(viewer),
            EndorsementRequestRow.outcome == Outcome.PENDING,
            may_read_document(viewer, today),
        )
        .order_by(EndorsementRequestRow.asked_at, EndorsementRequestRow.id)
    )
    return [EndorsementRequest(*row) for row in session.execute(statement)]


def settle_endorsement(session: Session, viewer: Viewer, now: datetime, request_id: int, outcome: Outcome) -> None:
    """Answer a request made to the viewer; ANSWERED links them to the document as one who stands by it.

    Raises:
        NotFoundError: no such request waits for the viewer, or they may no longer read the document.
        InvalidInputError: the outcome is neither answered nor declined.
    """
    asked = require_person(viewer)
    if outcome not in (Outcome.ANSWERED, Outcome.DECLINED):
        message = f"A request for endorsement is answered or declined, not {outcome}"
        raise InvalidInputError(message)
    row = session.get(EndorsementRequestRow, request_id)
    if row is None or row.asked_id != asked or row.outcome is not Outcome.PENDING:
        message = f"No request for endorsement {request_id} waits for you; list yours"
        raise NotFoundError(message)
    if outcome is Outcome.ANSWERED:
        readable = select(DocumentRow.id).where(
            DocumentRow.id == row.document_id, may_read_document(viewer, now.date())
        )
        if session.scalars(readable).first() is None:
            message = f"You may no longer read '{row.document_id}'; decline the request"
            raise NotFoundError(message)
        link = AssociationRecord(document=row.document_id[:300], person=asked[:300], role=Role.ENDORSED, at=now)
        store_association(session, link, row.document_id, asked)
    row.outcome, row.settled_at = outcome, now
    session.flush()
