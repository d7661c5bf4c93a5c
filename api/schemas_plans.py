"""Schemas of transfer plans and their steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.schemas import AnyId, PersonOut, person_out
from api.schemas_transfers import EvidenceRefOut, evidence_ref_out
from models.queries.plan_shapes import Plan, PlanPart, Step, WarningKind
from models.records import Cleaned
from models.tables import PlanStatus, StepKind, StepStatus
from models.transfer_plans import NewPlan
from models.transfer_steps import NOTE_LENGTH, TITLE_LENGTH, NewStep
from recommender.succession.progress import StepEvidence

MOST_STEPS_AT_ONCE: Final = 50

Note = Annotated[str, StringConstraints(max_length=NOTE_LENGTH), Cleaned]
Title = Annotated[str, StringConstraints(max_length=TITLE_LENGTH), Cleaned]


class StepIn(BaseModel):
    """A step to be added to a plan."""

    kind: StepKind = Field(examples=["mentoring"])
    starts_on: date
    due_on: date
    title: Title = Field("", description="May be empty where kind, area and document say enough.")
    area_id: AnyId | None = None
    successor_id: AnyId | None = Field(None, description="Who takes it over.")
    document_id: AnyId | None = Field(None, description="The practice, recording or page that it is about.")
    note: Note = ""


class PlanIn(BaseModel):
    """A plan to be made, as a draft."""

    person_id: AnyId = Field(description="Whose knowledge passes on: someone you plan for.", examples=["people:1001"])
    due_on: date = Field(description="The day by which everything has passed on.")
    note: Note = ""
    steps: list[StepIn] = Field(default=[], max_length=MOST_STEPS_AT_ONCE)


class _Changes(BaseModel):
    """What changes; what is absent stays, and what cannot be empty is not null."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def refuse_null(self) -> Self:
        """Refuse null for what cannot be empty."""
        for name in self.model_fields_set:
            if getattr(self, name) is None and not name.endswith("_id"):
                message = f"`{name}` cannot be null; leave it out to keep it"
                raise ValueError(message)
        return self

    def given(self) -> Any:  # noqa: ANN401 - the dictionary that the change takes
        """Return what was given."""
        return self.model_dump(exclude_unset=True)


class PlanChangesIn(_Changes):
    """What changes in a plan."""

    status: PlanStatus | None = Field(None, examples=["active"])
    due_on: date | None = None
    note: Note | None = None


class OwnStepChangesIn(_Changes):
    """What someone says of how a step of theirs goes."""

    status: StepStatus | None = Field(None, examples=["planned"])
    note: Note | None = None


class StepChangesIn(OwnStepChangesIn):
    """What changes in a step; null takes its area, successor or document away."""

    kind: StepKind | None = None
    title: Title | None = None
    area_id: AnyId | None = None
    successor_id: AnyId | None = None
    document_id: AnyId | None = None
    starts_on: date | None = None
    due_on: date | None = None


class StepOut(BaseModel):
    """One step of a plan."""

    id: int
    kind: StepKind
    title: str
    area_id: str | None
    label_fr: str | None
    label_en: str | None
    successor: PersonOut | None
    document_id: str | None
    document_title: str | None
    starts_on: date
    due_on: date
    status: StepStatus
    note: str
    completed_on: date | None
    updated_at: datetime


class PlanWarningOut(BaseModel):
    """Something worth knowing of a plan; it forbids nothing."""

    kind: WarningKind
    leaves_on: date


class PlanOut(BaseModel):
    """How what one person knows passes on, as the caller may see it."""

    id: int
    person: PersonOut
    part: PlanPart = Field(description="What the caller is to it.")
    status: PlanStatus
    due_on: date | None = Field(description="Null for successors, whom it might tell when someone leaves.")
    note: str
    steps: list[StepOut] = Field(description="By their first day; for successors their own alone.")
    warnings: list[PlanWarningOut]
    created_at: datetime
    updated_at: datetime


class StepEvidenceOut(BaseModel):
    """What shows how a step went."""

    step_id: int
    documents: list[EvidenceRefOut] = Field(description="The newest, each of which the caller may open.")
    found: int
    done: bool = Field(description="Whether it looks done; it is when people say so.")


class PlanEvidenceOut(BaseModel):
    """What shows how each step of a plan went."""

    steps: list[StepEvidenceOut]


class OwnPlansOut(BaseModel):
    """The plans that concern the caller."""

    plans: list[PlanOut]


def new_plan(asked: PlanIn) -> NewPlan:
    """Return a plan to be made."""
    return NewPlan(asked.person_id, asked.due_on, asked.note, [new_step(step) for step in asked.steps])


def new_step(asked: StepIn) -> NewStep:
    """Return a step to be added."""
    return NewStep(**asked.model_dump())


def plan_out(plan: Plan) -> PlanOut:
    """Return a plan in its JSON shape."""
    return PlanOut(
        id=plan.id,
        person=person_out(plan.person),
        part=plan.part,
        status=plan.status,
        due_on=plan.due_on,
        note=plan.note,
        steps=[step_out(step) for step in plan.steps],
        warnings=[PlanWarningOut(kind=warning.kind, leaves_on=warning.leaves_on) for warning in plan.warnings],
        created_at=plan.created_at,
        updated_at=plan.updated_at,
    )


def step_out(step: Step) -> StepOut:
    """Return a step in its JSON shape."""
    return StepOut(
        id=step.id,
        kind=step.kind,
        title=step.title,
        area_id=step.area.id if step.area else None,
        label_fr=step.area.label_fr if step.area else None,
        label_en=step.area.label_en if step.area else None,
        successor=person_out(step.successor) if step.successor else None,
        document_id=step.document.id if step.document else None,
        document_title=step.document.title if step.document else None,
        starts_on=step.starts_on,
        due_on=step.due_on,
        status=step.status,
        note=step.note,
        completed_on=step.completed_on,
        updated_at=step.updated_at,
    )


def step_evidence_out(found: StepEvidence) -> StepEvidenceOut:
    """Return what shows how a step went in its JSON shape."""
    return StepEvidenceOut(
        step_id=found.step_id,
        documents=[evidence_ref_out(document) for document in found.documents],
        found=found.found,
        done=found.done,
    )
