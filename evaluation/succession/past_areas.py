"""Areas as the product would have found them at a moment of the past, from what was written before it alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from evaluation.testbed import Testbed
from models.queries.area_texts import PlacedDocument, read_placed_documents
from models.queries.changes import stream_changes
from recommender.area_finding import find_unnamed
from recommender.area_placing import Placing
from recommender.area_vectors import DocumentVectors, subject_vectors
from recommender.encoders.choose import load_bundled
from recommender.indexes.columns import UNDATED, to_microseconds
from recommender.indexes.index import Embeddings
from recommender.succession.ground import AreaPlaces

_DOCUMENTS_PER_BATCH: Final = 20_000


class _KnownVectors(DocumentVectors):
    """Embeddings read once for every moment: an embedding depends on its document alone."""

    def __init__(self, vectors: DocumentVectors, ids: Sequence[str]) -> None:
        self.dim = vectors.dim
        self.rows = vectors.of(ids)
        self._row_of = {id_: row for row, id_ in enumerate(ids)}

    def of(self, ids: Sequence[str]) -> Embeddings:
        """Return one row a document."""
        found: Embeddings = self.rows[[self._row_of[id_] for id_ in ids]]
        return found


class PastAreas:
    """Finds areas and places documents at any moment, with the embeddings that the index has."""

    def __init__(self, testbed: Testbed) -> None:
        self._view = testbed.view()
        with testbed.store.read() as session:
            placed = read_placed_documents(session)
            times = {
                document.id: to_microseconds(document.created_at)
                for batch in stream_changes(session, 0, _DOCUMENTS_PER_BATCH)
                for document in batch
            }
            dated = sorted((times[document.id], document.id, document) for document in placed)
            dated = [found for found in dated if found[0] != UNDATED]
            vectors = DocumentVectors(session, testbed.index.snapshot, testbed.encoder or load_bundled())
            self._vectors = _KnownVectors(vectors, [id_ for _, id_, _ in dated])
        self._documents = [document for _, _, document in dated]
        self._times = np.array([time for time, _, _ in dated], np.int64)

    def find(self, moment: int) -> Placing:
        """Return the areas of what was written strictly before a moment."""
        return find_unnamed(self._before(moment), self._vectors)

    def places(self, placing: Placing, moment: int, threads: Collection[int] | None = None) -> AreaPlaces:
        """Return the areas of each document written strictly before a moment, placed with its thread as it was then.

        Args:
            threads: numbers of the documents that open the threads to place; None for all.
        """
        documents = self._before(moment)
        if threads is not None:
            opening = {self._view.document_ids[code] for code in threads}
            documents = [document for document in documents if document.subject[0] in opening]
        _, rows, groups = subject_vectors(documents, self._vectors)
        tags = [sorted({tag for document in group for tag in document.tags}) for group in groups]
        return self._columns(placing, groups, placing.place(placing.turn(rows, tags)))

    def embeddings(self) -> Embeddings:
        """Return the embedding of each document, as the traces number them; zeros for one without a date."""
        result = np.zeros((len(self._view.names.documents), self._vectors.dim), np.float32)
        found = [self._view.names.documents.get(document.id, -1) for document in self._documents]
        traced = np.array(found, np.int64) >= 0
        result[np.array(found, np.int64)[traced]] = self._vectors.rows[traced]
        return result

    def _before(self, moment: int) -> Sequence[PlacedDocument]:
        return self._documents[: int(np.searchsorted(self._times, moment, side="left"))]

    def _columns(
        self,
        placing: Placing,
        groups: Sequence[Sequence[PlacedDocument]],
        placed: Sequence[Mapping[str, float]],
    ) -> AreaPlaces:
        names = self._view.names.documents
        area_codes = {area: code for code, area in enumerate(dict.fromkeys(placing.area_ids))}
        rows = sorted(
            (names[document.id], area_codes[area], strength)
            for group, areas in zip(groups, placed, strict=True)
            for document in group
            if document.id in names
            for area, strength in areas.items()
        )
        return AreaPlaces(
            list(area_codes),
            np.array([row[0] for row in rows], np.int32),
            np.array([row[1] for row in rows], np.int32),
            np.array([row[2] for row in rows], np.float32),
        )
