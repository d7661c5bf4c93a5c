"""Schemas: the JSON that the command line and the REST interface answer with. Fields are added, never renamed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.languages import Language
from api.reason_words import say_note, say_reason
from api.wording import Wording
from models.preferences import Preferences
from models.queries.people import Person
from models.records import Circle, Cleaned, DocumentKind, MembershipRole, Role
from models.tables import ID_LENGTH
from recommender.answers import Answer, Expert, FoundText, ShownEvidence
from recommender.asking import PersonFilter
from recommender.expert_finding import Intent
from recommender.profiles import Profile
from recommender.reasons import Reason, ReasonKind
from recommender.service import MAX_QUESTION_LENGTH, MAX_TOP

SHAPE_VERSION = 1
FilterText = Annotated[str | None, StringConstraints(max_length=200), Cleaned]


AnyId = Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH), Cleaned]
"""The id of anything, in a body."""


class PersonFilterIn(BaseModel):
    """Among whom to look; each filter narrows the choice."""

    model_config = ConfigDict(extra="forbid")
    unit: FilterText = Field(default=None, description="Id or exact name; units under it count.")
    site: FilterText = None
    language: FilterText = Field(default=None, description="Code, such as fr.")
    community: FilterText = Field(default=None, description="Id or exact name.")
    area: FilterText = Field(default=None, description="Id of an area that they know.")

    def filters(self) -> PersonFilter:
        """Return the filters as they are asked with."""
        return PersonFilter(self.unit, self.site, self.language, self.community, self.area)


class ExpertQuery(BaseModel):
    """A question to `POST /v1/experts/search`."""

    query: str = Field(min_length=1, max_length=MAX_QUESTION_LENGTH, examples=["Qui connaît le lot de nuit ?"])
    top: int = Field(default=10, ge=1, le=MAX_TOP, description="How many people at most.")
    intent: Intent = Intent.EXPERTISE
    filters: PersonFilterIn = Field(default_factory=PersonFilterIn, description="Among whom to look.")
    lang: Language = Field(default=Language.FRENCH, description="Language of the reasons.")
    viewer: str | None = Field(
        default=None,
        description="Id of the person who asks; they see what their communities share. Without it, only what the "
        "whole organisation may read.",
    )


class PersonOut(BaseModel):
    """A person as others may see them."""

    id: str
    name: str
    unit: str | None
    job_title: str | None
    site: str | None
    url: str | None
    leaves: tuple[date, date] | None = Field(description="Earliest and latest day of an announced departure.")


class EvidenceOut(BaseModel):
    """A document that speaks for a person."""

    document_id: str
    kind: DocumentKind
    role: Role
    title: str
    url: str | None
    created_at: datetime | None
    snippet: str
    highlights: list[tuple[int, int]] = Field(description="Where the words of the question stand in the snippet.")
    score: float


class FactorOut(BaseModel):
    """What one reason counted for."""

    kind: ReasonKind
    weight: float = Field(
        description="What it moved the score by, before that is brought between 0 and 1; 0 for what only informs."
    )


class ExpertOut(BaseModel):
    """A person suggested, with why."""

    rank: int
    person: PersonOut
    score: float
    reasons: list[str] = Field(description="In the language asked for.")
    factors: list[FactorOut] = Field(description="What each of the reasons counted for, in the same order.")
    evidence: list[EvidenceOut]


class FoundTextOut(BaseModel):
    """A practice or a question found beside the experts."""

    document_id: str
    kind: DocumentKind
    title: str
    url: str | None
    created_at: datetime | None
    snippet: str
    highlights: list[tuple[int, int]]
    score: float
    answers: int
    solved: bool


class AnswerOut(BaseModel):
    """The answer to a question."""

    version: int = SHAPE_VERSION
    query: str
    took_ms: float
    experts: list[ExpertOut]
    practices: list[FoundTextOut]
    similar_questions: list[FoundTextOut]
    notes: list[str]


def answer_out(answer: Answer, say: Wording) -> AnswerOut:
    """Return an answer in its JSON shape, its reasons in words."""
    return AnswerOut(
        query=answer.query,
        took_ms=round(answer.took_ms, 1),
        experts=[expert_out(expert, say) for expert in answer.experts],
        practices=texts_out(answer.practices),
        similar_questions=texts_out(answer.similar_questions),
        notes=[say_note(say, note) for note in answer.notes],
    )


def expert_out(expert: Expert, say: Wording) -> ExpertOut:
    """Return an expert in its JSON shape."""
    return ExpertOut(
        rank=expert.rank,
        person=person_out(expert.person),
        score=round(expert.score, 6),
        reasons=[say_reason(say, reason) for reason in expert.reasons],
        factors=[factor_out(reason) for reason in expert.reasons],
        evidence=[evidence_out(evidence) for evidence in expert.evidence],
    )


def factor_out(reason: Reason) -> FactorOut:
    """Return what a reason counted for in its JSON shape."""
    return FactorOut(kind=reason.kind, weight=round(reason.weight, 6))


def person_out(person: Person) -> PersonOut:
    """Return a person in their JSON shape."""
    return PersonOut(
        id=person.id,
        name=person.name,
        unit=person.unit,
        job_title=person.job_title,
        site=person.site,
        url=person.url,
        leaves=person.leaves,
    )


def evidence_out(evidence: ShownEvidence) -> EvidenceOut:
    """Return a piece of evidence in its JSON shape."""
    return EvidenceOut(
        document_id=evidence.document_id,
        kind=evidence.kind,
        role=evidence.role,
        title=evidence.title,
        url=evidence.url,
        created_at=evidence.created_at,
        snippet=evidence.snippet.text,
        highlights=list(evidence.snippet.highlights),
        score=round(evidence.score, 6),
    )


def texts_out(texts: Sequence[FoundText]) -> list[FoundTextOut]:
    """Return practices or questions in their JSON shape."""
    return [
        FoundTextOut(
            document_id=text.document_id,
            kind=text.kind,
            title=text.title,
            url=text.url,
            created_at=text.created_at,
            snippet=text.snippet.text,
            highlights=list(text.snippet.highlights),
            score=round(text.score, 6),
            answers=text.answers,
            solved=text.solved,
        )
        for text in texts
    ]


class KeyTermOut(BaseModel):
    """A word that marks what a person writes about."""

    word: str
    documents: int


class CommunityPlaceOut(BaseModel):
    """A person's place in a community."""

    id: str
    name: str
    role: MembershipRole
    circle: Circle


