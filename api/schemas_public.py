"""Schemas of what a public token is given: enough to show a suggestion and to open its page, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pydantic import BaseModel, Field

from api.reason_words import say_reason
from api.wording import Wording
from models.records import DocumentKind
from recommender.answers import Answer, Expert, FoundText

# More would not be read beside a draft.
REASONS_SHOWN = 2
LINK = Field(description="Its page in Relève.", examples=["https://releve.example/people/people:1001"])


class PublicPersonOut(BaseModel):
    """A person, as far as a page of another site shows them."""

    name: str
    unit: str | None
    link: str = LINK


class PublicExpertOut(BaseModel):
    """A person suggested, with why."""

    person: PublicPersonOut
    reasons: list[str] = Field(description="In the language asked for.")


class PublicTextOut(BaseModel):
    """A practice or an earlier question that the whole organisation may read."""

    kind: DocumentKind
    title: str
    snippet: str
    answers: int
    solved: bool
    link: str = LINK


class PublicSuggestOut(BaseModel):
    """What a token of scope `suggest` alone is given; each field also stands in the full answer, but `link`."""

    experts: list[PublicExpertOut]
    practices: list[PublicTextOut]
    similar_questions: list[PublicTextOut]


def public_suggest_out(answer: Answer, say: Wording, top: int, address: str | None) -> PublicSuggestOut:
    """Return the reduced shape of an answer.

    Args:
        top: how many of each at most.
        address: where people reach Relève; None gives links relative to the server.
    """
    return PublicSuggestOut(
        experts=[public_expert_out(expert, say, address) for expert in answer.experts[:top]],
        practices=public_texts_out(answer.practices[:top], address),
        similar_questions=public_texts_out(answer.similar_questions[:top], address),
    )


def public_expert_out(expert: Expert, say: Wording, address: str | None) -> PublicExpertOut:
    """Return a person in the reduced shape."""
    person = expert.person
    link = page_link("people", person.id, address)
    return PublicExpertOut(
        person=PublicPersonOut(name=person.name, unit=person.unit, link=link),
        reasons=[say_reason(say, reason) for reason in expert.reasons[:REASONS_SHOWN]],
    )


def public_texts_out(texts: Sequence[FoundText], address: str | None) -> list[PublicTextOut]:
    """Return practices or questions in the reduced shape."""
    return [
        PublicTextOut(
            kind=text.kind,
            title=text.title,
            snippet=text.snippet.text,
            answers=text.answers,
            solved=text.solved,
            link=page_link("documents", text.document_id, address),
        )
        for text in texts
    ]


def page_link(kind: str, id_: str, address: str | None) -> str:
    """Return the link to a page of Relève."""
    path = f"{kind}/{quote(id_, safe=':')}"
    return f"{address.rstrip('/')}/{path}" if address else path
