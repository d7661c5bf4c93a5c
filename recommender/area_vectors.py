"""Vectors: each subject, a thread or a document that stands alone, as one embedding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sqlalchemy.orm import Session

from models.queries.area_texts import PlacedDocument, read_texts
from recommender.encoders.encoder import Encoder
from recommender.indexes.index import Embeddings
from recommender.indexes.snapshot import Snapshot

Subject = tuple[str, str]
# The answers together weigh half of the question, which says what the thread is about.
_ANSWERS_SHARE: Final = 0.5
_READ_CHARS: Final = 2_000
_ENCODED_AT_ONCE: Final = 5_000


class DocumentVectors:
    """The embedding of each document: the mean of its passages in the index, or its beginning encoded."""

    def __init__(self, session: Session, published: Snapshot | None, encoder: Encoder) -> None:
        self._session = session
        self._encoder = encoder
        self._snapshot = published if published is not None and published.manifest.dim else None
        self.dim = self._snapshot.manifest.dim if self._snapshot else encoder.dim

    def of(self, ids: Sequence[str]) -> Embeddings:
        """Return one row a document, of unit length, or zeros where nothing is known; shape (len(ids), dim)."""
        if self._snapshot is None:
            return self._encode(ids)
        columns = self._snapshot.columns
        places = columns.places_of(ids)
        rows = np.flatnonzero(places >= 0)
        starts = np.searchsorted(columns.documents, places[rows], "left")
        counts = np.searchsorted(columns.documents, places[rows], "right") - starts
        owner = np.repeat(rows, counts)
        flat = np.arange(len(owner)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        adding = csr_matrix((np.ones(len(flat), np.float32), (owner, np.arange(len(flat)))), (len(ids), len(flat)))
        return unit(np.asarray(adding @ self._snapshot.embeddings.values[flat], np.float32))

    def _encode(self, ids: Sequence[str]) -> Embeddings:
        parts = [np.zeros((0, self.dim), np.float32)]
        for start in range(0, len(ids), _ENCODED_AT_ONCE):
            some = ids[start : start + _ENCODED_AT_ONCE]
            texts = read_texts(self._session, some, _READ_CHARS)
            parts.append(self._encoder.encode([texts.get(id_, "") for id_ in some]))
        return np.concatenate(parts)


def subject_vectors(
    documents: Iterable[PlacedDocument], vectors: DocumentVectors
) -> tuple[list[Subject], Embeddings, list[list[PlacedDocument]]]:
    """Return the subjects in order, their vectors of unit length (zeros when unknown), and the documents of each."""
    ordered = sorted(documents, key=lambda document: (document.subject, document.id))
    grouped = [(subject, list(group)) for subject, group in groupby(ordered, key=lambda document: document.subject)]
    subjects = [subject for subject, _ in grouped]
    result = np.zeros((len(grouped), vectors.dim), np.float32)
    for start in range(0, len(grouped), _ENCODED_AT_ONCE):
        part = grouped[start : start + _ENCODED_AT_ONCE]
        embedded = vectors.of([document.id for _, group in part for document in group])
        weights, owners = [], []
        for row, ((opening, _), group) in enumerate(part):
            replies = sum(document.id != opening for document in group)
            weights += [1.0 if document.id == opening else _ANSWERS_SHARE / replies for document in group]
            owners += [row] * len(group)
        adding = csr_matrix((np.array(weights, np.float32), (owners, np.arange(len(owners)))), (len(part), len(owners)))
        result[start : start + len(part)] = np.asarray(adding @ embedded, np.float32)
    return subjects, unit(result), [group for _, group in grouped]


def tag_vectors(tags: Sequence[Collection[str]], vectors: Embeddings, fewest: int) -> dict[str, Embeddings]:
    """Return what the subjects of each tag have in common, for tags of enough subjects but not of most."""
    rows: dict[str, list[int]] = {}
    for row, own in enumerate(tags):
        for tag in own:
            rows.setdefault(tag, []).append(row)
    return {
        tag: unit(vectors[found].sum(axis=0, keepdims=True))[0]
        for tag, found in sorted(rows.items())
        if fewest <= len(found) <= len(vectors) / 4
    }


def unit(vectors: Embeddings) -> Embeddings:
    """Return the rows with unit length; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Embeddings = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return result
