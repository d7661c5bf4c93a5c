"""People who leave: what they should pass on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.errors import problems
from api.languages import Language
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.parameters import PersonId
from api.rest.routing import rest_router
from api.schemas_transfers import TransferOut, transfer_out
from api.wording import wording_in
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
