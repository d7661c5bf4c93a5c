"""What counting the ground of a viewer takes long for, kept as long as the store stays the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy.orm import Session

from models.records import DocumentKind
from recommender.succession.answers import Answers
from recommender.succession.area_places import AreaPlaces, Writings
from recommender.succession.credits import Credits, measure_documented, reusable_kinds
from recommender.succession.placements import PlacedColumns, Placements, readable_rows
from recommender.traces import KINDS, Traces, TraceView

# Viewers of different spaces whose counts are kept; each takes about 100 bytes a trace.
_MAX_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class Counts:
    """What a viewer may count, as long as nothing changes."""

    view: TraceView
    places: AreaPlaces
    writings: Writings
    credits: Credits
    answers: Answers


@dataclass(frozen=True, slots=True)
class Scope:
    """What a viewer may count: it tells counts apart."""

    view: TraceView
    """Their traces; where people opted out, those of the others are taken from it."""
    spaces: frozenset[str]
    opted_out: frozenset[str]
    area_ids: tuple[str, ...]
    hidden: frozenset[tuple[int, int]]
    """(area, person) where someone hides the area beside their name."""


@dataclass(slots=True)
class Counting:
    """Keeps the counts of the viewers who asked last; threads may share it."""

    placements: Placements = field(default_factory=Placements)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: OrderedDict[tuple[tuple[int, ...], Scope], Counts] = field(default_factory=OrderedDict)

    def read(self, session: Session, traces: Traces, scope: Scope) -> Counts:
        """Return the counts of what a viewer may count, made again when the store has changed."""
        placed = self.placements.read(session, traces)
        with self._lock:
            counts = self._kept.get((placed.state, scope))
            if counts is None:
                for old in [key for key in self._kept if key[0] != placed.state]:
                    del self._kept[old]
                counts = self._kept[placed.state, scope] = _count(placed, scope)
                if len(self._kept) > _MAX_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end((placed.state, scope))
            return counts


def _count(placed: PlacedColumns, scope: Scope) -> Counts:
    view = without_people(scope.view, scope.opted_out)
    rows, areas = readable_rows(placed, scope.spaces, scope.area_ids)
    documents, kinds, strengths = placed.documents[rows], placed.kinds[rows], placed.strengths[rows]
    # A document that came after the view was made is one that nobody is linked to yet.
    linked = (documents >= 0) & (documents < len(view.document_ids))
    order = np.flatnonzero(linked)[np.lexsort((areas[linked], documents[linked]))]
    places = AreaPlaces(scope.area_ids, documents[order], areas[order], strengths[order])
    credits = Credits.of(view, places, scope.hidden)
    unsigned = ~linked & reusable_kinds(kinds)
    writings = Writings(
        np.bincount(areas, minlength=len(scope.area_ids)),
        measure_documented(view, places, credits, kinds[order], (areas[unsigned], strengths[unsigned])),
    )
    questions = documents[order][kinds[order] == KINDS.index(DocumentKind.QUESTION)]
    return Counts(view, places, writings, credits, Answers.of(view, questions))


def count_writings(view: TraceView, places: AreaPlaces, credits: Credits) -> Writings:
    """Return what there is to read of documents that someone is linked to in the view."""
    kinds = np.full(
        max(view.columns.documents.max(initial=0), places.documents.max(initial=0)) + 1,
        KINDS.index(DocumentKind.MESSAGE),
        np.int32,
    )
    kinds[view.columns.documents] = view.columns.kinds
    none = (np.empty(0, np.int32), np.empty(0, np.float32))
    return Writings(
        np.bincount(places.areas, minlength=len(places.area_ids)),
        measure_documented(view, places, credits, kinds[places.documents], none),
    )


def without_people(view: TraceView, person_ids: Collection[str]) -> TraceView:
    """Return a view in which some people have no trace; the very same where they have none to begin with."""
    codes = [code for code in map(view.person_code, sorted(person_ids)) if code is not None]
    dropped = np.isin(view.columns.persons, codes) if codes else np.zeros(0, np.bool_)
    if not dropped.any():
        return view
    return TraceView(view.columns.take(~dropped), view.names, view.person_ids, view.people_of_name)


_KEPT: Final[WeakKeyDictionary[Traces, Counting]] = WeakKeyDictionary()
_KEEPING: Final = threading.Lock()


def counting_beside(traces: Traces) -> Counting:
    """Return the counts kept beside these traces, and as long as they are."""
    with _KEEPING:
        return _KEPT.setdefault(traces, Counting())
