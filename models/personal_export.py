"""Personal export: everything the store holds about a person, for that person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_read_document
from models.errors import NotAllowedError
from models.rows import table_of
from models.tables import (
    AreaStatementRow,
    AssociationRow,
    AuditEventRow,
    CommunityRequestRow,
    DepartureRow,
    DocumentRow,
    EndorsementRequestRow,
    FeedbackRow,
    HiddenDocumentRow,
    IdentityRow,
    LocalMembershipRow,
    MembershipRow,
    PairDecisionRow,
    PersonRow,
    PreferenceRow,
    RiskScoreRow,
    RoleGrantRow,
    Row,
    SolicitationRow,
    SpaceRow,
    StepReminderRow,
    TransferPlanRow,
    TransferStepRow,
)

JSON = dict[str, Any] | list[Any] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of a table that concern a person through one of its columns."""

    name: str
    row: type[Row]
    person: str
    omitted: frozenset[str] = frozenset()
    """Columns that are someone else's."""


# Every column that refers to a person has its section; a test compares them with the tables.
SECTIONS: Final = (
    Section("area_statements", AreaStatementRow, "person_id"),
    Section("associations", AssociationRow, "person_id"),
    Section("community_requests", CommunityRequestRow, "person_id"),
    Section("departures", DepartureRow, "person_id"),
    Section("endorsements_asked_of_me", EndorsementRequestRow, "asked_id"),
    Section("endorsements_asked_by_me", EndorsementRequestRow, "person_id"),
    Section("feedback_given", FeedbackRow, "giver_id"),
    Section("feedback_received", FeedbackRow, "person_id", frozenset({"giver_id"})),
    Section("hidden_documents", HiddenDocumentRow, "person_id"),
    Section("identities", IdentityRow, "person_id"),
    Section("local_memberships", LocalMembershipRow, "person_id"),
    Section("memberships", MembershipRow, "person_id"),
    Section("pair_decisions_about_me", PairDecisionRow, "leaver_id", frozenset({"successor_id", "decided_by"})),
    Section("pair_decisions_as_successor", PairDecisionRow, "successor_id", frozenset({"leaver_id", "decided_by"})),
    Section("pair_decisions_made", PairDecisionRow, "decided_by", frozenset({"leaver_id", "successor_id"})),
    Section("preferences", PreferenceRow, "person_id"),
    Section("risk_scores_given", RiskScoreRow, "scored_by"),
    Section("roles", RoleGrantRow, "person_id"),
    Section("solicitations_received", SolicitationRow, "expert_id"),
    Section("solicitations_sent", SolicitationRow, "asker_id"),
    Section("spaces", SpaceRow, "owner_id"),
    Section("step_reminders", StepReminderRow, "person_id"),
    Section("transfer_plans_about_me", TransferPlanRow, "person_id", frozenset({"created_by"})),
    Section("transfer_plans_made", TransferPlanRow, "created_by", frozenset({"person_id"})),
    Section("transfer_steps", TransferStepRow, "successor_id"),
)


def export_person(session: Session, viewer: Viewer, today: date, person_id: str) -> dict[str, JSON]:
    """Return everything stored about the viewer, as JSON can hold it.

    Returns:
        `person`, one list of rows for each section, `documents` (those linked to them that they may read, with the
        text) and `audit_events` (what they did; and what was done about them, without who did it).

    Raises:
        NotAllowedError: the viewer is someone else.
    """
    person = session.get(PersonRow, person_id) if viewer.person_id == person_id else None
    if person is None:
        message = f"Only '{person_id}' may export what is stored about '{person_id}'"
        raise NotAllowedError(message)
    exported: dict[str, JSON] = {"person": _as_json(person)}
    for section in SECTIONS:
        exported[section.name] = _rows_of(session, section, person_id)
    exported["documents"] = _documents_of(session, viewer, today)
    exported["audit_events"] = _audit_events_of(session, person_id)
    return exported


def _rows_of(session: Session, section: Section, person_id: str) -> list[Any]:
    table = table_of(section.row)
    statement = (
        select(section.row).where(table.columns[section.person] == person_id).order_by(*table.primary_key.columns)
    )
    return [_as_json(row, section.omitted) for row in session.scalars(statement)]


def _documents_of(session: Session, viewer: Viewer, today: date) -> list[Any]:
    linked = select(AssociationRow.document_id).where(AssociationRow.person_id == viewer.person_id)
    statement = (
        select(DocumentRow).where(DocumentRow.id.in_(linked), may_read_document(viewer, today)).order_by(DocumentRow.id)
    )
    return [_as_json(row, {"content_hash", "revision", "deleted_at"}) for row in session.scalars(statement)]


def _audit_events_of(session: Session, person_id: str) -> list[Any]:
    names = (person_id, f"person:{person_id}")
    statement = (
        select(AuditEventRow)
        .where(
            or_(
                AuditEventRow.actor.in_(names),
                AuditEventRow.on_behalf_of.in_(names),
                AuditEventRow.target.in_(names),
            )
        )
        .order_by(AuditEventRow.id)
    )
    others = {"actor", "on_behalf_of", "details", "request_id"}
    return [
        _as_json(row, () if row.actor in names or row.on_behalf_of in names else others)
        for row in session.scalars(statement)
    ]


def _as_json(row: Row, omitted: Collection[str] = ()) -> dict[str, Any]:
    """Return a row's columns by name, dates in ISO 8601."""
    names = sorted(column.name for column in table_of(type(row)).columns)
    return {name: _plain(getattr(row, name)) for name in names if name not in omitted}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value
