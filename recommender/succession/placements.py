"""Placements: which documents are in which areas, whoever may read them, in columns kept up with the store."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.area_writing import placing_state
from models.queries.area_places import read_unlinked_documents, stream_places
from models.queries.changes import current_revision
from recommender.groups import Places
from recommender.traces import KINDS, Codes, Traces, Values

_KIND_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
_NONE: Final = -1


@dataclass(frozen=True, slots=True)
class PlacedColumns:
    """One row for each document in an area that still exists."""

    state: tuple[int, ...]
    area_ids: Sequence[str]
    space_ids: Sequence[str]
    documents: Codes
    """As the traces number them; -1 for one that neither a person nor a thread is linked to."""
    areas: Codes
    strengths: Values
    spaces: Codes
    kinds: Codes


@dataclass(frozen=True, slots=True)
class _Placed:
    """The rows of area_documents as they were last read."""

    state: int
    area_ids: Sequence[str]
    areas: Codes
    strengths: Values
    documents: Codes
    """-1 for what the traces had no number for then."""
    unknown: Sequence[str]
    """The ids of those, in the order of the rows."""


@dataclass(slots=True)
class Placements:
    """Follows the areas of documents in the store, every space, as the traces follow who did what."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _placed: _Placed | None = None
    _columns: PlacedColumns | None = None

    def read(self, session: Session, traces: Traces) -> PlacedColumns:
        """Return where every document of the store is; counted again only when something changed."""
        placing = placing_state(session)
        state = (current_revision(session), placing, traces.revision)
        with self._lock:
            if self._placed is None or self._placed.state != placing:
                self._placed = _read_placed(session, traces, placing)
            if self._columns is None or self._columns.state != state:
                self._columns = _with_spaces(session, traces, self._placed, state)
            return self._columns


def _read_placed(session: Session, traces: Traces, state: int) -> _Placed:
    numbers, area_codes = traces.document_numbers, dict[str, int]()
    documents, areas, strengths = [np.empty(0, np.int32)], [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    unknown: list[str] = []
    for rows in stream_places(session):
        area_ids, ids, some = zip(*rows, strict=True)
        codes = np.array([numbers.get(id_, _NONE) for id_ in ids], np.int32)
        unknown += [ids[place] for place in np.flatnonzero(codes == _NONE).tolist()]
        documents.append(codes)
        for id_ in sorted(set(area_ids) - area_codes.keys()):
            area_codes[id_] = len(area_codes)
        areas.append(np.array(list(map(area_codes.__getitem__, area_ids)), np.int32))
        strengths.append(np.array(some, np.float32))
    columns = (np.concatenate(areas), np.concatenate(strengths), np.concatenate(documents))
    return _Placed(state, list(area_codes), *columns, unknown)


def _with_spaces(session: Session, traces: Traces, placed: _Placed, state: tuple[int, ...]) -> PlacedColumns:
    """Return the rows with the space and kind of each document: of the traces or, where it has none, of the store."""
    documents = placed.documents.copy()
    numbers, where = traces.document_numbers, traces.whereabouts()
    documents[documents == _NONE] = [numbers.get(id_, _NONE) for id_ in placed.unknown]
    linked = (documents >= 0) & (documents < len(where.spaces))
    linked[linked] = where.spaces[documents[linked]] != _NONE
    spaces, kinds = np.full(len(documents), _NONE, np.int32), np.zeros(len(documents), np.int32)
    spaces[linked], kinds[linked] = where.spaces[documents[linked]], where.kinds[documents[linked]]
    space_codes = {id_: code for code, id_ in enumerate(where.space_ids)}
    alone = np.flatnonzero(~linked)
    ids = _ids_of(placed, alone, where.document_ids)
    found = read_unlinked_documents(session, set(ids))
    for row, id_ in zip(alone.tolist(), ids, strict=True):
        if id_ in found:
            space, kind = found[id_]
            spaces[row], kinds[row] = space_codes.setdefault(space, len(space_codes)), _KIND_CODES[kind]
    there = spaces != _NONE
    columns = (documents[there], placed.areas[there], placed.strengths[there], spaces[there], kinds[there])
    return PlacedColumns(state, placed.area_ids, list(space_codes), *columns)


def _ids_of(placed: _Placed, rows: Places, document_ids: Sequence[str]) -> list[str]:
    """Return the id of the document of each of these rows."""
    unknown = np.cumsum(placed.documents == _NONE) - 1
    return [
        placed.unknown[unknown[row]] if placed.documents[row] == _NONE else document_ids[placed.documents[row]]
        for row in rows.tolist()
    ]


def readable_rows(columns: PlacedColumns, spaces: Collection[str], area_ids: Sequence[str]) -> tuple[Codes, Codes]:
    """Return the rows in these spaces and areas, and the place of each row's area in `area_ids`."""
    number = {id_: code for code, id_ in enumerate(area_ids)}
    as_asked = np.array([number.get(id_, _NONE) for id_ in columns.area_ids], np.int32)
    allowed = frozenset(spaces)
    readable = np.array([id_ in allowed for id_ in columns.space_ids], np.bool_)
    areas = as_asked[columns.areas] if len(as_asked) else columns.areas
    shown = readable[columns.spaces] & (areas >= 0) if len(readable) else np.zeros(len(areas), np.bool_)
    return np.flatnonzero(shown).astype(np.int32), areas[shown]
