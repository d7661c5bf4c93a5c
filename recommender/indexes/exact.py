"""The exact index: the reference that other indexes are tested against, in memory, simple rather than fast."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from recommender.indexes.bm25 import K1, TITLE_WEIGHT, B
from recommender.indexes.checks import check_embeddings, check_query
from recommender.indexes.index import Embeddings, Hit, Passage, WordQuery


@dataclass(frozen=True, slots=True)
class _Entry:
    passage: Passage
    embedding: Embeddings | None
    frequencies: Counter[str]

    @property
    def length(self) -> int:
        return self.frequencies.total()


class ExactIndex:
    """Passages in a list, each scored in turn."""

    def __init__(self, dim: int = 0) -> None:
        self._dim = dim
        self._revision = 0
        self._published: list[_Entry] = []
        self._added: list[_Entry] = []
        self._removed: set[str] = set()

    @property
    def revision(self) -> int:
        """Return the store revision that the published passages follow; 0 when empty."""
        return self._revision

    @property
    def dim(self) -> int:
        """Return the length of the embeddings; 0 for an index of words only."""
        return self._dim

    def __len__(self) -> int:
        """Return the number of published passages."""
        return len(self._published)

    def add(self, passages: Sequence[Passage], embeddings: Embeddings | None) -> None:
        """Stage passages for the next commit, in place of what is published of their documents."""
        embeddings = check_embeddings(embeddings, len(passages), self._dim)
        for number, passage in enumerate(passages):
            frequencies = Counter(passage.terms)
            for term in passage.title_terms:
                frequencies[term] += TITLE_WEIGHT
            self._added.append(_Entry(passage, None if embeddings is None else embeddings[number], frequencies))

    def delete(self, document_ids: Collection[str]) -> None:
        """Stage the removal of every passage of these documents; unknown ids are ignored."""
        self._removed.update(document_ids)
        self._added = [entry for entry in self._added if entry.passage.document_id not in document_ids]

    def commit(self, revision: int) -> None:
        """Publish what is staged, all at once, as following this store revision."""
        replaced = self._removed | {entry.passage.document_id for entry in self._added}
        kept = [entry for entry in self._published if entry.passage.document_id not in replaced]
        self._published = sorted([*kept, *self._added], key=_place)
        self._added, self._removed, self._revision = [], set(), revision

    def count_passages(self, terms: Sequence[str], spaces: Collection[str]) -> tuple[int, list[int]]:
        """Return how many passages there are in these spaces, and how many of them hold each term."""
        visible = [entry for entry in self._published if entry.passage.space in spaces]
        return len(visible), [sum(term in entry.frequencies for entry in visible) for term in terms]

    def search(
        self,
        embedding: Embeddings | None,
        words: WordQuery,
        top_k: int,
        spaces: Collection[str],
        before: datetime | None = None,
    ) -> list[Hit]:
        """Return the best passages by words and the best by meaning; see Index.search."""
        query = check_query(embedding, self._dim)
        visible = [entry for entry in self._published if _passes(entry.passage, spaces, before)]
        by_words, bound = _score_words(visible, words)
        by_meaning = [_cosine(entry, query) for entry in visible]
        with_words = [place for place, score in enumerate(by_words) if score > 0]
        with_meaning = [place for place, entry in enumerate(visible) if query is not None and _is_known(entry)]
        # Sorting is stable: of equal scores, the first by document id and start comes first.
        taken = {
            *sorted(with_words, key=lambda place: -by_words[place])[: max(top_k, 0)],
            *sorted(with_meaning, key=lambda place: -by_meaning[place])[: max(top_k, 0)],
        }
        return [_hit(visible[place].passage, by_words[place], bound, by_meaning[place]) for place in sorted(taken)]


def _score_words(entries: Sequence[_Entry], query: WordQuery) -> tuple[list[float], float]:
    """Return the BM25 score of each entry and their bound; the formula is that of bm25.score_words."""
    scores, bound = [0.0] * len(entries), 0.0
    mean_length = sum(entry.length for entry in entries) / max(len(entries), 1)
    for alternatives in query.alternatives:
        found = [sum(entry.frequencies[term] for term in set(alternatives)) for entry in entries]
        holding = sum(frequency > 0 for frequency in found)
        most = (K1 + 1) * math.log(1 + (len(entries) - holding + 0.5) / (holding + 0.5))
        bound += most
        for place, (entry, frequency) in enumerate(zip(entries, found, strict=True)):
            if frequency:
                norm = K1 * (1 - B + B * entry.length / mean_length)
                scores[place] += most * frequency / (frequency + norm)
    return scores, bound


def _cosine(entry: _Entry, query: Embeddings | None) -> float:
    if query is None or entry.embedding is None:
        return 0.0
    return float(np.clip(np.dot(entry.embedding.astype(np.float64), query.astype(np.float64)), -1.0, 1.0))


def _is_known(entry: _Entry) -> bool:
    return entry.embedding is not None and bool(entry.embedding.any())


def _passes(passage: Passage, spaces: Collection[str], before: datetime | None) -> bool:
    if passage.space not in spaces:
        return False
    return before is None or (passage.created_at is not None and passage.created_at < before)


def _place(entry: _Entry) -> tuple[str, int, int]:
    return entry.passage.document_id, entry.passage.start, entry.passage.end


def _hit(passage: Passage, words: float, bound: float, meaning: float) -> Hit:
    share = words / bound if bound else words
    return Hit(passage.document_id, passage.start, passage.end, passage.kind, words, share, meaning, passage.language)
