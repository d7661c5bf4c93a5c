"""Pairs: who could take over what the people who leave a unit hold, and what managers decide about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import Writer
from api.errors import problems
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.clock import Now
from api.rest.routing import rest_router
from api.rest.succession import USUAL_HORIZON, Horizon
from api.schemas import AnyId
from api.schemas_successors import PairDecisionIn, PairsOut, pairs_out
from models.audit import about_person
from models.pair_decisions import decide_pair
from models.queries.planned import narrow_planner
from recommender.succession.pairing import DEFAULT_LIMIT
from recommender.succession.pairs import pair_unit

router = rest_router("/succession/pairs", "succession")


@router.get("", operation_id="listPairs", summary="Who takes over what", responses=problems(403, 404, 422))
def list_all(
    planning: PlanningDep,
    now: Now,
    unit_id: Annotated[AnyId | None, Query(description="Only those who leave this unit or one under it.")] = None,
    horizon_years: Horizon = USUAL_HORIZON,
    limit: Annotated[int, Query(ge=1, le=20, description="Areas that one successor takes over.")] = DEFAULT_LIMIT,
) -> PairsOut:
    """Pair what the people who leave hold with successors, so that the pairs are good together."""
    with planning.reading() as session:
        planner = narrow_planner(session, planning.planner, unit_id) if unit_id else planning.planner
        found = pair_unit(session, planning.ground(session), planner, now, horizon_years, limit)
    people = {pair.leaver.id for pair in found.pairs} | {pair.successor.id for pair in found.pairs if pair.successor}
    planning.note(PlanningEvent.PERSON_VIEWED if people else PlanningEvent.VIEWED, people, view="pairs")
    return pairs_out(found)


@router.put(
    "",
    operation_id="decidePair",
    summary="Pin or forbid a pair",
    status_code=204,
    responses=problems(403, 404, 422),
)
def decide(planning: PlanningDep, caller: Writer, decided: PairDecisionIn, now: Now) -> Response:
    """Say whom you want, or do not want, to take over an area from someone you plan for."""
    with planning.service.store.write() as session:
        decide_pair(
            session,
            planning.planner,
            now,
            decided.leaver_id,
            decided.area_id,
            decided.successor_id,
            decided.stance,
        )
        stance = decided.stance.value if decided.stance else None
        for person in (decided.leaver_id, decided.successor_id):
            audit(session, caller, planning.request, "pair.decided", about_person(person), stance=stance)
    return Response(status_code=204)
