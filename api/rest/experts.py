"""Experts: who knows about a question."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.errors import PROBLEMS
from api.schemas import AnswerOut, ExpertQuery, answer_out
from api.wiring import Service
from api.wording import wording_in
from models.access import Viewer
from models.queries.people import find_viewer
from recommender.service import AskOptions

router = APIRouter(prefix="/v1/experts", tags=["experts"])


@router.post("/search", summary="Who knows about this?", responses=PROBLEMS)
def search_experts(query: ExpertQuery, request: Request) -> AnswerOut:
    """Return the people who know about a question, each with evidence the viewer may open and the reasons.

    Beside them stand the practices and the answered questions that may already be enough.
    """
    service: Service = request.app.state.service
    recommender = service.recommender()
    viewer = Viewer()
    if query.viewer is not None:
        with service.store.read() as session:
            viewer = find_viewer(session, query.viewer)
    options = AskOptions(top=query.top, intent=query.intent)
    return answer_out(recommender.find_experts(query.query, viewer, options), wording_in(query.lang))
