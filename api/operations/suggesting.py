"""Suggesting without being asked: who could answer a question that a program has just pushed, told to webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from api.languages import Language
from api.schemas import answer_out
from api.wiring import Service
from api.wording import wording_in
from models.access import Viewer
from models.queries.new_questions import (
    NewQuestion,
    list_new_questions,
    read_told_revision,
    set_told_revision,
)
from models.webhooks import WebhookEvent, emit, list_webhooks
from recommender.expert_finding import Intent
from recommender.service import MAX_QUESTION_LENGTH, AskOptions

# Each takes as long as a question; the next step goes on.
PER_STEP: Final = 20
SUGGESTED: Final = 5


def tell_of_new_questions(service: Service, now: datetime) -> int:
    """Tell webhooks who could answer the unanswered questions indexed since the last time, and return how many.

    Asked as an outsider, so that the receiver learns nothing that the whole organisation may not read. What was told
    is noted in the same transaction: killed at any moment, each question is told once.
    """
    indexed = service.index().revision
    with service.store.read() as session:
        told = read_told_revision(session)
        wanted = any(
            webhook.disabled_at is None and WebhookEvent.SUGGESTION_CREATED in webhook.events
            for webhook in list_webhooks(session)
        )
        if told is not None and told >= indexed:
            return 0
        # Nobody is told of what was there before anyone listened.
        listening = wanted and told is not None
        questions = list_new_questions(session, now, told or 0, indexed, PER_STEP) if listening else []
    payloads = [(question, suggestion_payload(service, question)) for question in questions]
    reached = questions[-1].revision if len(questions) == PER_STEP else indexed
    with service.store.write() as session:
        if read_told_revision(session) != told:
            return 0  # another worker was faster
        for question, payload in payloads:
            if payload["suggestions"]:
                emit(session, WebhookEvent.SUGGESTION_CREATED, payload, now, once=question.id)
        set_told_revision(session, reached)
    return len(payloads)


def suggestion_payload(service: Service, question: NewQuestion) -> dict[str, Any]:
    """Return who could answer a question, with why, without those who asked it."""
    text = f"{question.title}\n{question.text}".strip()[:MAX_QUESTION_LENGTH]
    options = AskOptions(top=SUGGESTED + len(question.askers), intent=Intent.ROUTING)
    experts = []
    if text:
        found = service.recommender().find_experts(text, Viewer(), options)
        experts = answer_out(found, wording_in(Language.FRENCH)).experts
    return {
        "question": {"id": question.id, "title": question.title, "url": question.url},
        "suggestions": [
            {"person_id": e.person.id, "name": e.person.name, "score": e.score, "reasons": e.reasons}
            for e in experts
            if e.person.id not in question.askers
        ][:SUGGESTED],
    }
