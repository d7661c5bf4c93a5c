"""The Index protocol: what every index of passages does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Embeddings = npt.NDArray[np.float32]
"""float32, shape (n, dim), rows of unit length or exactly zero."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a document, as the index takes it."""

    document_id: str
    start: int
    """Offset of the first character in the document's text."""
    end: int
    """Offset after the last character."""
    space: str
    """Id of the space the document lives in."""
    kind: str
    """A DocumentKind value."""
    created_at: datetime | None
    title_terms: Sequence[str]
    """Terms of the title (and of the question, for an answer), in order; see recommender.analysis."""
    terms: Sequence[str]
    """Terms of the passage itself, in order."""
    language: str = ""
    """ISO 639-1 code; empty when unknown."""


class Hit(NamedTuple):
    """One passage found, with both similarities so that fusion can weigh them."""

    document_id: str
    start: int
    end: int
    kind: str
    words: float
    """BM25 score, at least 0."""
    words_share: float
    """The same over the most that these words could score: in [0, 1), and comparable between queries."""
    meaning: float
    """Cosine similarity in [-1, 1]; 0 when the index or the query has no embedding."""
    language: str = ""
    """ISO 639-1 code; empty when unknown."""


@dataclass(frozen=True, slots=True)
class WordQuery:
    """A query by words: each item is one word of the question as its alternative terms (one per language)."""

    alternatives: Sequence[tuple[str, ...]]


class Index(Protocol):
    """Passages searched by words (BM25) and by meaning (cosine), filtered inside the search."""

    @property
    def revision(self) -> int:
        """Return the store revision that the published passages follow; 0 when empty."""

    @property
    def dim(self) -> int:
        """Return the length of the embeddings; 0 for an index of words only."""

    def __len__(self) -> int:
        """Return the number of published passages."""

    def add(self, passages: Sequence[Passage], embeddings: Embeddings | None) -> None:
        """Stage passages for the next commit, in place of what is published of their documents.

        Args:
            embeddings: shape (len(passages), dim); None for an index of words only.

        Raises:
            DimensionError: the embeddings have another dim, or another number of rows.
        """

    def delete(self, document_ids: Collection[str]) -> None:
        """Stage the removal of every passage of these documents; unknown ids are ignored."""

    def commit(self, revision: int) -> None:
        """Publish what is staged, all at once, as following this store revision."""

    def search(
        self,
        embedding: Embeddings | None,
        words: WordQuery,
        top_k: int,
        spaces: Collection[str],
        before: datetime | None = None,
    ) -> list[Hit]:
        """Return the best passages by words and the best by meaning, with both similarities for each.

        Word statistics (document frequencies, mean length) are those of the passages that pass the filters, so
        that neither a protected passage nor a later one changes any score.

        Args:
            embedding: shape (dim,) or None.
            top_k: how many to take by words, and again by meaning; the union is returned.
            spaces: ids of the spaces the viewer may read; passages elsewhere do not exist.
            before: only passages created strictly before; undated passages are left out. None for no limit.

        Returns:
            The union, each passage once, by document id then start. Passages with words == 0 are never taken by words.

        Raises:
            DimensionError: the embedding and the index differ in dim.
        """

    def count_passages(self, terms: Sequence[str], spaces: Collection[str]) -> tuple[int, list[int]]:
        """Return how many passages there are in these spaces, and how many of them hold each term."""
