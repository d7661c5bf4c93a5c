"""The past of a question: what existed before it was asked, and the votes of documents found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evaluation.experiment import Query
from evaluation.testbed import Testbed
from models.access import Viewer
from models.records import DocumentKind
from recommender.analysis import query_words
from recommender.encoders.encoder import Encoder
from recommender.indexes.columns import UNDATED
from recommender.indexes.index import Embeddings, WordQuery
from recommender.indexes.snapshot import Snapshot
from recommender.traces import TraceView

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# A question without a date is asked after everything.
_END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)


def add_up(codes: npt.NDArray[np.integer[Any]], values: npt.NDArray[Any] | None, size: int) -> Values:
    """Return the sum of the values of each code below `size`; without values, how often it comes."""
    return np.bincount(codes, values, size).astype(np.float64, copy=False)


class Grounds:
    """What every question to a testbed shares, for each set of spaces that an asker may read."""

    def __init__(self, testbed: Testbed) -> None:
        self.testbed = testbed
        self._spaces: dict[str | None, tuple[str, ...]] = {}
        self._grounds: dict[tuple[str, ...], Ground] = {}
        self._words: dict[str, WordQuery] = {}
        self._embeddings: dict[str, Embeddings] = {}

    def past(self, query: Query) -> Past:
        """Return what existed strictly before a question, among what its asker may read."""
        ground = self.ground(query.asker)
        first, last = ground.view.span(query.at, _END_OF_TIME)
        return Past(ground, query, first, last)

    def words(self, query: Query) -> WordQuery:
        """Return the words of a question; kept for the next system that asks."""
        words = self._words.get(query.text)
        if words is None:
            words = self._words[query.text] = query_words(query.text)
        return words

    def embedding(self, query: Query, encoder: Encoder) -> Embeddings:
        """Return the embedding of a question; kept for the next system that asks."""
        embedding = self._embeddings.get(query.text)
        if embedding is None:
            embedding = self._embeddings[query.text] = encoder.encode([query.text])[0]
        return embedding

    def ground(self, asker: str | None = None) -> Ground:
        """Return what the asker may read, at any time."""
        spaces = self._spaces.get(asker)
        if spaces is None:
            spaces = self._spaces[asker] = tuple(self.testbed.spaces(Viewer(asker)))
        ground = self._grounds.get(spaces)
        if ground is None:
            view = self.testbed.traces.view(spaces)
            ground = self._grounds[spaces] = Ground(view, self.testbed.index.snapshot, spaces)
        return ground


class Ground:
    """Traces and passages in a set of spaces, each with the numbers of the other."""

    def __init__(self, view: TraceView, snapshot: Snapshot | None, spaces: tuple[str, ...]) -> None:
        self.view = view
        self.snapshot = snapshot
        self.spaces = spaces

    @cached_property
    def id_ranks(self) -> Numbers:
        """The place of each person's id in alphabetical order."""
        ranks = np.empty(len(self.view.person_ids), np.int64)
        ranks[np.argsort(np.array(self.view.person_ids, dtype=object), kind="stable")] = np.arange(len(ranks))
        return ranks

    @cached_property
    def help_rows(self) -> Numbers:
        """The traces by which someone first gave something to a thread, in order of time."""
        return np.flatnonzero(self.view.first_in_thread)

    @cached_property
    def document_codes(self) -> Numbers:
        """The number that the traces give to each document of the index, in its order; -1 for one without a trace."""
        ids = self.snapshot.columns.document_ids() if self.snapshot else []
        codes = (self.view.document_code(name) for name in ids)
        return np.array([-1 if code is None else code for code in codes], np.int64)

    @cached_property
    def question_kind(self) -> int:
        """The number that the index gives to questions; -1 when it holds none."""
        kinds = self.snapshot.manifest.labels["kinds"] if self.snapshot else []
        return kinds.index(DocumentKind.QUESTION) if DocumentKind.QUESTION in kinds else -1


@dataclass(frozen=True, slots=True)
class FoundDocuments:
    """Documents found that have people: each once."""

    codes: Numbers
    """As the traces number them."""
    relevances: Values
    questions: Mask
    """Which of them are questions."""


@dataclass(frozen=True, slots=True)
class Votes:
    """One vote for each person and thread, in order of person, the strongest first."""

    persons: Numbers
    values: Values


