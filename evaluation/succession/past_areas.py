"""Areas as the product would have found them at a moment of the past, from what was written before it alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

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
from recommender.traces import Times

_DOCUMENTS_PER_BATCH: Final = 20_000


@dataclass(frozen=True, slots=True)
class Writing:
    """Every dated document of a testbed, by time."""

    documents: Sequence[PlacedDocument]
    times: Times
    codes: npt.NDArray[np.int64]
    """What the traces number each; -1 for one without a trace."""

    def before(self, moment: int) -> slice:
        """Return the places of the documents written strictly before a moment."""
        return slice(0, int(np.searchsorted(self.times, moment, side="left")))


class PastAreas:
    """Finds areas and places documents at any moment, with the embeddings that the index has."""

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        with testbed.store.read() as session:
            placed = read_placed_documents(session)
            times = {
                document.id: to_microseconds(document.created_at)
                for batch in stream_changes(session, 0, _DOCUMENTS_PER_BATCH)
                for document in batch
            }
        dated = sorted((times[document.id], document.id, document) for document in placed)
        dated = [found for found in dated if found[0] != UNDATED]
        names = testbed.view().names.documents
        self.writing = Writing(
            [document for _, _, document in dated],
            np.array([time for time, _, _ in dated], np.int64),
            np.array([names.get(id_, -1) for _, id_, _ in dated], np.int64),
        )

    def find(self, moment: int) -> Placing:
        """Return the areas of what was written strictly before a moment."""
        with self._testbed.store.read() as session:
            vectors = DocumentVectors(session, self._testbed.index.snapshot, self._testbed.encoder or load_bundled())
            return find_unnamed(self.writing.documents[self.writing.before(moment)], vectors)

    def places(self, placing: Placing, moment: int, threads: Collection[int] | None = None) -> AreaPlaces:
        """Return the areas of each document written strictly before a moment, placed with its thread as it was then.

        Args:
            threads: numbers of the documents that open the threads to place; None for all.
        """
        opening = {self._testbed.view().document_ids[code] for code in threads} if threads is not None else None
        known = self.writing.before(moment)
        documents = [
            document for document in self.writing.documents[known] if opening is None or document.subject[0] in opening
        ]
        with self._testbed.store.read() as session:
            vectors = DocumentVectors(session, self._testbed.index.snapshot, self._testbed.encoder or load_bundled())
            _, rows, groups = subject_vectors(documents, vectors)
        tags = [sorted({tag for document in group for tag in document.tags}) for group in groups]
        placed = placing.place(placing.turn(rows, tags))
        return self._columns(placing, groups, placed)

    def embeddings(self) -> Embeddings:
        """Return the embedding of each document, as the traces number them; zeros for one without a date."""
        with self._testbed.store.read() as session:
            vectors = DocumentVectors(session, self._testbed.index.snapshot, self._testbed.encoder or load_bundled())
            found = vectors.of([document.id for document in self.writing.documents])
        result = np.zeros((len(self._testbed.view().names.documents), vectors.dim), np.float32)
        traced = self.writing.codes >= 0
        result[self.writing.codes[traced]] = found[traced]
        return result

    def _columns(
        self,
        placing: Placing,
        groups: Sequence[Sequence[PlacedDocument]],
        placed: Sequence[Mapping[str, float]],
    ) -> AreaPlaces:
        names = self._testbed.view().names.documents
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
