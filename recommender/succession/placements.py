"""Placements: which documents are in which areas, whoever may read them, in columns kept up with the store."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from models.queries.area_places import places_state, stream_places
from models.records import DocumentKind
from recommender.traces import KINDS, Codes, TraceView, Values

_KIND_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class PlacedColumns:
    """One row for each document in an area."""

    state: tuple[int, int, int]
    area_ids: Sequence[str]
    space_ids: Sequence[str]
    documents: Codes
    """As the traces number them; -1 for one that nobody is linked to."""
    areas: Codes
    strengths: Values
    spaces: Codes
    kinds: Codes


@dataclass(slots=True)
class Placements:
    """Follows the areas of documents in the store, every space, as the traces follow who did what."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _columns: PlacedColumns | None = None

    def read(self, session: Session, view: TraceView) -> PlacedColumns:
        """Return where every document of the store is; read again only when something changed."""
        state = (*places_state(session), len(view.names.documents))
        with self._lock:
            if self._columns is None or self._columns.state != state:
                self._columns = _read_columns(session, view, state)
            return self._columns


def _read_columns(session: Session, view: TraceView, state: tuple[int, int, int]) -> PlacedColumns:
    known, area_codes, space_codes = view.names.documents, dict[str, int](), dict[str, int]()
    parts = []
    for rows in stream_places(session):
        areas, documents, strengths, spaces, kinds = zip(*rows, strict=True)
        parts.append(
            (
                np.array([known.get(id_, _UNKNOWN) for id_ in documents], np.int32),
                np.array([area_codes.setdefault(id_, len(area_codes)) for id_ in areas], np.int32),
                np.array(strengths, np.float32),
                np.array([space_codes.setdefault(id_, len(space_codes)) for id_ in spaces], np.int32),
                np.array([_KIND_CODES[DocumentKind(kind)] for kind in kinds], np.int32),
            )
        )
    empty = (np.empty(0, np.int32),) * 2 + (np.empty(0, np.float32),) + (np.empty(0, np.int32),) * 2
    columns = [np.concatenate(column) for column in zip(*(parts or [empty]), strict=True)]
    return PlacedColumns(state, list(area_codes), list(space_codes), *columns)


def readable_rows(columns: PlacedColumns, spaces: Collection[str], area_ids: Sequence[str]) -> tuple[Codes, Codes]:
    """Return the rows in these spaces and areas, and the place of each row's area in `area_ids`."""
    number = {id_: code for code, id_ in enumerate(area_ids)}
    as_asked = np.array([number.get(id_, _UNKNOWN) for id_ in columns.area_ids], np.int32)
    allowed = frozenset(spaces)
    readable = np.array([id_ in allowed for id_ in columns.space_ids], np.bool_)
    areas = as_asked[columns.areas] if len(as_asked) else columns.areas
    shown = readable[columns.spaces] & (areas >= 0) if len(readable) else np.zeros(len(areas), np.bool_)
    return np.flatnonzero(shown).astype(np.int32), areas[shown]
