"""What speaks for people in areas: each document once, by the weightiest part they had in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from models.access import Viewer, may_credit_area, may_show_area
from models.records import Role
from models.tables import (
    AreaDocumentRow,
    AreaRow,
    AreaStatementRow,
    AssociationRow,
    DocumentRow,
    PersonRow,
    Stance,
)

# What a part in a document says of knowing its area, beside having written it.
ROLE_SHARES: Final[Mapping[Role, float]] = {Role.REVIEWED: 0.8, Role.EDITED: 0.4, Role.ENDORSED: 0.4}
# This many documents squarely in an area give a strength of a half.
HALF_STRENGTH: Final = 3.0
# The trend compares the documents of the last year with those of the year before.
TREND_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Trend:
    """How many documents the last TREND_DAYS days brought, and the as many days before."""

    recent: int
    earlier: int


@dataclass(frozen=True, slots=True)
class AreaEvidence:
    """What speaks for a person in an area."""

    strength: float
    """In [0, 1): a half for HALF_STRENGTH documents squarely in it."""
    documents: int
    latest: datetime | None
    trend: Trend


NO_EVIDENCE: Final = AreaEvidence(0.0, 0, None, Trend(0, 0))


def select_points(viewer: Viewer, today: date, condition: ColumnElement[bool]) -> Subquery:
    """Select, for each area, person and document, what the person's weightiest part in it adds."""
    role = case(*((AssociationRow.role == role, share) for role, share in ROLE_SHARES.items()), else_=1.0)
    return (
        select(
            AreaDocumentRow.area_id,
            AssociationRow.person_id,
            AssociationRow.document_id,
            func.max(role * AssociationRow.weight * AreaDocumentRow.strength).label("points"),
            func.max(func.coalesce(AssociationRow.created_at, DocumentRow.created_at)).label("at"),
        )
        .join(AreaDocumentRow, AreaDocumentRow.document_id == AssociationRow.document_id)
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(condition, may_credit_area(viewer, today))
        .group_by(AreaDocumentRow.area_id, AssociationRow.person_id, AssociationRow.document_id)
        .subquery()
    )


def evidence_columns(points: Subquery, key: ColumnElement[str], today: date) -> Select[*tuple[Any, ...]]:
    """Select a key, and the columns that _evidence reads."""
    end = datetime.combine(today, time.max, UTC)
    recent, earlier = end - timedelta(days=TREND_DAYS), end - timedelta(days=2 * TREND_DAYS)
    return select(
        key,
        func.sum(points.c.points),
        func.count(),
        func.max(points.c.at),
        func.sum(case((and_(points.c.at > recent, points.c.at <= end), 1), else_=0)),
        func.sum(case((and_(points.c.at > earlier, points.c.at <= recent), 1), else_=0)),
    ).group_by(key)


def evidence_of(row: Sequence[Any]) -> AreaEvidence:
    """Return what evidence_columns selected."""
    _, points, documents, latest, recent, earlier = row
    return AreaEvidence(points / (points + HALF_STRENGTH), documents, latest, Trend(recent, earlier))


def holds_area(area_id: str, viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Filter people to those who know an area, or the one it was merged into.

    By what the viewer may read, or by their own word.
    """
    area = select(func.coalesce(AreaRow.merged_into, AreaRow.id)).where(AreaRow.id == area_id).scalar_subquery()
    shows = (
        select(AssociationRow.person_id)
        .join(AreaDocumentRow, AreaDocumentRow.document_id == AssociationRow.document_id)
        .join(DocumentRow, DocumentRow.id == AssociationRow.document_id)
        .where(AreaDocumentRow.area_id == area, may_credit_area(viewer, today))
    )
    statement = aliased(AreaStatementRow)
    says = exists().where(
        statement.person_id == PersonRow.id, statement.area_id == area, statement.stance == Stance.KNOWS
    )
    shown = exists().where(AreaRow.id == area, may_show_area())
    return and_(shown, or_(PersonRow.id.in_(shows), says))