class Past:
    """What existed before one question; `last` is the first trace that did not."""

    def __init__(self, ground: Ground, query: Query, first: int, last: int) -> None:
        self.ground = ground
        self.query = query
        self.first = first
        self.last = last
        # -1 for someone unknown, or nobody.
        self.asker = ground.view.names.persons.get(query.asker or "", -1)

    @cached_property
    def candidates(self) -> Numbers:
        """Everyone who had given something, by number; not who asks."""
        found: Numbers = np.flatnonzero(self.helps)
        others: Numbers = found[found != self.asker]
        return others

    @cached_property
    def help_rows(self) -> Numbers:
        """The traces by which someone first gave something to a thread, in order of time."""
        rows = self.ground.help_rows
        begin, end = np.searchsorted(rows, [self.first, self.last]).tolist()
        return rows[begin:end]

    @cached_property
    def helps(self) -> Values:
        """How many threads and documents each person had given to."""
        persons = self.ground.view.columns.persons[self.help_rows]
        return add_up(persons, None, len(self.ground.view.person_ids))

    @cached_property
    def now(self) -> int:
        """When the question is asked, in microseconds; for one without a date, when the last trace was left."""
        times = self.ground.view.columns.times
        return int(times[self.last - 1]) if self.last > self.first else UNDATED

    def documents(self, rows: Numbers, relevances: Values) -> FoundDocuments:
        """Return the documents of passages found, each as relevant as its best passage.

        Args:
            rows: of the index, in order.
        """
        snapshot = self.ground.snapshot
        if snapshot is None or not len(rows):
            return FoundDocuments(np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_))
        places = snapshot.columns.documents[rows]
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        codes = self.ground.document_codes[places[starts]]
        known = codes >= 0
        questions = snapshot.columns.kinds[rows[starts]] == self.ground.question_kind
        return FoundDocuments(codes[known], np.maximum.reduceat(relevances, starts)[known], questions[known])

    def votes(self, found: FoundDocuments) -> Votes:
        """Return how much the documents found speak for each person.

        A document votes for who gave something to it, a question also for who answered it, so that an answer is worth
        at least as much as its question; of one thread, only the best vote counts for a person.
        """
        view = self.ground.view
        rows, places = view.by_document.of_codes(found.codes)
        in_threads, asked = view.by_thread.of_codes(found.codes[found.questions])
        rows = np.concatenate([rows, in_threads])
        values = np.concatenate([found.relevances[places], found.relevances[found.questions][asked]])
        kept = view.giving[rows] & (rows >= self.first) & (rows < self.last)
        kept &= view.columns.persons[rows] != self.asker
        rows, values = rows[kept], values[kept]
        persons = view.columns.persons[rows].astype(np.int64)
        threads = view.columns.threads[rows]
        order = np.lexsort((-values, threads, persons))
        keys = (persons << 32 | threads)[order]
        best = order[np.flatnonzero(np.diff(keys, prepend=-1))]
        best = best[np.lexsort((-values[best], persons[best]))]
        return Votes(persons[best], values[best])

    def ranking(self, scores: Values, top: int | None, scored: Mask | None = None) -> list[tuple[str, float]]:
        """Return candidates best first; those without a score follow by how much they helped, below zero.

        Equal scores are in the order that trec_eval gives them, the id that sorts last first, so that the ranking and
        its judgement agree.

        Args:
            scores: by number of person.
            scored: who has a score; None for whose score is above 0.
        """
        codes = self.candidates
        ranks = self.ground.id_ranks[codes]
        single = scores[codes].astype(np.float32)
        has_score = single > 0 if scored is None else scored[codes]
        keys = np.where(has_score, -single, -self.helps[codes])
        order = np.lexsort((-ranks, keys, ~has_score))
        with_score = int(np.count_nonzero(has_score))
        order = order[:top]
        below = -np.arange(1.0, len(codes) - with_score + 1)
        values = np.concatenate([single[order[:with_score]].astype(np.float64), below])
        ids = self.ground.view.person_ids
        return list(zip([ids[code] for code in codes[order].tolist()], values.tolist(), strict=False))

    def completed(self, ranked: Sequence[tuple[str, float]], top: int | None) -> list[tuple[str, float]]:
        """Return a ranking of people by id with every other candidate below, in the order of `ranking`."""
        persons = self.ground.view.names.persons
        coded = [(persons[name], score) for name, score in ranked if name in persons]
        scores = np.zeros(len(self.ground.view.person_ids))
        lowest = min((score for _, score in coded), default=1.0)
        for code, score in coded:
            # Above zero, since zero and less are for those without a score.
            scores[code] = score if lowest > 0 else score - lowest + 1
        return self.ranking(scores, top)
