"""Suggest: while someone writes a question, who and what may answer it."""

from __future__ import annotations

from api.callers import Scope
from api.dependencies import ServiceDep, Suggester
from api.rest.routing import rest_router
from api.schemas import answer_out
from api.schemas_public import PublicSuggestOut, public_suggest_out
from api.schemas_search import SuggestOut, SuggestQuery
from api.wording import wording_in
from recommender.service import AskOptions

router = rest_router("/suggest", "suggest", suggest=True)


@router.post("", operation_id="suggest", summary="Who and what may answer this draft?")
def suggest(query: SuggestQuery, caller: Suggester, service: ServiceDep) -> SuggestOut | PublicSuggestOut:
    """Return people, practices and earlier questions for a question being written; made to be asked at every pause.

    A token of scope `suggest` alone gets the reduced shape, of what the whole organisation may read.
    """
    answer = service.recommender().suggest(query.draft, caller.viewer, AskOptions(top=query.top))
    say = wording_in(query.lang)
    if caller.scopes == {Scope.SUGGEST}:
        return public_suggest_out(answer, say, query.top, service.settings.public_url)
    shown = answer_out(answer, say)
    return SuggestOut(
        experts=shown.experts,
        practices=shown.practices[: query.top],
        similar_questions=shown.similar_questions[: query.top],
        notes=shown.notes,
        took_ms=shown.took_ms,
    )
