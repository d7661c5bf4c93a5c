"""The passages of an embedded index as columns: one row each, with both directions of the words they hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.bm25 import Postings

UNDATED: Final = int(np.iinfo(np.int64).min)
# Reading all ids takes as long as looking for one in so many of them.
_FEW_OF: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Codes = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint16]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """Passages ordered by document id then start; arrays may be memory-mapped."""

    id_bytes: npt.NDArray[np.uint8]
    """The ids of the documents, ascending, in UTF-8, one after the other."""
    id_starts: Offsets
    """Where each id starts, and where the last ends."""
    documents: Codes
    """For each row, the place of its document's id."""
    starts: Codes
    ends: Codes
    spaces: Codes
    """For each row, the place of its space in the manifest's list."""
    kinds: Codes
    languages: Codes
    created: Offsets
    """Microseconds since 1970 in UTC, or UNDATED."""
    lengths: Codes
    """Weighted number of terms; see bm25.TITLE_WEIGHT."""
    row_starts: Offsets
    """Where each row starts in row_terms and row_counts, and where the last ends."""
    row_terms: Codes
    """Places in `terms`, ascending within a row."""
    row_counts: Counts
    terms: npt.NDArray[np.uint64]
    """Hashes of the terms, ascending."""
    posting_starts: Offsets
    posting_rows: Codes
    posting_counts: Counts

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.documents)

    @property
    def postings(self) -> Postings:
        """Return the rows of each term."""
        return Postings(self.terms, self.posting_starts, self.posting_rows, self.posting_counts)

    def document_ids_at(self, rows: Offsets) -> list[str]:
        """Return the ids of the documents of some rows."""
        places = self.documents[rows]
        starts, ends = self.id_starts[places].tolist(), self.id_starts[places + 1].tolist()
        content = self.id_bytes.data
        return [str(content[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]

    def document_ids(self) -> list[str]:
        """Return the ids of all documents, ascending."""
        content, starts = self.id_bytes.tobytes(), self.id_starts.tolist()
        return [content[start:end].decode() for start, end in pairwise(starts)]

    def places_of(self, ids: Sequence[str]) -> Offsets:
        """Return the place of each document's id; -1 where it has no passage."""
        content, starts = self.id_bytes.data, self.id_starts
        count = len(starts) - 1
        if len(ids) > count / _FEW_OF:
            known = {id_: place for place, id_ in enumerate(self.document_ids())}
            return np.array([known.get(id_, -1) for id_ in ids], np.int64)

        def at(place: int) -> bytes:
            return bytes(content[starts[place] : starts[place + 1]])

        places = np.full(len(ids), -1, np.int64)
        for row, id_ in enumerate(ids):
            wanted = id_.encode()
            place = bisect_left(range(count), wanted, key=at)
            if place < count and at(place) == wanted:
                places[row] = place
        return places


def pack_ids(ids: Sequence[str]) -> tuple[npt.NDArray[np.uint8], Offsets]:
    """Return id_bytes and id_starts of document ids given ascending."""
    encoded = [name.encode() for name in ids]
    return np.frombuffer(b"".join(encoded), np.uint8), to_starts(np.array([len(name) for name in encoded], np.int64))


def to_starts(lengths: npt.NDArray[Any]) -> Offsets:
    """Return where runs of these lengths start, and where the last ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def to_microseconds(moment: datetime | None) -> int:
    """Return the moment as stored in `created`; one without a zone is read as UTC."""
    if moment is None:
        return UNDATED
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - _EPOCH) // timedelta(microseconds=1)


def to_datetime(microseconds: int) -> datetime:
    """Return the moment of a stored time other than UNDATED."""
    return _EPOCH + timedelta(microseconds=microseconds)
