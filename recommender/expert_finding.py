"""Expert finding: documents vote for the people behind them, and the votes rank the people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import log1p

from models.queries.documents import Evidence
from models.records import DocumentKind, Role
from recommender.retrieval import FoundDocument


class Intent(StrEnum):
    """What the asker wants of the ranking."""

    EXPERTISE = "expertise"
    """Who knows about this: what people know; activity does not drown knowledge."""
    ROUTING = "routing"
    """Who will answer this: recent activity counts."""


@dataclass(frozen=True, slots=True)
class VotingWeights:
    """How votes add up for one intent. Values and what they were measured on: docs/decisions/0006-voting.md."""

    sharpness: float
    """Exponent of the relevance: above 1, the best documents weigh more than the many that match a little."""
    discount: float
    """In (0, 1]: what each further document of a person counts beside the one before; 1 is a plain sum."""
    half_life_days: float
    """Age at which the part of a vote that ages counts half."""
    lasting_share: float
    """The part of a vote that does not age."""
    accepted: float
    """How much an accepted answer counts beside another."""


WEIGHTS = {
    Intent.EXPERTISE: VotingWeights(sharpness=3.0, discount=0.9, half_life_days=730.0, lasting_share=0.5, accepted=1.2),
    Intent.ROUTING: VotingWeights(sharpness=1.0, discount=0.95, half_life_days=60.0, lasting_share=0.05, accepted=1.0),
}
ROLE_WEIGHTS = {
    Role.ANSWERED: 1.0,
    Role.WROTE: 1.0,
    Role.SPOKE: 1.0,
    Role.REVIEWED: 0.8,
    Role.EDITED: 0.4,
    Role.ENDORSED: 0.4,
    Role.ASKED: 0.1,
}


@dataclass(frozen=True, slots=True)
class Vote:
    """What one document says for one person."""

    evidence: Evidence
    value: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person considered for a question."""

    person_id: str
    score: float
    votes: Sequence[Vote]
    """Strongest first; one per document."""


def rank_candidates(
    found: Sequence[FoundDocument], evidence: Sequence[Evidence], intent: Intent, now: datetime
) -> list[Candidate]:
    """Return everyone the documents vote for, best first; ties by id.

    A document votes with its relevance, times the role, the quality and the age of the association. A question also
    votes for those who answered it. Each further document of a person counts less (a geometric discount), so that a
    hundred faint traces do not outweigh a few strong ones.

    Args:
        evidence: associations of the documents found and of the answers to the questions found.
    Source: document voting, Balog et al., "Expertise Retrieval" (2012), sec. 3.3; Macdonald and Ounis (2006).
    """
    weights = WEIGHTS[intent]
    relevance = {document.document_id: document.relevance for document in found}
    votes: defaultdict[str, dict[str, Vote]] = defaultdict(dict)
    for item in evidence:
        value = vote_value(item, relevance, weights, now)
        if value <= 0:
            continue  # a remark in the thread of a question found, which says nothing for who made it
        known = votes[item.person_id].get(item.document_id)
        if known is None or value > known.value:
            votes[item.person_id][item.document_id] = Vote(item, value)
    candidates = []
    for person_id, by_document in votes.items():
        ordered = sorted(by_document.values(), key=lambda vote: (-vote.value, vote.evidence.document_id))
        score = sum(vote.value * weights.discount**rank for rank, vote in enumerate(ordered))
        candidates.append(Candidate(person_id, score, ordered))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.person_id))


def vote_value(item: Evidence, relevance: Mapping[str, float], weights: VotingWeights, now: datetime) -> float:
    """Return what an association is worth for a question, at least 0.

    An answer is worth at least as much as its question is relevant: who answered a similar question knows.
    """
    own = relevance.get(item.document_id, 0.0)
    if item.kind is DocumentKind.ANSWER and item.thread_id is not None:
        own = max(own, relevance.get(item.thread_id, 0.0))
    relevant: float = own**weights.sharpness
    role = weights.accepted if item.role is Role.ACCEPTED else ROLE_WEIGHTS[item.role]
    standing = role * item.weight * quality(item.score or 0.0)
    return relevant * standing * freshness(item.at, weights, now)


def quality(score: float) -> float:
    """Return how much readers' votes lift a document: 1 without any, 1.12 at a score of 9, less than 1 below zero."""
    return 1 + 0.05 * log1p(score) if score >= 0 else 1 / (1 - 0.1 * score)


def freshness(at: datetime | None, weights: VotingWeights, now: datetime) -> float:
    """Return how much a trace still counts, from 1 (today) to `lasting_share`; an undated one as at half-life.

    Age counts in whole days, so that a question asked twice within a minute has one answer.
    """
    age_days = weights.half_life_days if at is None else max((now - at).days, 0)
    fading: float = 0.5 ** (age_days / weights.half_life_days)
    return weights.lasting_share + (1 - weights.lasting_share) * fading