class TraceOut(BaseModel):
    """A document in a profile."""

    document_id: str
    kind: DocumentKind
    role: Role
    title: str
    created_at: datetime | None


class PreferencesOut(BaseModel):
    """A person's own choices about being suggested."""

    visible_as_expert: bool
    capacity_per_week: int | None
    paused_until: date | None
    hidden_documents: list[str]


class ProfileOut(BaseModel):
    """A person as the system sees them."""

    version: int = SHAPE_VERSION
    person: PersonOut
    communities: list[CommunityPlaceOut]
    roles: dict[Role, int]
    latest: datetime | None
    key_terms: list[KeyTermOut]
    evidence: list[TraceOut]
    preferences: PreferencesOut | None = Field(description="Only for the person themself.")


def profile_out(profile: Profile) -> ProfileOut:
    """Return a profile in its JSON shape."""
    return ProfileOut(
        person=person_out(profile.person),
        communities=[
            CommunityPlaceOut(id=place.community_id, name=place.name, role=place.role, circle=place.circle)
            for place in profile.communities
        ],
        roles=profile.roles,
        latest=profile.latest,
        key_terms=[KeyTermOut(word=term.word, documents=term.documents) for term in profile.key_terms],
        evidence=[
            TraceOut(document_id=e.document_id, kind=e.kind, role=e.role, title=e.title, created_at=e.at)
            for e in profile.evidence
        ],
        preferences=preferences_out(profile.preferences) if profile.preferences else None,
    )


def preferences_out(preferences: Preferences) -> PreferencesOut:
    """Return a person's choices in their JSON shape."""
    return PreferencesOut(
        visible_as_expert=preferences.visible_as_expert,
        capacity_per_week=preferences.capacity_per_week,
        paused_until=preferences.paused_until,
        hidden_documents=list(preferences.hidden_documents),
    )
