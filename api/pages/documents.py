"""Documents: what someone wrote or asked, who is behind it, its answers, and who else knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.dependencies import Reader, ServiceDep
from api.pages.rendering import render
from api.wiring import Service
from models.access import Viewer
from models.errors import IndexMissingError, NotFoundError
from models.preferences import read_preferences
from models.queries.documents import (
    Document,
    DocumentPerson,
    read_answers,
    read_document,
    read_people_behind,
)
from models.queries.places import DocumentPlace, read_place
from models.records import DocumentKind, Role
from recommender.answers import Answer, Expert, FoundText
from recommender.service import AskOptions

PEOPLE_BESIDE, TEXTS_BESIDE = 4, 4
# A document is looked up by its title, or by as much of its text as a title would say.
LOOKED_UP = 300

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """An answer with who gave it."""

    document: Document
    people: Sequence[DocumentPerson]

    @property
    def accepted(self) -> bool:
        """Return whether whoever asked took it as the answer."""
        return any(part.role is Role.ACCEPTED for part in self.people)


@dataclass(frozen=True, slots=True)
class MyPart:
    """What the reader has to do with a document."""

    linked: bool = False
    hidden: bool = False
    """Whether they keep it from being evidence about them."""
    may_ask_endorsement: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as one viewer may read it."""

    document: Document
    people: Sequence[DocumentPerson]
    place: DocumentPlace
    question: Document | None
    """What it answers."""
    answers: Sequence[SignedAnswer]
    part: MyPart


@dataclass(frozen=True, slots=True)
class Beside:
    """What else there is on the subject of a document."""

    experts: Sequence[Expert] = ()
    questions: Sequence[FoundText] = ()
    practices: Sequence[FoundText] = ()


@router.get("/documents/{document_id:path}")
def show(request: Request, caller: Reader, service: ServiceDep, document_id: str) -> HTMLResponse:
    """Return a document's page."""
    today = datetime.now(UTC).date()
    with service.store.read() as session:
        sheet = read_sheet(session, caller.viewer, today, document_id)
    beside = look_beside(service, caller.viewer, sheet)
    return render(request, "documents/page.html", sheet=sheet, beside=beside)


def read_sheet(session: Session, viewer: Viewer, today: date, document_id: str) -> Sheet:
    """Return a document with what belongs to it.

    Raises:
        NotFoundError: none that the viewer may read.
    """
    document = read_document(session, viewer, today, document_id)
    people = read_people_behind(session, viewer, today, document.id)
    answers = read_answers(session, viewer, today, document.id) if document.kind is DocumentKind.QUESTION else []
    return Sheet(
        document,
        people,
        read_place(session, viewer, today, document.id),
        read_question(session, viewer, today, document),
        [SignedAnswer(answer, read_people_behind(session, viewer, today, answer.id)) for answer in answers],
        part_of(session, viewer, document, people),
    )


def read_question(session: Session, viewer: Viewer, today: date, document: Document) -> Document | None:
    """Return the question that a document answers, if the viewer may read it."""
    if document.thread_id is None or document.thread_id == document.id:
        return None
    try:
        return read_document(session, viewer, today, document.thread_id)
    except NotFoundError:
        return None


def part_of(session: Session, viewer: Viewer, document: Document, people: Sequence[DocumentPerson]) -> MyPart:
    """Return what the viewer has to do with a document."""
    roles = {part.role for part in people if part.person.id == viewer.person_id}
    if viewer.person_id is None or not roles:
        return MyPart()
    hidden = document.id in read_preferences(session, viewer, viewer.person_id).hidden_documents
    return MyPart(linked=True, hidden=hidden, may_ask_endorsement=bool(roles - {Role.ENDORSED, Role.ASKED}))


def look_beside(service: Service, viewer: Viewer, sheet: Sheet) -> Beside:
    """Return who else knows about a document's subject and what else was written, by what the viewer may read."""
    words = (sheet.document.title or sheet.document.text)[:LOOKED_UP].strip()
    behind = {part.person.id for part in sheet.people}
    behind |= {part.person.id for answer in sheet.answers for part in answer.people}
    try:
        answer = (
            service.recommender().find_experts(words, viewer, AskOptions(top=PEOPLE_BESIDE + len(behind)))
            if words
            else None
        )
    except IndexMissingError:
        answer = None
    return Beside() if answer is None else beside_of(answer, sheet, behind)


def beside_of(answer: Answer, sheet: Sheet, behind: set[str]) -> Beside:
    """Return what of an answer is not on the page already."""
    shown = {sheet.document.id, *(answer.document.id for answer in sheet.answers)}
    shown |= {sheet.question.id} if sheet.question else set()
    others = [expert for expert in answer.experts if expert.person.id not in behind and expert.evidence]
    questions = [text for text in answer.similar_questions if text.document_id not in shown]
    practices = [text for text in answer.practices if text.document_id not in shown]
    return Beside(others[:PEOPLE_BESIDE], questions[:TEXTS_BESIDE], practices[:TEXTS_BESIDE])
