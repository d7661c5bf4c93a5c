"""Risks: how grave losing each area would be for each unit, as scored by its manager, year after year."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Writer
from api.errors import problems
from api.languages import Language
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.clock import Now
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep
from api.schemas import AnyId
from api.schemas_risks import (
    RiskScoreIn,
    RiskScoreOut,
    RisksOut,
    risk_out,
    risk_score_out,
)
from api.wording import wording_in
from models.risk_scores import NewRiskScore, read_risk_history, score_risk
from recommender.succession.risk import list_risks

router = rest_router("/succession/risks", "succession")

Lang = Annotated[Language, Query(description="Language of the reasons.")]


@router.get("", operation_id="listRisks", summary="Knowledge at risk", responses=problems(403, 422))
def list_all(planning: PlanningDep, lang: Lang = Language.FRENCH) -> RisksOut:
    """Return the risk that each unit you plan for loses each area its people hold, highest first.

    Concentration and tacit depth are filled in from the evidence, with the reasons; the rest is yours to answer.
    """
    with planning.reading() as session:
        found = list_risks(session, planning.ground(session), planning.planner, planning.today)
    planning.note(PlanningEvent.VIEWED, view="risks")
    return RisksOut(risks=[risk_out(line, wording_in(lang)) for line in found])


@router.get(
    "/history",
    operation_id="listRiskScores",
    summary="How a risk was scored over the years",
    responses=problems(403, 404, 422),
)
def list_scores(
    planning: PlanningDep,
    area_id: Annotated[AnyId, Query(description="Id of the area.")],
    unit_id: Annotated[AnyId, Query(description="Id of the unit.")],
) -> list[RiskScoreOut]:
    """Return the answers given for an area and a unit, newest first."""
    with planning.reading() as session:
        found = read_risk_history(session, planning.planner, area_id, unit_id)
    planning.note(PlanningEvent.VIEWED, view="risk_history")
    return [risk_score_out(score) for score in found]


@router.post(
    "/scores",
    operation_id="scoreRisk",
    summary="Score a risk",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
def score(planning: PlanningDep, caller: Writer, answers: RiskScoreIn, now: Now, once: OnceDep) -> RiskScoreOut:
    """Answer the rubric for an area and a unit you plan for; earlier answers are kept."""

    def write(session: Session) -> RiskScoreOut:
        made = score_risk(session, planning.planner, now, NewRiskScore(**answers.model_dump()))
        audit(session, caller, planning.request, "risk.scored", f"area:{made.area_id}", number=made.id)
        return risk_score_out(made)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already
