"""Schemas of the steps proposed for a transfer plan."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.plan_words import reasons_why
from api.schemas_plans import StepIn
from api.schemas_transfers import TransferItemOut, transfer_item_out
from api.wording import Wording
from recommender.succession.planning_steps import ProposedStep


class StepReasonOut(BaseModel):
    """Why a step is proposed."""

    item: TransferItemOut = Field(description="What it passes on, with the evidence.")
    why: str | None = Field(description="Why this kind of step; in the language of the request.")


class ProposedStepOut(StepIn):
    """A step that a plan could begin with: what `POST /v1/succession/plans` takes, and why."""

    reasons: list[StepReasonOut]


class ProposedStepsOut(BaseModel):
    """The steps that a plan could begin with, by their first day."""

    steps: list[ProposedStepOut]


def proposed_step_out(step: ProposedStep, say: Wording) -> ProposedStepOut:
    """Return a proposed step in its JSON shape."""
    words = reasons_why(say)
    return ProposedStepOut(
        kind=step.kind,
        starts_on=step.starts_on,
        due_on=step.due_on,
        title=step.title,
        area_id=step.area_id,
        successor_id=step.successor_id,
        document_id=step.document_id,
        note=step.note,
        reasons=[
            StepReasonOut(item=transfer_item_out(reason.item, say), why=words[reason.why] if reason.why else None)
            for reason in step.reasons
        ],
    )
