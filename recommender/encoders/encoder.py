"""The Encoder protocol: what turns text into embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from recommender.indexes.index import Embeddings


class Encoder(Protocol):
    """Text in, embeddings out; the id names the exact weights."""

    @property
    def id(self) -> str:
        """Return the name and version of the weights; two encoders with one id give the same embeddings."""

    @property
    def dim(self) -> int:
        """Return the length of an embedding."""

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one row per text, shape (len(texts), dim), float32, unit length; zero where nothing is known."""
