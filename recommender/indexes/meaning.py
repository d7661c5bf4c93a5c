"""Meaning: the embeddings of one generation in FAISS files, searched by cosine."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.columns import Mask, Offsets
from recommender.indexes.index import Embeddings
from recommender.indexes.rounding import RoundedEmbeddings, write_rounded

# Below, a scan of all rows takes less than two milliseconds as they are.
ROUNDED_FROM_ROWS: Final = 10_000
# An exact scan of this many rows of 256 takes about 20 ms on one core; above, clusters are made and used.
CLUSTERED_FROM_ROWS: Final = 200_000
# k-means settles with this many rows for each cluster; FAISS itself warns under 39.
_TRAINING_ROWS_PER_CLUSTER: Final = 40
# Share of the clusters that a search looks into, and how many candidates are scored exactly for each one returned.
_PROBED_SHARE: Final = 1 / 3
_CANDIDATES_PER_RESULT: Final = 4
# Far more than what sums of products of unit vectors lose in float32.
_FLOAT32_ERROR: Final = 1e-4
_CHUNK_ROWS: Final = 8_192

_EMBEDDINGS_FILE: Final = "embeddings.faiss"
_CLUSTERS_FILE: Final = "clusters.faiss"


class StoredEmbeddings:
    """The embeddings of the rows of one generation, memory-mapped."""

    def __init__(self, folder: Path, count: int, dim: int) -> None:
        faiss = self._faiss = _load_faiss()
        self._flat = faiss.read_index(str(folder / _EMBEDDINGS_FILE), faiss.IO_FLAG_MMAP_IFC)
        clusters = folder / _CLUSTERS_FILE
        self._clusters = faiss.read_index(str(clusters)) if clusters.exists() else None
        self._rounded = RoundedEmbeddings(folder, faiss) if RoundedEmbeddings.exist(folder) else None
        self.values: Embeddings = (
            faiss.rev_swig_ptr(self._flat.get_xb(), count * dim).reshape(count, dim)
            if count
            else np.empty((0, dim), np.float32)
        )
        # The file starts with a header of 45 bytes, and rows that are not aligned are slow to take as numbers.
        self._bytes = self.values.view(np.uint8)

    def take(self, rows: Offsets) -> Embeddings:
        """Return the embeddings of some rows."""
        taken: Embeddings = self._bytes[rows].view(np.float32)
        return taken

    def cosines(self, query: Embeddings, rows: Offsets) -> npt.NDArray[np.float64]:
        """Return the cosine of a query and each of these rows; 0 for a row of zeros."""
        # Row by row, so that equal rows have equal cosines wherever they stand; a matrix product does not promise it.
        cosines: npt.NDArray[np.float64] = np.einsum("rd,d->r", self.take(rows), query, dtype=np.float64)
        return cosines

    def nearest(self, query: Embeddings, top_k: int, mask: Mask) -> Offsets:
        """Return the rows of the mask closest to a query, ties by row; approximate above CLUSTERED_FROM_ROWS."""
        allowed = int(np.count_nonzero(mask))
        wanted = min(top_k, allowed)
        if not wanted:
            return np.empty(0, np.int64)
        selector = self._faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        if self._clusters is not None and allowed >= CLUSTERED_FROM_ROWS:
            probes = max(1, int(self._clusters.nlist * _PROBED_SHARE))
            parameters = self._faiss.SearchParametersIVF(sel=selector, nprobe=probes)
            _, found = self._clusters.search(query[None], wanted * _CANDIDATES_PER_RESULT, params=parameters)
            return self._best(query, found[0][found[0] >= 0], wanted)
        parameters = self._faiss.SearchParameters(sel=selector)
        if self._rounded is not None and (
            (rows := self._rounded.candidates(query, wanted, allowed, parameters)) is not None
        ):
            return self._best(query, self._nearly_best(query, rows, wanted), wanted)
        # FAISS keeps any of the rows that tie for the last place: ask for one more, and more until the tie is whole.
        asked = min(wanted + 1, allowed)
        while True:
            scores, found = self._flat.search(query[None], asked, params=parameters)
            if asked == allowed or scores[0][-1] < scores[0][wanted - 1]:
                return self._best(query, found[0], wanted)
            asked = min(2 * asked + 1, allowed)

    def _nearly_best(self, query: Embeddings, rows: Offsets, top_k: int) -> Offsets:
        """Return those of some rows that are among the best as far as float32 tells, to score fewer exactly."""
        cosines = self.take(rows) @ query
        last = np.partition(cosines, len(rows) - top_k)[len(rows) - top_k]
        nearly: Offsets = rows[cosines >= last - _FLOAT32_ERROR]
        return nearly

    def _best(self, query: Embeddings, rows: Offsets, top_k: int) -> Offsets:
        order = np.lexsort((rows, -self.cosines(query, rows)))
        return rows[order[:top_k]]


def write_embeddings(
    folder: Path, sources: Offsets, published: Embeddings, staged: Sequence[Embeddings], dim: int
) -> Mask:
    """Write the embeddings of the next generation in the order of its rows.

    Args:
        folder: of the next generation.
        sources: for each row its place, first among the published ones, then among the staged ones.
        published: shape (rows, dim).
        staged: in pieces, each of shape (rows, dim).
        dim: length of an embedding.

    Returns:
        False for each row of zeros, which no search by meaning may return.
    """
    faiss = _load_faiss()
    flat = faiss.IndexFlatIP(dim)
    # Room for all at once: growing by doubling would hold them three times.
    flat.codes.resize(len(sources) * dim * np.dtype(np.float32).itemsize)
    flat.ntotal = len(sources)
    known = np.zeros(len(sources), np.bool_)
    if len(sources):
        values = faiss.rev_swig_ptr(flat.get_xb(), len(sources) * dim).reshape(len(sources), dim)
        pieces = [published, *staged]
        ends = np.cumsum([len(piece) for piece in pieces])
        for start in range(0, len(sources), _CHUNK_ROWS):
            chunk = sources[start : start + _CHUNK_ROWS]
            piece_of = np.searchsorted(ends, chunk, side="right")
            for number in np.unique(piece_of):
                at = np.flatnonzero(piece_of == number)
                values[start + at] = pieces[number][chunk[at] - (ends[number] - len(pieces[number]))]
            known[start : start + len(chunk)] = values[start : start + len(chunk)].any(axis=1)
        if len(sources) >= ROUNDED_FROM_ROWS:
            write_rounded(folder, values, faiss)
        if len(sources) >= CLUSTERED_FROM_ROWS:
            faiss.write_index(_cluster(faiss, values), str(folder / _CLUSTERS_FILE))
    faiss.write_index(flat, str(folder / _EMBEDDINGS_FILE))
    return known


def _load_faiss() -> Any:  # noqa: ANN401 (its types are those of the C++ it wraps, not of its Python)
    # Imported when first used: 50 ms that a question by words need not pay.
    return importlib.import_module("faiss")


def _cluster(faiss: Any, values: Embeddings) -> Any:  # noqa: ANN401 (see _load_faiss)
    """Return the rows in clusters, one byte a number: candidates only, so that precision costs nothing."""
    count, dim = values.shape
    clusters = math.isqrt(count)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim), dim, clusters, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    # Evenly spread rows instead of a random sample: the same passages give the same clusters.
    sample = np.unique(np.linspace(0, count - 1, clusters * _TRAINING_ROWS_PER_CLUSTER).astype(np.int64))
    index.train(values[sample])
    for start in range(0, count, _CHUNK_ROWS):
        index.add(values[start : start + _CHUNK_ROWS])
    return index
