"""Feedback: what people say of a suggestion, from its card."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.auth.auditing import audit
from api.dependencies import ServiceDep, Writer
from api.pages.rendering import render
from models.feedback import NewFeedback, give_feedback
from models.tables import Verdict

router = APIRouter()


@router.post("/feedback")
def say_of_suggestion(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    person: Annotated[str, Form()],
    question: Annotated[str, Form(alias="q")],
    verdict: Annotated[Verdict, Form()],
) -> HTMLResponse:
    """Store what someone says of a suggestion, and thank them."""
    with service.store.write() as session:
        number = give_feedback(session, caller.viewer, datetime.now(UTC), NewFeedback(person, question, verdict))
        # Whom it is about reads the events about them, and is not to learn who said it.
        audit(session, caller, request, "feedback.given", f"feedback:{number}", verdict=verdict.value)
    return render(request, "thanks.html", verdict=verdict.value, question=question)
