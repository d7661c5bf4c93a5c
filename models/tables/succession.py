"""Succession: what the organisation switched on, risks as managers scored them, transfer plans and their steps."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.row import Row, stored_as_text


class DepartureVisibility(StrEnum):
    """What managers are shown of departures in their units, beyond what is announced to everyone."""

    ANNOUNCED = "announced"
    """Nothing: only what is announced to everyone."""
    HR_ANNOUNCED = "hr_announced"
    """Also what HR declared, by name."""
    DECLARED = "declared"
    """Every declaration, by name."""
    BANDS = "bands"
    """How many leave in a span of years, in groups of so many people at least; no name that is not announced."""


class PlanStatus(StrEnum):
    """Where a transfer plan is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class StepKind(StrEnum):
    """Known ways of passing knowledge on."""

    OBSERVATION = "observation"
    MENTORING = "mentoring"
    RECORDED_TALK = "recorded_talk"
    WRITTEN_PRACTICE = "written_practice"
    COMMUNITY_SESSION = "community_session"
    CO_ANSWERING = "co_answering"
    TRANSFER_PROJECT = "transfer_project"


class StepStatus(StrEnum):
    """Where a step is."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


class PairStance(StrEnum):
    """What a manager decided about a person as the successor for an area."""

    PINNED = "pinned"
    FORBIDDEN = "forbidden"


class SuccessionPolicyRow(Row):
    """What the organisation decided about succession views: one row, absent until first decided; off by default."""

    __tablename__ = "succession_policy"
    id: Mapped[int] = mapped_column(primary_key=True)
    """Always 1."""
    enabled: Mapped[bool] = mapped_column(default=False)
    departures: Mapped[DepartureVisibility] = mapped_column(
        stored_as_text(DepartureVisibility), default=DepartureVisibility.ANNOUNCED
    )
    smallest_group: Mapped[int] = mapped_column(default=5)
    """Fewest people of a group of whom a number is shown."""
    notice_fr: Mapped[str] = mapped_column(Text)
    """What people are told, on their own page and on the privacy page."""
    notice_en: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]


class RiskScoreRow(Row):
    """A score of the risk that an area is lost to a unit; rows are never changed, the newest stands."""

    __tablename__ = "risk_scores"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    scored_at: Mapped[datetime]
    scored_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    role_criticality: Mapped[int]
    """Each dimension is 1, 3 or 5."""
    knowledge_concentration: Mapped[int]
    tacit_depth: Mapped[int]
    system_risk: Mapped[int]
    replacement_difficulty: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_risk_scores_area_id_unit_id", "area_id", "unit_id"),)


class PairDecisionRow(Row):
    """A manager pinned or forbade a successor for what someone leaves in an area."""

    __tablename__ = "pair_decisions"
    leaver_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    stance: Mapped[PairStance] = mapped_column(stored_as_text(PairStance))
    decided_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)


class TransferPlanRow(Row):
    """How what one person knows passes on before they leave."""

    __tablename__ = "transfer_plans"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """Whose knowledge passes on."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    status: Mapped[PlanStatus] = mapped_column(stored_as_text(PlanStatus), default=PlanStatus.DRAFT)
    due_on: Mapped[date]
    """The day by which everything has passed on."""
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TransferStepRow(Row):
    """One step of a transfer plan."""

    __tablename__ = "transfer_steps"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("transfer_plans.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StepKind] = mapped_column(stored_as_text(StepKind))
    title: Mapped[str] = mapped_column(Text)
    area_id: Mapped[str | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    """The practice, recording or page that came of it, where someone named it."""
    starts_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[StepStatus] = mapped_column(stored_as_text(StepStatus), default=StepStatus.PROPOSED)
    note: Mapped[str] = mapped_column(Text, default="")
    completed_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StepReminderRow(Row):
    """A reminder that was given, so that they stay few."""

    __tablename__ = "step_reminders"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("transfer_steps.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_step_reminders_person_id_at", "person_id", "at"),)
