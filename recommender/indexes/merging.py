"""Merging: the published passages and the staged ones as the columns of the next generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.indexes.columns import Codes, Columns, Counts, Offsets, pack_ids, to_starts
from recommender.indexes.staging import LABELLED, ROW_DTYPES, Labels, Table


@dataclass(frozen=True, slots=True)
class Merged:
    """The next generation's columns, and where each row comes from."""

    columns: Columns
    labels: Labels
    sources: Offsets
    """For each row, its place among the rows of the tables, counted on from one table to the next."""


def merge(tables: Sequence[Table]) -> Merged:
    """Return the kept rows of the tables, ordered by document id then start.

    The result depends on the rows alone, not on the tables they come from: the same passages give the same bytes.
    """
    kept = [np.flatnonzero(table.rows["kept"]) for table in tables]
    rows = {
        name: _concatenate([table.rows[name][k] for table, k in zip(tables, kept, strict=True)], dtype)
        for name, dtype in ROW_DTYPES.items()
    }
    ids, rows["documents"] = _recode([table.document_ids for table in tables], rows["documents"], kept)
    labels = {}
    for name in LABELLED:
        labels[name], rows[name] = _recode([table.labels[name] for table in tables], rows[name], kept)
    # A passage staged twice keeps its order of arrival.
    order = np.lexsort((rows["ends"], rows["starts"], rows["documents"]))
    first_rows = to_starts(np.array([len(table.row_sizes) for table in tables]))
    sources = _concatenate([first + k for first, k in zip(first_rows, kept, strict=False)], np.int64)[order]
    hashes, row_starts, row_terms, row_counts = _merge_terms(tables, sources)
    id_bytes, id_starts = pack_ids(ids)
    columns = Columns(
        id_bytes=id_bytes,
        id_starts=id_starts,
        **{name: column[order] for name, column in rows.items() if name != "kept"},
        row_starts=row_starts,
        row_terms=row_terms,
        row_counts=row_counts,
        terms=hashes,
        **_invert(row_starts, row_terms, row_counts, len(hashes)),
    )
    return Merged(columns, labels, sources)


def _recode(
    names: Sequence[Sequence[str]], codes: Codes, kept: Sequence[npt.NDArray[np.int64]]
) -> tuple[list[str], Codes]:
    """Return the names in use, ascending, and the codes of the tables' kept rows in their terms.

    Args:
        names: what the codes of each table stand for.
        codes: of the kept rows of all tables, one after the other.
        kept: the kept rows of each table, for their numbers.
    """
    parts = np.split(codes, np.cumsum([len(rows) for rows in kept])[:-1])
    used = [np.unique(part) for part in parts]
    merged = sorted({own[code] for own, codes_used in zip(names, used, strict=True) for code in codes_used})
    places = {name: place for place, name in enumerate(merged)}
    for own, codes_used, part in zip(names, used, parts, strict=True):
        table = np.zeros(len(own) + 1, np.int32)
        table[codes_used] = [places[own[code]] for code in codes_used]
        part[:] = table[part]
    return merged, codes


def _merge_terms(tables: Sequence[Table], sources: Offsets) -> tuple[npt.NDArray[np.uint64], Offsets, Codes, Counts]:
    """Return the hashes of the terms in use, ascending, and row_starts, row_terms and row_counts of the sources."""
    union = np.unique(np.concatenate([table.hashes for table in tables]))
    terms = _concatenate(
        [np.searchsorted(union, table.hashes).astype(np.int32)[table.row_terms] for table in tables], np.int32
    )
    counts = _concatenate([table.row_counts for table in tables], np.uint16)
    sizes = _concatenate([table.row_sizes for table in tables], np.int64)
    row_starts = to_starts(sizes[sources])
    rows = np.repeat(np.arange(len(sources)), sizes[sources])
    # For each place of the result, the place it is taken from.
    take = (to_starts(sizes)[sources] - row_starts[:-1])[rows] + np.arange(len(rows))
    terms, counts = terms[take], counts[take]
    used = np.bincount(terms, minlength=len(union)) > 0
    terms = (np.cumsum(used) - 1).astype(np.int32)[terms]
    order = np.argsort(rows << 32 | terms, kind="stable")
    return union[used], row_starts, terms[order], counts[order]


def _invert(row_starts: Offsets, row_terms: Codes, row_counts: Counts, terms: int) -> dict[str, npt.NDArray[Any]]:
    """Return the postings: the same counts by term."""
    # A stable sort keeps the rows of a term ascending; it is the whole transposition.
    order = np.argsort(row_terms, kind="stable")
    rows = np.repeat(np.arange(len(row_starts) - 1, dtype=np.int32), np.diff(row_starts))
    return {
        "posting_starts": to_starts(np.bincount(row_terms, minlength=terms)),
        "posting_rows": rows[order],
        "posting_counts": row_counts[order],
    }


def _concatenate(parts: Sequence[npt.NDArray[Any]], dtype: type[Any]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *parts]).astype(dtype, copy=False)
