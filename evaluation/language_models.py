"""Language models of people and of their documents: Balog's Model 1 and Model 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.experiment import Query
from evaluation.past import Ground, Grounds, Mask, Numbers, Past, Values, add_up
from recommender.indexes.bm25 import find_words
from recommender.indexes.snapshot import Snapshot
from recommender.traces import Grouped

# Times the mean; best on the training side for both models and both tasks, of what was tried; see docs/baselines.md.
SMOOTHING: Final = 10.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which passages speak for whom, and from which trace on; in order of trace, each pair once."""

    persons: Numbers
    rows: Numbers
    traces: Numbers
    by_row: Grouped

    @classmethod
    def of(cls, ground: Ground, snapshot: Snapshot) -> Pairs:
        """Pair people with the passages of what they gave something to and of the questions they answered."""
        view, columns = ground.view, snapshot.columns
        row_starts = np.searchsorted(columns.documents, np.arange(len(ground.document_codes) + 1))
        places = np.full(len(view.names.documents), -1, np.int64)
        with_traces = np.flatnonzero(ground.document_codes >= 0)
        places[ground.document_codes[with_traces]] = with_traces
        giving = np.flatnonzero(view.giving)
        own, opening = places[view.columns.documents[giving]], places[view.columns.threads[giving]]
        is_question = np.append(columns.kinds[row_starts[:-1]] == ground.question_kind, False)
        opening = np.where(is_question[opening], opening, -1)
        traces, documents = np.concatenate([giving, giving]), np.concatenate([own, opening])
        traces, documents = traces[documents >= 0], documents[documents >= 0]
        lengths = row_starts[documents + 1] - row_starts[documents]
        rows = np.repeat(row_starts[documents] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        traces = np.repeat(traces, lengths)
        order = np.argsort(traces, kind="stable")
        rows, traces = rows[order], traces[order]
        persons = view.columns.persons[traces].astype(np.int64)
        once = np.sort(np.unique(rows << 32 | persons, return_index=True)[1])
        return cls(persons[once], rows[once], traces[once], Grouped.of(rows[once].astype(np.int32), len(columns)))


@dataclass(frozen=True, slots=True)
class PastPairs:
    """The pairs that existed before a question."""

    pairs: Pairs
    valid: Mask
    """Which of all pairs existed."""
    counts: Values
    """How many passages each person has."""
    masses: Values
    """How many words each person's passages have together."""


class LanguageModel:
    """What both models share: pairs of people and passages, and the statistics of the words that existed."""

    def __init__(self, grounds: Grounds, name: str, smoothing: float, prior: float) -> None:
        self.name = name
        self._grounds = grounds
        self._smoothing = smoothing
        self._prior = prior
        self._pairs: dict[Ground, Pairs] = {}

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates by the logarithm of the likelihood of the question, counted from the lowest."""
        past = self._grounds.past(query)
        snapshot = past.ground.snapshot
        scores = np.full(len(past.ground.view.person_ids), -np.inf)
        if snapshot is not None:
            mask = snapshot.visible(past.ground.spaces, query.at).mask
            existing = self._existing(past, snapshot, mask)
            known = existing.counts > 0
            likelihood = self.score(query, snapshot, mask, existing)
            scores[known] = likelihood[known] + self._prior * np.log(existing.counts[known])
        finite = np.isfinite(scores)
        # Above zero, since zero and less are for those without a score.
        lowest = scores[finite].min(initial=np.inf)
        scores[finite] += 1 - lowest
        scores[~finite] = 0
        return past.ranking(scores, top)

    def score(self, query: Query, snapshot: Snapshot, mask: Mask, existing: PastPairs) -> Values:
        """Return log p(q|ca) for each person, up to a constant of the question."""
        raise NotImplementedError

    def _existing(self, past: Past, snapshot: Snapshot, mask: Mask) -> PastPairs:
        pairs = self._pairs.get(past.ground)
        if pairs is None:
            pairs = self._pairs[past.ground] = Pairs.of(past.ground, snapshot)
        begin, end = np.searchsorted(pairs.traces, [past.first, past.last])
        valid = np.zeros(len(pairs.rows), np.bool_)
        valid[begin:end] = mask[pairs.rows[begin:end]]
        people = len(past.ground.view.person_ids)
        persons = pairs.persons[valid]
        masses = add_up(persons, snapshot.columns.lengths[pairs.rows[valid]], people)
        return PastPairs(pairs, valid, add_up(persons, None, people), masses)


class CandidateModel(LanguageModel):
    """Model 1: each person is a language model, the mean of those of their passages.

    p(q|ca) = Π_t [(1 - λ) Σ_d p(t|d) p(d|ca) + λ p(t)], where p(d|ca) is the same for all passages of a person, and
    λ = β / (β + n(ca)) with n(ca) words in the person's passages and β the mean of n(ca) times `smoothing`. The
    question's words count once; those that no passage holds count for nobody. The prior p(ca) is n_d(ca)^prior for
    n_d(ca) passages: 0 for equal chances, 1 for how much a person gave; above that it holds its own against long
    questions, where the many words, taken to be independent, outweigh any prior.

    Source: Balog, Azzopardi and de Rijke, "A language modeling framework for expert finding", Information Processing
        and Management 45 (2009), sec. 3.2.
    """

    def __init__(self, grounds: Grounds, smoothing: float = SMOOTHING, prior: float = 0, name: str = "model1") -> None:
        super().__init__(grounds, name, smoothing, prior)

    def score(self, query: Query, snapshot: Snapshot, mask: Mask, existing: PastPairs) -> Values:
        """Return log p(q|ca) - Σ_t log p(t)."""
        lengths, pairs = snapshot.columns.lengths, existing.pairs
        known = np.flatnonzero(existing.counts)
        beta = self._smoothing * float(existing.masses[known].mean()) if len(known) else 1.0
        background = beta / (beta + existing.masses)
        parts = list(find_words(snapshot.columns.postings, self._grounds.words(query), mask))
        if not parts:
            return np.zeros(len(background))
        rows, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
        words = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
        found, places = pairs.by_row.of_codes(rows.astype(np.int64))
        there = existing.valid[found]
        found, places = found[there], places[there]
        persons = pairs.persons[found]
        shares = (counts / lengths[rows])[places] / existing.counts[persons]
        shape = len(parts), len(background)
        own = add_up(words[places] * shape[1] + persons, shares, shape[0] * shape[1]).reshape(shape)
        rarities = float(lengths[mask].sum()) / add_up(words, counts, len(parts))
        scores: Values = np.log((1 - background) * own * rarities[:, None] + background).sum(axis=0)
        return scores


class DocumentModel(LanguageModel):
    """Model 2: each passage is a language model, and a person's passages vote with the likelihood of the question.

    p(q|ca) = Σ_d [Π_t ((1 - λ) p(t|d) + λ p(t))] p(d|ca), where p(d|ca) is the same for all passages of a person, and
    λ = β / (β + n(d)) with n(d) words in the passage and β the mean of n(d) times `smoothing`. Words and prior as in
    Model 1.

    Source: Balog, Azzopardi and de Rijke, "A language modeling framework for expert finding", Information Processing
        and Management 45 (2009), sec. 3.3.
    """

    def __init__(self, grounds: Grounds, smoothing: float = SMOOTHING, prior: float = 0, name: str = "model2") -> None:
        super().__init__(grounds, name, smoothing, prior)

    def score(self, query: Query, snapshot: Snapshot, mask: Mask, existing: PastPairs) -> Values:
        """Return log p(q|ca) - Σ_t log p(t)."""
        lengths, pairs = snapshot.columns.lengths, existing.pairs
        total, count = float(lengths[mask].sum()), int(np.count_nonzero(mask))
        beta = self._smoothing * total / count if total else 1.0
        likelihoods = np.zeros(len(mask))
        words = 0
        for rows, counts in find_words(snapshot.columns.postings, self._grounds.words(query), mask):
            likelihoods[rows] += np.log1p(counts / beta * (total / counts.sum()))
            words += 1
        likelihoods += words * np.log(beta / (beta + lengths))
        persons, values = pairs.persons[existing.valid], likelihoods[pairs.rows[existing.valid]]
        # Sums of exponentials that would underflow are taken from each person's best passage.
        best = np.full(len(existing.counts), -np.inf)
        np.maximum.at(best, persons, values)
        best[~np.isfinite(best)] = 0
        sums = add_up(persons, np.exp(values - best[persons]), len(best))
        there = sums > 0
        scores = np.zeros(len(best))
        scores[there] = best[there] + np.log(sums[there]) - np.log(existing.counts[there])
        return scores
