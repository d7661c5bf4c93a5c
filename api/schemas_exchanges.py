"""Schemas of what people do through Relève: feedback, questions put to someone, endorsements."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.endorsements import EndorsementRequest
from models.records import Identifier, PlainText
from models.solicitations import MAX_MESSAGE_CHARACTERS, MAX_QUESTION_CHARACTERS, Solicitation
from models.tables import ID_LENGTH, Outcome, Verdict


class FeedbackIn(BaseModel):
    """The caller's word on someone suggested for a question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"person_id": "people:1001", "question": "Qui connaît le lot de nuit ?", "verdict": "useful"}]
        },
    )
    person_id: PlainText = Field(min_length=1, max_length=ID_LENGTH)
    question: PlainText = Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)
    verdict: Verdict


class FeedbackOut(BaseModel):
    """Feedback was stored."""

    id: int


class SolicitationIn(BaseModel):
    """A question put to someone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"expert_id": "people:1001", "question": "Comment amorcer la pompe 3 ?"}]},
    )
    expert_id: PlainText = Field(min_length=1, max_length=ID_LENGTH, description="Whom to ask.")
    question: PlainText = Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)
    message: PlainText = Field(default="", max_length=MAX_MESSAGE_CHARACTERS, description="What was written to them.")


class SolicitationOut(BaseModel):
    """A question one person put to another; only these two read it."""

    id: int
    asker_id: str
    asker_name: str
    expert_id: str
    expert_name: str
    question: str
    message: str
    asked_at: datetime
    outcome: Outcome
    settled_at: datetime | None


class OutcomeIn(BaseModel):
    """What came of a question put to someone."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "answered"}]})
    outcome: Literal[Outcome.ANSWERED, Outcome.DECLINED, Outcome.NO_REPLY] = Field(
        description="The expert says answered or declined; who asked says answered or no_reply."
    )


class EndorsementIn(BaseModel):
    """A wish that a colleague stand by a document."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"document_id": "guides:lot-de-nuit", "asked_id": "people:1002"}]},
    )
    document_id: Identifier
    asked_id: Identifier = Field(description="The colleague.")


class EndorsementOut(BaseModel):
    """A request was stored."""

    id: int


class EndorsementAnswerIn(BaseModel):
    """Whether the caller stands by the document."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"endorsed": True}]})
    endorsed: bool


class EndorsementAnswerOut(BaseModel):
    """The answer was stored."""

    id: int
    endorsed: bool


class EndorsementRequestOut(BaseModel):
    """A colleague asks the caller to stand by a document."""

    id: int
    person_id: str
    person_name: str
    document_id: str
    document_title: str
    asked_at: datetime


def solicitation_out(solicitation: Solicitation) -> SolicitationOut:
    """Return a question put to someone in its JSON shape."""
    return SolicitationOut(
        id=solicitation.id,
        asker_id=solicitation.asker_id,
        asker_name=solicitation.asker_name,
        expert_id=solicitation.expert_id,
        expert_name=solicitation.expert_name,
        question=solicitation.question,
        message=solicitation.message,
        asked_at=solicitation.asked_at,
        outcome=solicitation.outcome,
        settled_at=solicitation.settled_at,
    )


def endorsement_request_out(asked: EndorsementRequest) -> EndorsementRequestOut:
    """Return a colleague's request in its JSON shape."""
    return EndorsementRequestOut(
        id=asked.id,
        person_id=asked.person_id,
        person_name=asked.person_name,
        document_id=asked.document_id,
        document_title=asked.document_title,
        asked_at=asked.asked_at,
    )
