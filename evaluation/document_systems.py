"""Systems that rank documents: what the product retrieves, words alone, and meaning alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.experiment import Query
from evaluation.past import Ground, Grounds, Numbers, Values
from models.records import DocumentKind
from recommender.encoders.encoder import Encoder
from recommender.indexes.index import WordQuery
from recommender.retrieval import retrieve

Kinds = frozenset[DocumentKind]

DEPTH: Final = 1_000
"""Passages that are looked at, or as many as documents are wanted."""


@dataclass(slots=True)
class ReleveDocuments:
    """Documents in the order in which the product retrieves them."""

    grounds: Grounds
    kinds: Kinds | None = None
    """Which kinds to rank; None for all."""
    name: str = "releve"

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return documents by their fused relevance."""
        testbed, ground = self.grounds.testbed, self.grounds.ground(query.asker)
        retrieved = retrieve(testbed.index, testbed.encoder, query.text, ground.spaces, query.at)
        kept = (found for found in retrieved.documents if self.kinds is None or found.kind in self.kinds)
        return [(found.document_id, found.relevance) for found in kept][:top]


@dataclass(slots=True)
class WordDocuments:
    """Documents by the BM25 score of their best passage."""

    grounds: Grounds
    kinds: Kinds | None = None
    name: str = "bm25"

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return documents by words."""
        ground = self.grounds.ground(query.asker)
        if ground.snapshot is None:
            return []
        visible = ground.snapshot.visible(ground.spaces, query.at)
        found = ground.snapshot.find_rows(None, self.grounds.words(query), max(top or DEPTH, DEPTH), visible)
        return best_documents(ground, found.rows, found.words, self.kinds, top)


@dataclass(slots=True)
class MeaningDocuments:
    """Documents by the cosine of their best passage."""

    grounds: Grounds
    encoder: Encoder
    kinds: Kinds | None = None
    name: str = "dense"

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return documents by meaning."""
        ground = self.grounds.ground(query.asker)
        embedding = self.grounds.embedding(query, self.encoder)
        if ground.snapshot is None or not embedding.any():
            return []
        visible = ground.snapshot.visible(ground.spaces, query.at)
        found = ground.snapshot.find_rows(embedding, WordQuery(()), max(top or DEPTH, DEPTH), visible)
        return best_documents(ground, found.rows, found.cosines, self.kinds, top)


def best_documents(
    ground: Ground, rows: Numbers, scores: Values, kinds: Kinds | None, top: int | None
) -> list[tuple[str, float]]:
    """Return the documents of these rows by their best passage; ties by id."""
    snapshot = ground.snapshot
    if snapshot is None:
        return []
    labels = snapshot.manifest.labels["kinds"]
    if kinds is not None:
        kept = np.isin(snapshot.columns.kinds[rows], [code for code, kind in enumerate(labels) if kind in kinds])
        rows, scores = rows[kept], scores[kept]
    best: dict[int, tuple[float, int]] = {}
    places = snapshot.columns.documents[rows].tolist()
    for place, row, score in zip(places, rows.tolist(), scores.tolist(), strict=True):
        if place not in best or score > best[place][0]:
            best[place] = (score, row)
    # The documents of an index are in the order of their ids.
    order = sorted(best, key=lambda place: (-best[place][0], place))[:top]
    ids = snapshot.columns.document_ids_at(np.array([best[place][1] for place in order], np.int64))
    return [(id_, best[place][0]) for id_, place in zip(ids, order, strict=True)]
