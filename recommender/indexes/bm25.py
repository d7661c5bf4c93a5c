"""BM25 over NumPy postings, with the statistics of the passages the viewer may read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.index import WordQuery

K1: Final = 1.2
B: Final = 0.75
# A word of the title counts as this many of the body: what BM25F calls a field weight. Two is low in the range of 2 to
# 10 that is usual for titles, because an answer carries the title of its question.
TITLE_WEIGHT: Final = 2

Rows = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Which passages hold each term and how often; arrays may be memory-mapped."""

    terms: npt.NDArray[np.uint64]
    """Hashes of the terms, ascending; see hash_terms."""
    starts: npt.NDArray[np.int64]
    """Where the postings of each term start; one more than terms."""
    rows: Rows
    """Rows of the passages, ascending within a term."""
    counts: npt.NDArray[np.uint16]
    """Weighted frequency: in the body, plus TITLE_WEIGHT times in the title."""

    def of(self, hashed: np.uint64) -> tuple[Rows, npt.NDArray[np.uint16]]:
        """Return the rows and weighted frequencies of a term, empty when no passage holds it."""
        at = int(np.searchsorted(self.terms, hashed))
        if at == len(self.terms) or self.terms[at] != hashed:
            return self.rows[:0], self.counts[:0]
        span = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[span], self.counts[span]


@dataclass(frozen=True, slots=True)
class Visible:
    """The passages that pass the filters, and the statistics over them alone."""

    mask: npt.NDArray[np.bool_]
    """True for each row that passes."""
    count: int
    norms: Scores
    """K1 (1 - B + B length / mean length) for each row."""

    @classmethod
    def from_mask(cls, mask: npt.NDArray[np.bool_], lengths: npt.NDArray[np.int32]) -> Visible:
        """Count over the rows of the mask; lengths are weighted like the frequencies."""
        count = int(np.count_nonzero(mask))
        mean = float(lengths[mask].mean()) if count else 0.0
        relative = lengths / mean if mean else np.zeros(len(lengths))
        return cls(mask=mask, count=count, norms=K1 * (1 - B + B * relative))


def hash_terms(terms: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return the 64-bit BLAKE2b hash of each term.

    Of a million terms, two share a hash once in 37 million indexes; they would then count as one word.
    """
    digests = b"".join(hashlib.blake2b(term.encode(), digest_size=8).digest() for term in terms)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64, copy=False)


def score_words(postings: Postings, query: WordQuery, visible: Visible) -> tuple[Scores, float]:
    """Return the BM25 score of each row, 0 for those that hold no word of the query or are not visible, and its bound.

    Each word w of the query adds idf(w) f (K1 + 1) / (f + K1 (1 - B + B length / mean length)), where f is its
    weighted frequency in the passage and idf(w) = ln(1 + (N - n + 0.5) / (n + 0.5)) is never negative. The
    alternatives of a word are one word: f is their sum, n the number of visible passages that hold any of them, so
    that a rare variant weighs no more than the word. N, n and the mean length are those of the visible passages.
    The bound is what a passage made of every word of the query, over and over, would come near.

    Source: Robertson and Zaragoza 2009, The Probabilistic Relevance Framework, sections 3.4 to 3.6 (the fields as one
        weighted frequency); idf as Lucene smooths it.
    """
    scores = np.zeros(len(visible.mask))
    bound = 0.0
    missing = len(query.alternatives)
    for rows, found in find_words(postings, query, visible.mask):
        most = _most(visible.count, rows.size)
        scores[rows] += most * found / (found + visible.norms[rows])
        bound += most
        missing -= 1
    return scores, bound + missing * _most(visible.count, 0)


def _most(passages: int, holding: int) -> float:
    """Return the most that a word can add to a score."""
    return (K1 + 1) * float(np.log1p((passages - holding + 0.5) / (holding + 0.5)))


def find_words(postings: Postings, query: WordQuery, mask: npt.NDArray[np.bool_]) -> Iterator[tuple[Rows, Scores]]:
    """Yield, for each word of the query that is found, the visible rows that hold it and its weighted frequencies."""
    frequencies = np.zeros(len(mask))
    everything = bool(mask.all())
    for alternatives in query.alternatives:
        rows = _gather(postings, alternatives, mask, frequencies, everything=everything)
        if rows.size:
            found = frequencies[rows]
            frequencies[rows] = 0
            yield rows, found


def _gather(
    postings: Postings,
    alternatives: tuple[str, ...],
    mask: npt.NDArray[np.bool_],
    frequencies: Scores,
    *,
    everything: bool,
) -> Rows:
    """Add the frequencies of the alternatives at their visible rows, and return these rows, each once."""
    parts: list[Rows] = []
    for hashed in sorted(set(hash_terms(alternatives).tolist())):
        rows, counts = postings.of(np.uint64(hashed))
        if not everything:
            seen = mask[rows]
            rows, counts = rows[seen], counts[seen]
        parts.append(rows[frequencies[rows] == 0] if parts else rows)
        frequencies[rows] += counts
    return np.concatenate(parts) if parts else np.empty(0, np.int32)
