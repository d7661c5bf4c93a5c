"""Helps: who gave what and asked what, in which area, up to any moment, in columns to add up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.records import Role
from recommender.groups import Numbers, Places
from recommender.indexes.columns import UNDATED
from recommender.succession.area_places import AreaPlaces
from recommender.traces import ROLES, Mask, Times, TraceView

_ASKED: Final = ROLES.index(Role.ASKED)


@dataclass(frozen=True, slots=True)
class Deeds:
    """One row for each thread that a person gave to, or asked, in order of time."""

    persons: Places
    threads: Places
    times: Times

    def until(self, moment: int) -> Deeds:
        """Return the rows strictly before a moment, in microseconds."""
        end = int(np.searchsorted(self.times, moment, side="left"))
        return Deeds(self.persons[:end], self.threads[:end], self.times[:end])


@dataclass(frozen=True, slots=True)
class AreaDeeds:
    """One row for each of them and area of its document, in order of time."""

    persons: Places
    areas: Places
    strengths: Numbers
    times: Times

    def until(self, moment: int) -> AreaDeeds:
        """Return the rows strictly before a moment, in microseconds."""
        return self.between(UNDATED, moment)

    def between(self, begin: int, end: int) -> AreaDeeds:
        """Return the rows from a moment on and strictly before another."""
        first, last = np.searchsorted(self.times, [begin, end], side="left").tolist()
        rows = slice(first, last)
        return AreaDeeds(self.persons[rows], self.areas[rows], self.strengths[rows], self.times[rows])


@dataclass(frozen=True, slots=True)
class Helps:
    """What was given and asked; a thread counts once for each person, at the first time.

    What someone adds to a thread they opened with a question is no help.
    """

    people: int
    areas: int
    given: Deeds
    given_in: AreaDeeds
    asked: Deeds
    asked_in: AreaDeeds
    first_seen: Times
    """When each person left their first trace; the largest number for never."""

    @classmethod
    def of(
        cls, view: TraceView, places: AreaPlaces, hidden: Collection[tuple[int, int]] = (), *, undated: bool = False
    ) -> Helps:
        """Count the traces of a view.

        Args:
            hidden: (area, person) where someone hides the area beside their name.
            undated: whether what has no date counts, as old as the oldest that has one.
        """
        times = _times(view, undated=undated)
        counted = times != UNDATED
        given = view.help_rows[counted[view.help_rows] & ~_own(view)[view.help_rows]]
        asked = np.flatnonzero((view.columns.roles == _ASKED) & counted)
        first_seen = np.full(len(view.person_ids), np.iinfo(np.int64).max)
        np.minimum.at(first_seen, view.columns.persons[counted], times[counted])
        return cls(
            len(view.person_ids),
            len(places.area_ids),
            _deeds(view, times, given),
            _area_deeds(view, places, times, given, hidden),
            _deeds(view, times, asked),
            _area_deeds(view, places, times, asked, hidden),
            first_seen,
        )


def _times(view: TraceView, *, undated: bool) -> Times:
    """Return the time of each row; undated ones come first, and stay so."""
    times = view.columns.times
    dated = times[times != UNDATED]
    if not undated or len(dated) == len(times):
        return times
    return np.maximum(times, dated[0] if len(dated) else 0)


def _own(view: TraceView) -> Mask:
    """Return where someone gives to a thread that they opened with a question."""
    keys = view.columns.threads.astype(np.int64) << 32 | view.columns.persons
    own: Mask = np.isin(keys, keys[view.columns.roles == _ASKED])
    return own


def _deeds(view: TraceView, times: Times, rows: Places) -> Deeds:
    columns = view.columns
    return Deeds(columns.persons[rows].astype(np.int64), columns.threads[rows].astype(np.int64), times[rows])


def _area_deeds(
    view: TraceView, places: AreaPlaces, times: Times, rows: Places, hidden: Collection[tuple[int, int]]
) -> AreaDeeds:
    found, of = places.of_documents(view.columns.documents[rows])
    persons, areas = view.columns.persons[rows][of].astype(np.int64), places.areas[found].astype(np.int64)
    shown = np.ones(len(found), np.bool_)
    if hidden:
        keys = np.array([area << 32 | person for area, person in hidden], np.int64)
        shown = ~np.isin(areas << 32 | persons, keys)
    strengths = places.strengths[found].astype(np.float64)
    return AreaDeeds(persons[shown], areas[shown], strengths[shown], times[rows][of][shown])
