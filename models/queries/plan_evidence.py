"""Reads of what people did lately, in areas and with documents, that may show how steps of a plan went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_evidence, may_credit_area
from models.records import DocumentKind, Role
from models.tables import AreaDocumentRow, AssociationRow, DocumentRow


@dataclass(frozen=True, slots=True)
class Deed:
    """What someone did with a document on a day."""

    document_id: str
    person_id: str
    kind: DocumentKind
    thread_id: str | None
    at: datetime
    area_id: str | None = None
    """The area it was found by; None where it was looked up by its id."""


def read_deeds_in_areas(
    session: Session,
    viewer: Viewer,
    days: tuple[date, date],
    area_ids: Collection[str],
    person_ids: Collection[str],
) -> list[Deed]:
    """Return what these people did in these areas between two days, the last being today, newest first.

    Only what the viewer may read and what may speak for these people: asking is no sign of knowing.
    """
    statement = (
        _deeds(days, person_ids)
        .add_columns(AreaDocumentRow.area_id)
        .join(AreaDocumentRow, AreaDocumentRow.document_id == AssociationRow.document_id)
        .where(AreaDocumentRow.area_id.in_(sorted(area_ids)), may_credit_area(viewer, days[1]))
    )
    return [Deed(*row) for row in session.execute(statement)]


def read_deeds_with(
    session: Session,
    viewer: Viewer,
    days: tuple[date, date],
    document_ids: Collection[str],
    person_ids: Collection[str],
) -> list[Deed]:
    """Return what these people did with these documents between two days, the last being today, newest first."""
    shown = and_(may_be_evidence(viewer, days[1]), AssociationRow.role != Role.ASKED)
    statement = _deeds(days, person_ids).where(DocumentRow.id.in_(sorted(document_ids)), shown)
    return [Deed(*row) for row in session.execute(statement)]


def _deeds(days: tuple[date, date], person_ids: Collection[str]) -> Select[*tuple[Any, ...]]:
    at: ColumnElement[datetime] = func.coalesce(AssociationRow.created_at, DocumentRow.created_at)
    first, last = datetime.combine(days[0], time.min, UTC), datetime.combine(days[1], time.max, UTC)
    return (
        select(AssociationRow.document_id, AssociationRow.person_id, DocumentRow.kind, DocumentRow.thread_id, at)
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(AssociationRow.person_id.in_(sorted(person_ids)), at >= first, at <= last)
        .order_by(at.desc(), AssociationRow.document_id, AssociationRow.person_id)
    )
