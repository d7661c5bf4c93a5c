"""What the recommender answers: experts with their evidence and reasons, practices and similar questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.queries.people import Person
from models.records import DocumentKind, Role
from recommender.reasons import Note, Reason
from recommender.snippets import Snippet


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A document that speaks for a person, as the viewer sees it."""

    document_id: str
    kind: DocumentKind
    role: Role
    title: str
    url: str | None
    created_at: datetime | None
    snippet: Snippet
    score: float
    """What it adds to the person's score, before the discount of further documents."""


@dataclass(frozen=True, slots=True)
class Expert:
    """A person suggested, with why."""

    rank: int
    person: Person
    score: float
    """Sum of the discounted votes; comparable within one answer only."""
    reasons: Sequence[Reason]
    evidence: Sequence[ShownEvidence]


@dataclass(frozen=True, slots=True)
class FoundText:
    """A practice or a question found beside the experts."""

    document_id: str
    kind: DocumentKind
    title: str
    url: str | None
    created_at: datetime | None
    snippet: Snippet
    score: float
    """Relevance in [0, 1]; words and meaning each over their best in this search."""
    answers: int
    solved: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to "who knows about …?"."""

    query: str
    took_ms: float
    experts: Sequence[Expert]
    practices: Sequence[FoundText]
    similar_questions: Sequence[FoundText]
    notes: Sequence[Note]
    """What the asker should know of the answer itself, such as people who stepped back."""
