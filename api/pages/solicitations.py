"""Solicitations: putting a question to someone, and saying what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.operations.announcing import announce_solicitation
from api.pages.cards import Card, make_card
from api.pages.letters import compose, letter_to
from api.pages.rendering import page_language, render
from api.wiring import Service
from api.wording import wording_in
from models.access import Viewer
from models.audit import about_person
from models.errors import IndexMissingError, NotFoundError
from models.paging import PageRequest
from models.queries.contacts import read_email
from models.queries.people import Person, read_people
from models.solicitations import (
    NewSolicitation,
    count_open_solicitations,
    list_solicitations,
    read_solicitation,
    record_solicitation,
    settle_solicitation,
)
from models.tables import Outcome
from recommender.answers import Answer, Expert
from recommender.service import AskOptions

ONE_WEEK = timedelta(days=7)
# Someone lower than this in the answer is still asked, without evidence in the message.
LOOKED_THROUGH = 30

router = APIRouter()
Question = Annotated[str, Query(alias="q")]


@dataclass(frozen=True, slots=True)
class Load:
    """What someone accepts in a week, and what they were asked in the last seven days."""

    capacity: int | None
    asked: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A person to ask, with what bears on it."""

    person: Person
    load: Load
    card: Card | None
    answer: Answer | None


@router.get("/people/{person_id:path}/ask")
def prepare(
    request: Request, caller: Reader, service: ServiceDep, person_id: str, question: Question = ""
) -> HTMLResponse:
    """Return a message ready to be changed and sent, with what else may already answer."""
    prepared = prepare_for(service, caller.viewer, person_id, question.strip())
    say = wording_in(page_language(request))
    site = (service.settings.public_url or str(request.base_url)).rstrip("/")
    message = compose(say, prepared.person, prepared.card, question.strip(), site)
    acts = caller.viewer.person_id is not None
    return render(
        request, "solicitations/ask.html", prepared=prepared, question=question.strip(), message=message, acts=acts
    )


@router.post("/people/{person_id:path}/ask")
def record(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    person_id: str,
    question: Annotated[str, Form()] = "",
    message: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Record that someone is asked, and show how to reach them."""
    # Browsers send line ends as CR LF.
    new = NewSolicitation(person_id, question, message.replace("\r\n", "\n"))
    with service.store.write() as session:
        made = record_solicitation(session, caller.viewer, datetime.now(UTC), new)
        announce_solicitation(session, made)
        audit(session, caller, request, "solicitation.recorded", about_person(made.expert_id), number=made.id)
    return RedirectResponse(f"/solicitations/{made.id}", status_code=303)


@router.get("/solicitations")
def list_mine(
    request: Request,
    caller: Reader,
    service: ServiceDep,
    received: bool = False,
    cursor: str | None = None,
) -> HTMLResponse:
    """Return what the reader asked, or was asked."""
    acts = caller.viewer.person_id is not None
    page = None
    if acts:
        with service.store.read() as session:
            page = list_solicitations(session, caller.viewer, PageRequest(cursor, 20), received=received)
    return render(request, "solicitations/list.html", page=page, received=received, acts=acts)


@router.get("/solicitations/{solicitation_id}")
def show(request: Request, caller: Reader, service: ServiceDep, solicitation_id: int) -> HTMLResponse:
    """Return a solicitation that was recorded, with the ways to reach the person."""
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        found = read_solicitation(session, caller.viewer, solicitation_id)
        mine = found.asker_id == caller.viewer.person_id
        email = read_email(session, caller.viewer, today, found.expert_id) if mine else None
    return render(
        request,
        "solicitations/recorded.html",
        found=found,
        mine=mine,
        letter=letter_to(email, found) if email else None,
    )


@router.post("/solicitations/{solicitation_id}")
def settle(
    request: Request, caller: Writer, service: ServiceDep, solicitation_id: int, outcome: Annotated[Outcome, Form()]
) -> RedirectResponse:
    """Say what came of a solicitation."""
    with service.store.write() as session:
        found = settle_solicitation(session, caller.viewer, datetime.now(UTC), solicitation_id, outcome)
        announce_solicitation(session, found)
        about, said = about_person(found.expert_id), outcome.value
        audit(session, caller, request, "solicitation.settled", about, number=solicitation_id, outcome=said)
    received = found.expert_id == caller.viewer.person_id
    return RedirectResponse(f"/solicitations?received={'true' if received else 'false'}", status_code=303)


def prepare_for(service: Service, viewer: Viewer, person_id: str, question: str) -> Prepared:
    """Return what to know before asking someone.

    Raises:
        NotFoundError: nobody whom the viewer may ask.
    """
    now = datetime.now(UTC)
    with service.store.read() as session:
        person, load = read_askable(session, viewer, now.date(), now, person_id)
    answer, expert = look_up(service, viewer, person_id, question)
    return Prepared(person, load, make_card(expert) if expert else None, answer)


def read_askable(session: Session, viewer: Viewer, today: date, now: datetime, person_id: str) -> tuple[Person, Load]:
    """Return someone who takes questions today, and how much they have been asked."""
    person = read_people(session, viewer, today, [person_id]).get(person_id)
    if person is None:
        message = f"Nobody you may ask has the id '{person_id}'; they may have paused, left or opted out"
        raise NotFoundError(message)
    asked = count_open_solicitations(session, now - ONE_WEEK, [person_id]).get(person_id, 0)
    return person, Load(person.capacity_per_week, asked)


def look_up(service: Service, viewer: Viewer, person_id: str, question: str) -> tuple[Answer | None, Expert | None]:
    """Return the answer to the question, and the person's place in it if they have one."""
    if not question:
        return None, None
    try:
        answer = service.recommender().find_experts(question, viewer, AskOptions(top=LOOKED_THROUGH))
    except IndexMissingError:
        return None, None
    return answer, next((expert for expert in answer.experts if expert.person.id == person_id), None)
