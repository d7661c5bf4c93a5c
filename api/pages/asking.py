"""Asking: the first page, one field; who knows, why, and what may already be enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.callers import Caller
from api.dependencies import Reader, ServiceDep
from api.pages.cards import Card, make_card
from api.pages.rendering import render
from api.wiring import Service
from models.access import Viewer
from models.errors import IndexMissingError
from models.paging import PageRequest
from models.queries.documents import DocumentFilters, list_documents
from models.queries.people import FilterChoices, read_filter_choices
from models.records import DocumentKind
from recommender.answers import Answer
from recommender.asking import AskOptions, PersonFilter
from recommender.service import MAX_QUESTION_LENGTH

PEOPLE_SHOWN = 6
EXAMPLES_SHOWN = 3
# Of these, the answered ones with a title that fits on two lines are shown.
NEWEST_READ, SHORT_TITLE = 50, 110

router = APIRouter()
Question = Annotated[str, Query(alias="q")]


def narrowing(unit: str = "", site: str = "", spoken: str = "", community: str = "", area: str = "") -> PersonFilter:
    """Return the filters in the address; an empty one leaves everybody."""
    return PersonFilter(unit or None, site or None, spoken or None, community or None, area or None)


Narrowing = Annotated[PersonFilter, Depends(narrowing)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what became of it; `state` says which part of the page speaks."""

    question: str
    chosen: PersonFilter
    state: str
    """new, too_long, not_indexed, nothing or found."""
    answer: Answer | None = None
    cards: Sequence[Card] = ()

    @property
    def status(self) -> int:
        """Return the HTTP status of the page."""
        return {"too_long": 422, "not_indexed": 503}.get(self.state, 200)


@router.get("/")
def ask_page(
    request: Request, caller: Reader, service: ServiceDep, chosen: Narrowing, question: Question = ""
) -> HTMLResponse:
    """Return the whole page, with the answer when there is a question."""
    choices = list_choices(service, caller.viewer)
    return show(request, "asking/page.html", caller, find(service, caller.viewer, question, chosen), choices)


@router.get("/results")
def results(
    request: Request, caller: Reader, service: ServiceDep, chosen: Narrowing, question: Question = ""
) -> HTMLResponse:
    """Return the answer alone, which the script puts in the page while someone types."""
    return show(request, "asking/results.html", caller, find(service, caller.viewer, question, chosen))


def show(
    request: Request, template: str, caller: Caller, asked: Asked, choices: FilterChoices | None = None
) -> HTMLResponse:
    """Return the page or its part; only a person can say what they think or put a question."""
    service: Service = request.app.state.service
    examples = list_examples(service, caller.viewer) if asked.state == "new" else []
    acts = caller.viewer.person_id is not None
    return render(request, template, asked.status, asked=asked, examples=examples, choices=choices, acts=acts)


def find(service: Service, viewer: Viewer, question: str, chosen: PersonFilter) -> Asked:
    """Return the answer to a question, or what stands in its way."""
    question = question.strip()
    if not question:
        return Asked("", chosen, "new")
    if len(question) > MAX_QUESTION_LENGTH:
        return Asked(question, chosen, "too_long")
    try:
        answer = service.recommender().find_experts(question, viewer, AskOptions(top=PEOPLE_SHOWN, filters=chosen))
    except IndexMissingError:
        return Asked(question, chosen, "not_indexed")
    found = answer.experts or answer.practices or answer.similar_questions
    cards = [make_card(expert) for expert in answer.experts]
    return Asked(question, chosen, "found" if found else "nothing", answer, cards)


def list_examples(service: Service, viewer: Viewer) -> list[str]:
    """Return the titles of a few questions that were answered here lately, to begin with."""
    filters = DocumentFilters(kinds=(DocumentKind.QUESTION,))
    with service.store.read() as session:
        newest = list_documents(session, viewer, datetime.now(UTC).date(), filters, PageRequest(limit=NEWEST_READ))
    titles = dict.fromkeys(entry.title for entry in newest.items if entry.solved and len(entry.title) <= SHORT_TITLE)
    return list(titles)[:EXAMPLES_SHOWN]


def list_choices(service: Service, viewer: Viewer) -> FilterChoices:
    """Return what people can be narrowed down by, among what the viewer may see."""
    with service.store.read() as session:
        return read_filter_choices(session, viewer, datetime.now(UTC).date())
