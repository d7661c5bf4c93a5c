"""Staging: passages waiting for the next commit, held compactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.bm25 import TITLE_WEIGHT, hash_terms
from recommender.indexes.columns import Codes, Columns, Counts, Mask, Offsets, to_microseconds
from recommender.indexes.index import Embeddings, Passage

_MAX_COUNT: Final = np.iinfo(np.uint16).max


Labels = Mapping[str, Sequence[str]]
"""The names behind the codes of each column of LABELLED."""

LABELLED: Final = ("spaces", "kinds", "languages")


@dataclass(frozen=True, slots=True)
class Table:
    """Passages on their way to the next generation, published or staged, in any order."""

    document_ids: Sequence[str]
    labels: Labels
    hashes: npt.NDArray[np.uint64]
    """Hashes of the terms, in the order of their codes."""
    rows: dict[str, npt.NDArray[Any]]
    """The columns of ROW_DTYPES, as in Columns; and kept, False for a row to drop."""
    row_sizes: Offsets
    """How many distinct terms each row has."""
    row_terms: Codes
    row_counts: Counts


ROW_DTYPES: Final[dict[str, type[Any]]] = {
    "documents": np.int32,
    "starts": np.int32,
    "ends": np.int32,
    "spaces": np.int32,
    "kinds": np.int32,
    "languages": np.int32,
    "created": np.int64,
    "lengths": np.int32,
    "kept": np.bool_,
}


class Staging:
    """Passages to add and documents to remove at the next commit."""

    def __init__(self) -> None:
        self.embeddings: list[Embeddings] = []
        """Of all staged rows, in their order, in pieces."""
        self._removed: set[str] = set()
        self._documents, self._terms = _Codebook(), _Codebook()
        self._labels = {name: _Codebook() for name in LABELLED}
        self._batches: list[_Batch] = []

    def __bool__(self) -> bool:
        """Return whether there is anything to commit."""
        return bool(self._removed or self._batches)

    def add(self, passages: Sequence[Passage], embeddings: Embeddings | None) -> None:
        """Stage passages, with one row of embeddings each."""
        if not passages:
            return
        sizes = np.array([(len(passage.title_terms), len(passage.terms)) for passage in passages], np.int64)
        rows: dict[str, Iterable[Any]] = {
            "documents": self._documents.encode(passage.document_id for passage in passages),
            "starts": (passage.start for passage in passages),
            "ends": (passage.end for passage in passages),
            "spaces": self._labels["spaces"].encode(passage.space for passage in passages),
            "kinds": self._labels["kinds"].encode(passage.kind for passage in passages),
            "languages": self._labels["languages"].encode(passage.language for passage in passages),
            "created": (to_microseconds(passage.created_at) for passage in passages),
            "lengths": sizes @ np.array([TITLE_WEIGHT, 1]),
            "kept": (True for _ in passages),
        }
        columns = {name: np.fromiter(values, ROW_DTYPES[name], len(passages)) for name, values in rows.items()}
        self._batches.append(_Batch(columns, *self._count(passages, sizes)))
        if embeddings is not None:
            self.embeddings.append(embeddings)

    def remove(self, document_ids: Collection[str]) -> None:
        """Stage the removal of documents, and drop what was staged of them."""
        self._removed.update(document_ids)
        staged = [self._documents[name] for name in document_ids if name in self._documents]
        if staged:
            for batch in self._batches:
                batch.rows["kept"] &= ~np.isin(batch.rows["documents"], staged)

    def table(self) -> Table:
        """Return everything that was staged."""
        batches = self._batches
        return Table(
            document_ids=list(self._documents),
            labels={name: list(codebook) for name, codebook in self._labels.items()},
            hashes=hash_terms(self._terms),
            rows={
                name: np.concatenate([np.empty(0, dtype), *(batch.rows[name] for batch in batches)])
                for name, dtype in ROW_DTYPES.items()
            },
            row_sizes=np.concatenate([np.empty(0, np.int64), *(batch.row_sizes for batch in batches)]),
            row_terms=np.concatenate([np.empty(0, np.int32), *(batch.row_terms for batch in batches)]),
            row_counts=np.concatenate([np.empty(0, np.uint16), *(batch.row_counts for batch in batches)]),
        )

    def published_table(self, columns: Columns, labels: Labels) -> Table:
        """Return what is published, with the rows of documents removed or staged anew marked for dropping."""
        ids = columns.document_ids()
        stays = np.array([name not in self._removed and name not in self._documents for name in ids], np.bool_)
        rows = {name: getattr(columns, name) for name in ROW_DTYPES if name != "kept"}
        return Table(
            document_ids=ids,
            labels=labels,
            hashes=columns.terms,
            rows={**rows, "kept": _take(stays, columns.documents)},
            row_sizes=np.diff(columns.row_starts),
            row_terms=columns.row_terms,
            row_counts=columns.row_counts,
        )

    def _count(self, passages: Sequence[Passage], sizes: Offsets) -> tuple[Offsets, Codes, Counts]:
        """Return how many distinct terms each passage has, these terms, and their weighted frequencies.

        Args:
            passages: n of them.
            sizes: number of terms in title and body, shape (n, 2).
        """
        words = chain.from_iterable(chain.from_iterable((passage.title_terms, passage.terms) for passage in passages))
        terms = self._terms.encode(words)
        weights = np.repeat(np.tile([TITLE_WEIGHT, 1], len(passages)), sizes.ravel())
        rows = np.repeat(np.arange(len(passages)), sizes.sum(axis=1))
        keys, places = np.unique(rows << 32 | terms, return_inverse=True)
        counts = np.bincount(places, weights=weights, minlength=len(keys))
        return (
            np.bincount(keys >> 32, minlength=len(passages)),
            (keys & 0xFFFFFFFF).astype(np.int32),
            np.minimum(counts, _MAX_COUNT).astype(np.uint16),
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one call of add brought; see Table."""

    rows: dict[str, npt.NDArray[Any]]
    row_sizes: Offsets
    row_terms: Codes
    row_counts: Counts


class _Codebook(defaultdict[str, int]):
    """Numbers for strings, in order of appearance."""

    def __init__(self) -> None:
        super().__init__()
        self.default_factory = self.__len__

    def encode(self, names: Iterable[str]) -> Codes:
        """Return the number of each name; a new name gets the next."""
        return np.fromiter(map(self.__getitem__, names), np.int32)


def _take(values: Mask, places: Codes) -> Mask:
    return values[places] if len(places) else np.zeros(0, np.bool_)
