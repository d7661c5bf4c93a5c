"""Voting without learning: the passages found vote for the people behind them, by words, by meaning or by both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.experiment import Query
from evaluation.past import FoundDocuments, Grounds, Past, Values, Votes, add_up
from models.records import DocumentKind
from recommender.encoders.encoder import Encoder
from recommender.indexes.index import WordQuery
from recommender.retrieval import retrieve

WORD_DEPTH: Final = 100
"""Passages found by words that may vote."""

MEANING_DEPTH: Final = 1_000
"""Passages found by meaning that may vote."""

HYBRID_DEPTH: Final = 150
"""Documents retrieved by the product that may vote, of at most 240."""

# How much sharper than its relevance a vote of `exp` is: the best document against one half as relevant is e^2 : 1.
# This, the depths above and the aggregates in `evaluation.systems` are tuned; see docs/baselines.md.
_SHARPNESS: Final = 4.0
_BEST_THREE: Final = 3

Aggregate = Callable[[Votes, Values, int], Values]
"""From votes, the relevances of all documents found and the number of people to a score for each person."""


def sum_votes(votes: Votes, relevances: Values, people: int) -> Values:
    """Return the sum of each person's votes (CombSUM).

    Source: Macdonald and Ounis, "Voting for Candidates", CIKM 2006, sec. 3; Fox and Shaw (1994).
    """
    return add_up(votes.persons, votes.values, people)


def best_vote(votes: Votes, relevances: Values, people: int) -> Values:
    """Return each person's best vote (CombMAX)."""
    scores = np.zeros(people)
    first = np.flatnonzero(np.diff(votes.persons, prepend=-1))
    scores[votes.persons[first]] = votes.values[first]
    return scores


def sum_reciprocal_ranks(votes: Votes, relevances: Values, people: int) -> Values:
    """Return the sum of 1 / rank of each person's documents (RR); equally relevant documents share the best rank."""
    ascending = np.sort(relevances)
    ranks = len(ascending) - np.searchsorted(ascending, votes.values, side="right") + 1
    return add_up(votes.persons, 1 / ranks, people)


def mean_of_best_three(votes: Votes, relevances: Values, people: int) -> Values:
    """Return the mean of each person's three best votes, missing ones counting 0."""
    starts = np.searchsorted(votes.persons, votes.persons, side="left")
    kept = np.arange(len(votes.persons)) - starts < _BEST_THREE
    return add_up(votes.persons[kept], votes.values[kept] / _BEST_THREE, people)


def sum_exponentials(votes: Votes, relevances: Values, people: int) -> Values:
    """Return the sum of the exponentials of each person's votes (expCombSUM), as shares of the best document's.

    The scores of BM25 grow with the length of the question; over their best they keep one scale for all questions.
    """
    best = relevances.max(initial=0.0) or 1.0
    return add_up(votes.persons, np.exp(_SHARPNESS * (votes.values / best - 1)), people)


AGGREGATES: Final[Mapping[str, Aggregate]] = {
    "sum": sum_votes,
    "max": best_vote,
    "rr": sum_reciprocal_ranks,
    "top3": mean_of_best_three,
    "exp": sum_exponentials,
}


@dataclass(slots=True)
class WordVoting:
    """Passages found by words vote with their BM25 score."""

    name: str
    grounds: Grounds
    aggregate: Aggregate
    depth: int = WORD_DEPTH

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates by the votes of the best passages by words."""
        past = self.grounds.past(query)
        return _rank(past, self.aggregate, self.find(past), top)

    def find(self, past: Past) -> FoundDocuments:
        """Return the documents of the best passages by words."""
        snapshot = past.ground.snapshot
        if snapshot is None:
            return past.documents(np.empty(0, np.int64), np.empty(0))
        visible = snapshot.visible(past.ground.spaces, past.query.at)
        found = snapshot.find_rows(None, self.grounds.words(past.query), self.depth, visible)
        return past.documents(found.rows, found.words)


@dataclass(slots=True)
class MeaningVoting:
    """Passages found by meaning vote with their cosine; one at a right angle or beyond says nothing."""

    name: str
    grounds: Grounds
    aggregate: Aggregate
    encoder: Encoder
    depth: int = MEANING_DEPTH

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates by the votes of the best passages by meaning."""
        past = self.grounds.past(query)
        return _rank(past, self.aggregate, self.find(past), top)

    def find(self, past: Past) -> FoundDocuments:
        """Return the documents of the best passages by meaning."""
        snapshot = past.ground.snapshot
        embedding = self.grounds.embedding(past.query, self.encoder)
        if snapshot is None or not embedding.any():
            return past.documents(np.empty(0, np.int64), np.empty(0))
        visible = snapshot.visible(past.ground.spaces, past.query.at)
        found = snapshot.find_rows(embedding, WordQuery(()), self.depth, visible)
        near = found.cosines > 0
        return past.documents(found.rows[near], found.cosines[near])


@dataclass(slots=True)
class HybridVoting:
    """The documents that the product retrieves vote with their fused relevance."""

    name: str
    grounds: Grounds
    aggregate: Aggregate
    depth: int = HYBRID_DEPTH

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates by the votes of what the product retrieves."""
        past = self.grounds.past(query)
        return _rank(past, self.aggregate, self.find(past), top)

    def find(self, past: Past) -> FoundDocuments:
        """Return what the product retrieves."""
        testbed, view = self.grounds.testbed, past.ground.view
        retrieved = retrieve(testbed.index, testbed.encoder, past.query.text, past.ground.spaces, past.query.at)
        coded = [(view.document_code(found.document_id), found) for found in retrieved.documents[: self.depth]]
        known = [(code, found) for code, found in coded if code is not None]
        return FoundDocuments(
            np.array([code for code, _ in known], np.int64),
            np.array([found.relevance for _, found in known], np.float64),
            np.array([found.kind == DocumentKind.QUESTION for _, found in known], np.bool_),
        )


def _rank(past: Past, aggregate: Aggregate, found: FoundDocuments, top: int | None) -> list[tuple[str, float]]:
    people = len(past.ground.view.person_ids)
    return past.ranking(aggregate(past.votes(found), found.relevances, people), top)
