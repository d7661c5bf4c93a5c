"""A snapshot: one published generation, open for reading, never changing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.bm25 import Scores, Visible, hash_terms, score_words
from recommender.indexes.columns import UNDATED, Columns, Mask, Offsets, to_microseconds
from recommender.indexes.index import Embeddings, Hit, WordQuery
from recommender.indexes.meaning import StoredEmbeddings, write_embeddings
from recommender.indexes.merging import Merged
from recommender.indexes.staging import Labels

FORMAT_VERSION: Final = 2
"""Raise it whenever the files change their meaning: an index of another version must be rebuilt."""

# Combinations of spaces whose statistics are kept; each takes nine bytes a passage.
_MAX_CACHED_FILTERS: Final = 16
_MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself."""

    format_version: int
    analysis_version: int
    encoder_id: str | None
    dim: int
    revision: int
    passages: int
    documents: int
    labels: Labels


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Passages found as columns, in order of rows."""

    rows: Offsets
    words: Scores
    """BM25 scores."""
    shares: Scores
    """The same over the most that the words could score; see Hit."""
    cosines: Scores
    """0 where the index or the query has no embedding."""


class Snapshot:
    """The passages of one generation."""

    def __init__(self, folder: Path, number: int, manifest: Manifest) -> None:
        self.number = number
        self.manifest = manifest
        self.columns = Columns(**{field.name: _map(folder / f"{field.name}.npy") for field in fields(Columns)})
        self._folder = folder
        self._known: Mask = _map(folder / "known.npy")
        self._filters: dict[frozenset[int], Visible] = {}

    @cached_property
    def embeddings(self) -> StoredEmbeddings:
        """The embeddings of the rows; only when dim > 0."""
        return StoredEmbeddings(self._folder, len(self.columns), self.manifest.dim)

    def search(
        self,
        embedding: Embeddings | None,
        words: WordQuery,
        top_k: int,
        spaces: Collection[str],
        before: datetime | None,
    ) -> list[Hit]:
        """Return the hits as Index.search does, for a query already checked."""
        return self._hits(self.find_rows(embedding, words, top_k, self.visible(spaces, before)))

    def find_rows(self, embedding: Embeddings | None, words: WordQuery, top_k: int, visible: Visible) -> FoundRows:
        """Return what search returns as columns: a thousand passages without an object for each."""
        if not visible.count or top_k <= 0:
            return FoundRows(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))
        scores, bound = score_words(self.columns.postings, words, visible)
        rows = _best_rows(scores, top_k)
        cosines = np.zeros(len(rows))
        if embedding is not None:
            nearest = self.embeddings.nearest(embedding, top_k, visible.mask & self._known)
            rows = np.union1d(rows, nearest)
            cosines = np.clip(self.embeddings.cosines(embedding, rows), -1.0, 1.0)
        found = scores[rows]
        return FoundRows(rows, found, found / bound if bound else found, cosines)

    def count_passages(self, terms: Sequence[str], spaces: Collection[str]) -> tuple[int, list[int]]:
        """Return how many passages there are in these spaces, and how many of them hold each term."""
        visible = self.visible(spaces, None)
        postings = self.columns.postings
        held = [int(np.count_nonzero(visible.mask[postings.of(hashed)[0]])) for hashed in hash_terms(terms)]
        return visible.count, held

    def _hits(self, found: FoundRows) -> list[Hit]:
        rows = found.rows
        columns, kinds, languages = self.columns, self.manifest.labels["kinds"], self.manifest.labels["languages"]
        return [
            Hit(id_, start, end, kinds[kind], score, share, cosine, languages[language])
            for id_, start, end, kind, language, score, share, cosine in zip(
                columns.document_ids_at(rows),
                columns.starts[rows].tolist(),
                columns.ends[rows].tolist(),
                columns.kinds[rows].tolist(),
                columns.languages[rows].tolist(),
                found.words.tolist(),
                found.shares.tolist(),
                found.cosines.tolist(),
                strict=True,
            )
        ]

    def visible(self, spaces: Collection[str], before: datetime | None) -> Visible:
        """Return the passages in these spaces created strictly before a moment, with their statistics."""
        codes = frozenset(code for code, space in enumerate(self.manifest.labels["spaces"]) if space in spaces)
        if before is not None:
            created = self.columns.created
            mask = self._in_spaces(codes) & (created < to_microseconds(before)) & (created != UNDATED)
            return Visible.from_mask(mask, self.columns.lengths)
        visible = self._filters.get(codes)
        if visible is None:
            visible = Visible.from_mask(self._in_spaces(codes), self.columns.lengths)
            if len(self._filters) >= _MAX_CACHED_FILTERS:
                self._filters.clear()
            self._filters[codes] = visible
        return visible

    def _in_spaces(self, codes: frozenset[int]) -> Mask:
        readable = np.zeros(len(self.manifest.labels["spaces"]), np.bool_)
        readable[list(codes)] = True
        return readable[self.columns.spaces] if len(self.columns) else np.zeros(0, np.bool_)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation."""
    content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    return Manifest(**content)


def write_generation(
    folder: Path, manifest: Manifest, merged: Merged, published: Embeddings | None, staged: Sequence[Embeddings]
) -> None:
    """Write the files of a generation into an empty folder."""
    columns = merged.columns
    for field in fields(Columns):
        np.save(folder / f"{field.name}.npy", getattr(columns, field.name))
    known = np.zeros(len(columns), np.bool_)
    if manifest.dim:
        empty = np.empty((0, manifest.dim), np.float32)
        known = write_embeddings(
            folder, merged.sources, empty if published is None else published, staged, manifest.dim
        )
    np.save(folder / "known.npy", known)
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")


def _map(path: Path) -> npt.NDArray[Any]:
    """Return an array of a file without reading it; a plain array, which is faster to index than a memmap."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r")
    return array.view(np.ndarray)


def _best_rows(scores: Scores, top_k: int) -> Offsets:
    """Return the rows of the best scores above 0, in order of rows; of those that tie for the last place, the first."""
    rows = np.flatnonzero(scores)
    if len(rows) <= top_k:
        return rows
    found = scores[rows]
    last = np.partition(found, len(rows) - top_k)[len(rows) - top_k]
    better = rows[found > last]
    tied = rows[found == last]
    return np.union1d(better, tied[: top_k - len(better)])
