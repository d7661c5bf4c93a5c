"""Asking: the first page, one field; who knows, why, and what may already be enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Reader, ServiceDep
from api.pages.cards import Card, make_card
from api.pages.rendering import render
from api.wiring import Service
from models.access import Viewer
from models.errors import IndexMissingError
from models.paging import PageRequest
from models.queries.documents import DocumentFilters, list_documents
from models.records import DocumentKind
from recommender.answers import Answer
from recommender.service import MAX_QUESTION_LENGTH, AskOptions

PEOPLE_SHOWN = 6
EXAMPLES_SHOWN = 3
# Of these, the answered ones with a title that fits on two lines are shown.
NEWEST_READ, SHORT_TITLE = 50, 110

router = APIRouter()
Question = Annotated[str, Query(alias="q")]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what became of it; `state` says which part of the page speaks."""

    question: str
    state: str
    """new, too_long, not_indexed, nothing or found."""
    answer: Answer | None = None
    cards: Sequence[Card] = ()

    @property
    def status(self) -> int:
        """Return the HTTP status of the page."""
        return {"too_long": 422, "not_indexed": 503}.get(self.state, 200)


@router.get("/")
def ask_page(request: Request, caller: Reader, service: ServiceDep, question: Question = "") -> HTMLResponse:
    """Return the whole page, with the answer when there is a question."""
    asked = find(service, caller.viewer, question)
    examples = [] if asked.state != "new" else list_examples(service, caller.viewer)
    return render(request, "asking/page.html", asked.status, asked=asked, examples=examples, **known(caller))


@router.get("/results")
def results(request: Request, caller: Reader, service: ServiceDep, question: Question = "") -> HTMLResponse:
    """Return the answer alone, which the script puts in the page while someone types."""
    asked = find(service, caller.viewer, question)
    examples = [] if asked.state != "new" else list_examples(service, caller.viewer)
    return render(request, "asking/results.html", asked.status, asked=asked, examples=examples, **known(caller))


def known(caller: Reader) -> dict[str, bool]:
    """Return what the templates ask of the caller: only a person can say what they think or put a question."""
    return {"acts": caller.viewer.person_id is not None}


def find(service: Service, viewer: Viewer, question: str) -> Asked:
    """Return the answer to a question, or what stands in its way."""
    question = question.strip()
    if not question:
        return Asked("", "new")
    if len(question) > MAX_QUESTION_LENGTH:
        return Asked(question, "too_long")
    try:
        answer = service.recommender().find_experts(question, viewer, AskOptions(top=PEOPLE_SHOWN))
    except IndexMissingError:
        return Asked(question, "not_indexed")
    found = answer.experts or answer.practices or answer.similar_questions
    return Asked(question, "found" if found else "nothing", answer, [make_card(expert) for expert in answer.experts])


def list_examples(service: Service, viewer: Viewer) -> list[str]:
    """Return the titles of a few questions that were answered here lately, to begin with."""
    filters = DocumentFilters(kinds=(DocumentKind.QUESTION,))
    with service.store.read() as session:
        newest = list_documents(session, viewer, datetime.now(UTC).date(), filters, PageRequest(limit=NEWEST_READ))
    titles = dict.fromkeys(entry.title for entry in newest.items if entry.solved and len(entry.title) <= SHORT_TITLE)
    return list(titles)[:EXAMPLES_SHOWN]
