"""Experts: who knows about a question."""

from __future__ import annotations

from api.auth.recognition import acting_for
from api.dependencies import Reader, ServiceDep
from api.errors import problems
from api.rest.routing import rest_router
from api.schemas import AnswerOut, ExpertQuery, answer_out
from api.wording import wording_in
from recommender.service import AskOptions

router = rest_router("/experts", "experts")


@router.post("/search", operation_id="searchExperts", summary="Who knows?", responses=problems(403, 404, 409))
def search_experts(query: ExpertQuery, caller: Reader, service: ServiceDep) -> AnswerOut:
    """Return the people who know about a question, each with evidence the viewer may open and the reasons.

    Beside them stand the practices and the answered questions that may already be enough. `viewer` is for keys of
    scope `on-behalf-of`.
    """
    recommender = service.recommender()
    if query.viewer is not None:
        with service.store.read() as session:
            caller = acting_for(caller, session, query.viewer)
    options = AskOptions(top=query.top, intent=query.intent, filters=query.filters.filters())
    return answer_out(recommender.find_experts(query.query, caller.viewer, options), wording_in(query.lang))
