"""Schemas of the risk that units lose areas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.schemas import AnyId
from api.succession_words import say_prefilled
from api.wording import Wording
from models.records import Cleaned
from models.risk_scores import NOTE_LENGTH, RiskScore
from recommender.succession.risk import Dimension, Level, RiskLine

Answer = Literal[1, 3, 5]


class PrefilledOut(BaseModel):
    """An answer from the evidence, with what it comes from."""

    score: int = Field(description="1, 3 or 5.")
    holders: int = Field(description="How many of the unit hold the area.")
    elsewhere: int = Field(description="How many others hold it, outside the unit.")
    truck_factor: int
    first_share: float = Field(description="Of what they have of it, the part of the one who has most.")
    documented_ratio: float
    reasons: list[str] = Field(description="In the language of the request.")


class RiskOut(BaseModel):
    """The risk that a unit loses an area."""

    area_id: str
    label_fr: str
    label_en: str
    unit_id: str
    unit: str
    total: int = Field(description="Sum of the five answers, 5 to 25.")
    level: Level = Field(description="high from 20, medium from 13.")
    complete: bool = Field(description="Whether a manager answered; if not, total and level are provisional.")
    due_again: bool = Field(description="Whether the last answers are a year old or older.")
    scores: dict[Dimension, int] = Field(description="The manager's answers; empty before they gave any.")
    prefilled: dict[Dimension, PrefilledOut]
    scored_at: datetime | None
    scored_by: str | None = Field(description="Id of who scored.")
    note: str


class RisksOut(BaseModel):
    """The risks of the units planned for, highest first."""

    risks: list[RiskOut]


class RiskScoreIn(BaseModel):
    """A manager's answers for an area and a unit."""

    area_id: AnyId = Field(examples=["area:12"])
    unit_id: AnyId
    role_criticality: Answer
    knowledge_concentration: Answer
    tacit_depth: Answer
    system_risk: Answer
    replacement_difficulty: Answer
    note: Annotated[str, StringConstraints(max_length=NOTE_LENGTH), Cleaned] = ""


class RiskScoreOut(BaseModel):
    """A manager's answers as they were given."""

    id: int
    area_id: str
    unit_id: str
    role_criticality: int
    knowledge_concentration: int
    tacit_depth: int
    system_risk: int
    replacement_difficulty: int
    note: str
    scored_at: datetime
    scored_by: str | None


def risk_out(line: RiskLine, say: Wording) -> RiskOut:
    """Return a risk in its JSON shape."""
    return RiskOut(
        area_id=line.area.id,
        label_fr=line.area.label_fr,
        label_en=line.area.label_en,
        unit_id=line.unit_id,
        unit=line.unit,
        total=line.total,
        level=line.level,
        complete=line.complete,
        due_again=line.due_again,
        scores=dict(line.scores),
        prefilled={
            dimension: PrefilledOut(
                score=answer.score,
                holders=answer.reason.holders,
                elsewhere=answer.reason.elsewhere,
                truck_factor=answer.reason.truck_factor,
                first_share=round(answer.reason.first_share, 4),
                documented_ratio=round(answer.reason.documented_ratio, 4),
                reasons=say_prefilled(say, dimension, answer),
            )
            for dimension, answer in line.prefilled.items()
        },
        scored_at=line.scored_at,
        scored_by=line.scored_by,
        note=line.note,
    )


def risk_score_out(score: RiskScore) -> RiskScoreOut:
    """Return answers in their JSON shape."""
    return RiskScoreOut(
        id=score.id,
        area_id=score.area_id,
        unit_id=score.unit_id,
        role_criticality=score.role_criticality,
        knowledge_concentration=score.knowledge_concentration,
        tacit_depth=score.tacit_depth,
        system_risk=score.system_risk,
        replacement_difficulty=score.replacement_difficulty,
        note=score.note,
        scored_at=score.scored_at,
        scored_by=score.scored_by,
    )
