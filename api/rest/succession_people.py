"""People who leave: what they should pass on, and who could take it over."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query

from api.errors import problems
from api.languages import Language
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.clock import Now
from api.rest.parameters import PersonId
from api.rest.routing import rest_router
from api.schemas import AnyId
from api.schemas_proposed_steps import ProposedStepsOut, proposed_step_out
from api.schemas_successors import TakingOverOut, taking_over_out
from api.schemas_transfers import TransferOut, transfer_out
from api.wording import wording_in
from recommender.succession.proposing import propose_steps
from recommender.succession.taking_over import find_successors
from recommender.succession.transfer import what_to_transfer

router = rest_router("/succession/people", "succession")

Lang = Annotated[Language, Query(description="Language of the reasons.")]


@router.get(
    "/{id:path}/transfer",
    operation_id="readTransfer",
    summary="What someone should pass on",
    responses=problems(403, 404, 422),
)
def read_transfer(planning: PlanningDep, id: PersonId, lang: Lang = Language.FRENCH) -> TransferOut:
    """Return what would be lost with someone you plan for, most first, each with documents that you may open."""
    with planning.reading() as session:
        found = what_to_transfer(session, planning.ground(session), planning.planner, planning.today, id)
    planning.note(PlanningEvent.PERSON_VIEWED, (found.person.id,), view="transfer")
    return transfer_out(found, wording_in(lang))


@router.get(
    "/{id:path}/successors",
    operation_id="listSuccessors",
    summary="Who could take over from someone",
    responses=problems(403, 404, 422),
)
def list_successors(
    planning: PlanningDep,
    id: PersonId,
    now: Now,
    area_id: Annotated[AnyId | None, Query(description="Only for this area that they hold.")] = None,
    top: Annotated[int, Query(ge=1, le=50, description="How many for each area.")] = 5,
    lang: Lang = Language.FRENCH,
) -> TakingOverOut:
    """Return who could take over each area that someone you plan for holds, with the reasons and what they lack.

    Each is shown with something they did that you may open; whoever is away or leaves soon after is not proposed.
    """
    with planning.reading() as session:
        ground = planning.ground(session)
        found = find_successors(session, ground, planning.planner, now, id, area_id, top)
    proposed = {candidate.person.id for area in found.areas for candidate in area.candidates}
    planning.note(PlanningEvent.PERSON_VIEWED, {found.person.id, *proposed}, view="successors")
    return taking_over_out(found, wording_in(lang))


@router.get(
    "/{id:path}/proposed-steps",
    operation_id="proposeSteps",
    summary="Steps that a transfer plan could begin with",
    responses=problems(403, 404, 422),
)
def propose(
    planning: PlanningDep,
    id: PersonId,
    now: Now,
    due_on: Annotated[date, Query(description="The day by which everything has passed on.")],
    lang: Lang = Language.FRENCH,
) -> ProposedStepsOut:
    """Return steps for someone you plan for, from today to a day, each with why; nothing is stored.

    Choose among them and send them to `POST /v1/succession/plans`.
    """
    with planning.reading() as session:
        found = propose_steps(session, planning.ground(session), planning.planner, now, id, due_on)
    proposed = {step.successor_id for step in found if step.successor_id}
    planning.note(PlanningEvent.PERSON_VIEWED, {id, *proposed}, view="proposed_steps")
    return ProposedStepsOut(steps=[proposed_step_out(step, wording_in(lang)) for step in found])
