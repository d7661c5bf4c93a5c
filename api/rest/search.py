"""Search: practices and earlier questions that may already be enough."""

from __future__ import annotations

from api.dependencies import Reader, ServiceDep
from api.rest.routing import rest_router
from api.schemas import texts_out
from api.schemas_search import FoundOut, TextQuery
from models.access import Viewer
from recommender.answers import Answer
from recommender.service import AskOptions

router = rest_router("", "search")


@router.post("/practices/search", operation_id="searchPractices", summary="How is this done?")
def search_practices(query: TextQuery, caller: Reader, service: ServiceDep) -> FoundOut:
    """Return practices, pages and recordings about a question, the most relevant first."""
    answer = ask(service, query, caller.viewer)
    return FoundOut(query=query.query, items=texts_out(answer.practices)[: query.top])


@router.post("/questions/search", operation_id="searchQuestions", summary="Was this asked before?")
def search_questions(query: TextQuery, caller: Reader, service: ServiceDep) -> FoundOut:
    """Return earlier questions like this one that were answered, the most similar first."""
    answer = ask(service, query, caller.viewer)
    return FoundOut(query=query.query, items=texts_out(answer.similar_questions)[: query.top])


def ask(service: ServiceDep, query: TextQuery, viewer: Viewer) -> Answer:
    """Return the answer to a question, with as few people as can be asked for."""
    return service.recommender().find_experts(query.query, viewer, AskOptions(top=1))
