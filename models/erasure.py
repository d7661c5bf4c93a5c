"""Erasure: a person leaves the store for good, and no import brings them back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.access import Viewer
from models.audit import ERASED
from models.document_writing import delete_documents, next_revisions
from models.erased_identities import identity_label, name_label, person_label, remember_erased
from models.errors import NotAllowedError, NotFoundError
from models.person_writing import EMAIL
from models.records import DocumentKind
from models.rows import chunks
from models.tables import (
    ORGANISATION_SPACE,
    AssociationRow,
    AuditEventRow,
    DeliveryRow,
    DocumentRow,
    IdempotencyRow,
    IdentityRow,
    ImportItemRow,
    ImportRow,
    PersonRow,
    SpaceRow,
)


def erase_person(
    session: Session, viewer: Viewer, now: datetime, person_id: str, *, administrator: bool = False
) -> None:
    """Delete a person with all that is theirs alone; what they wrote for the organisation stays without its author.

    All of it is one transaction, the caller's.

    Raises:
        NotAllowedError: the viewer is neither that person nor an administrator.
        NotFoundError: there is no such person.
    """
    if not administrator and viewer.person_id != person_id:
        message = f"Only '{person_id}' or an administrator may erase '{person_id}'"
        raise NotAllowedError(message)
    person = session.get(PersonRow, person_id)
    if person is None:
        message = f"Nobody has the id '{person_id}'; look for them by name"
        raise NotFoundError(message)
    identities = [
        (source, external_id)
        for source, external_id in session.execute(
            select(IdentityRow.source, IdentityRow.external_id).where(IdentityRow.person_id == person_id)
        )
    ]
    labels = [person_label(person_id), *(identity_label(*identity) for identity in identities)]
    if " " in person.name:  # only full names link an author to a person
        labels += [name_label(source, person.name) for source in _sources_naming(session, person_id)]
    remember_erased(session, labels, now)
    traces = [person_id, person.name, *(external_id for source, external_id in identities if source == EMAIL)]
    _empty_own_documents(session, person_id)
    _unlink_documents(session, person_id)
    _forget_in_audit(session, person_id, traces)
    _forget_in_transit(session, person_id, traces)
    session.flush()
    session.expunge(person)
    session.execute(delete(PersonRow).where(PersonRow.id == person_id))
    session.expire_all()


def _sources_naming(session: Session, person_id: str) -> Sequence[str]:
    """Return the sources whose documents are linked to the person: they may have called them by name alone."""
    return session.scalars(
        select(DocumentRow.source)
        .join(AssociationRow, AssociationRow.document_id == DocumentRow.id)
        .where(AssociationRow.person_id == person_id, DocumentRow.kind != DocumentKind.PROFILE)
        .distinct()
    ).all()


def _empty_own_documents(session: Session, person_id: str) -> None:
    """Turn profiles and private documents into tombstones, which the index follows."""
    linked = select(AssociationRow.document_id).where(AssociationRow.person_id == person_id)
    profiles = select(DocumentRow.id).where(DocumentRow.id.in_(linked), DocumentRow.kind == DocumentKind.PROFILE)
    own_spaces = select(SpaceRow.id).where(SpaceRow.owner_id == person_id)
    private = select(DocumentRow.id).where(DocumentRow.space_id.in_(own_spaces))
    delete_documents(session, {*session.scalars(profiles), *session.scalars(private)})
    # The private space goes with the person; a tombstone holds nothing and may lie anywhere.
    session.execute(
        update(DocumentRow)
        .where(DocumentRow.space_id.in_(own_spaces))
        .values(space_id=ORGANISATION_SPACE)
        .execution_options(synchronize_session=False)
    )


def _unlink_documents(session: Session, person_id: str) -> None:
    """Take the person from the documents they had a part in, with a new revision so that the traces follow."""
    ids = session.scalars(
        select(AssociationRow.document_id).where(AssociationRow.person_id == person_id).distinct()
    ).all()
    session.execute(delete(AssociationRow).where(AssociationRow.person_id == person_id))
    for part in chunks(sorted(ids)):
        first = next_revisions(session, len(part))
        session.execute(update(DocumentRow), [{"id": id_, "revision": first + n} for n, id_ in enumerate(part)])


def _forget_in_audit(session: Session, person_id: str, traces: Sequence[str]) -> None:
    """Replace the person by 'erased' in what the audit log keeps."""
    for column in (AuditEventRow.actor, AuditEventRow.on_behalf_of, AuditEventRow.target):
        for prefix in ("", "person:"):
            session.execute(
                update(AuditEventRow)
                .where(column == f"{prefix}{person_id}")
                .values({column: f"{prefix}{ERASED}"})
                .execution_options(synchronize_session=False)
            )
    for event in session.scalars(select(AuditEventRow).where(_mentions(AuditEventRow.details, traces))):
        event.details = _without(event.details, traces)


def _forget_in_transit(session: Session, person_id: str, traces: Sequence[str]) -> None:
    """Drop answers kept for repeated requests, events not yet sent and what imports noted, where they name them."""
    session.execute(delete(ImportItemRow).where(ImportItemRow.item_id == person_id))
    for note in session.scalars(select(ImportRow).where(_mentions(ImportRow.counts, traces))):
        note.counts = _without(note.counts, traces)
    kept_answers = or_(_mentions(IdempotencyRow.body, traces), _mentions(IdempotencyRow.caller, traces))
    for answer in session.scalars(select(IdempotencyRow).where(kept_answers)):
        if _without([answer.caller, answer.body], traces) != [answer.caller, answer.body]:
            session.delete(answer)
    for delivery in session.scalars(select(DeliveryRow).where(_mentions(DeliveryRow.payload, traces))):
        if _without(delivery.payload, traces) != delivery.payload:
            session.delete(delivery)


def _mentions(column: InstrumentedAttribute[Any], traces: Sequence[str]) -> ColumnElement[bool]:
    """Filter to rows that may hold one of these texts, plain or as JSON writes it; `_without` looks closer."""
    spellings = {spelling for trace in traces for spelling in (trace, json.dumps(trace)[1:-1])}
    return or_(*(cast(column, Text).contains(spelling, autoescape=True) for spelling in sorted(spellings)))


def _without(content: Any, traces: Sequence[str]) -> Any:  # noqa: ANN401 - anything JSON can hold
    """Return JSON-like content with 'erased' in place of these texts; a longer id that contains one is left."""
    if isinstance(content, dict):
        return {_without(key, traces): _without(value, traces) for key, value in content.items()}
    if isinstance(content, list):
        return [_without(item, traces) for item in content]
    if not isinstance(content, str):
        return content
    for trace in traces:
        for spelling in (trace, json.dumps(trace)[1:-1]):
            content = re.sub(rf"(?<![\w.-]){re.escape(spelling)}(?![\w-])", ERASED, content)
    return content
