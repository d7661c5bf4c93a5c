"""Reads of what speaks for a person, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import String, cast, func, literal
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_evidence
from models.paging import Order, Page, PageRequest, read_page
from models.queries.documents import Evidence, evidence_columns
from models.tables import AssociationRow, UtcDateTime

_UNDATED: Final = datetime(1, 1, 1, tzinfo=UTC)


def list_evidence_of(
    session: Session, viewer: Viewer, today: date, person_id: str, page: PageRequest
) -> Page[Evidence]:
    """Return what the viewer may read of a person's associations, newest first; those without a date at the end."""
    statement = evidence_columns().where(AssociationRow.person_id == person_id, may_be_evidence(viewer, today))
    moment = func.coalesce(AssociationRow.created_at, literal(_UNDATED, UtcDateTime()), type_=UtcDateTime())
    role = cast(AssociationRow.role, String).label("role_name")
    order = Order((moment, AssociationRow.document_id, role), descending=True)
    return read_page(session, statement, order, page).map(lambda row: Evidence(*list(row)[:11]))
