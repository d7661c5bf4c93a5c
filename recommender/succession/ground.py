"""Ground: what succession is counted on, already narrowed to what its viewer may count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recommender.traces import Codes, Mask, Times, TraceView, Values

Embeddings = npt.NDArray[np.float32]


def _codes() -> Codes:
    return np.empty(0, np.int32)


def _times() -> Times:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class AreaPlaces:
    """Which documents are in which areas, in columns ordered by document; a document may be in several."""

    area_ids: Sequence[str]
    documents: Codes
    """As the view numbers them, ascending."""
    areas: Codes
    """Places in area_ids."""
    strengths: Values
    """How squarely the document is in the area, in (0, 1]."""

    def of_documents(self, documents: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the rows of these documents one after the other, and for each the place of its document."""
        begins = np.searchsorted(self.documents, documents, side="left")
        lengths = np.searchsorted(self.documents, documents, side="right") - begins
        places = np.repeat(np.arange(len(documents)), lengths)
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.repeat(begins, lengths) + offsets, places


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who is, was or will be in which community or team, in columns."""

    community_ids: Sequence[str] = ()
    persons: Codes = field(default_factory=_codes)
    """As the ground numbers them."""
    communities: Codes = field(default_factory=_codes)
    """Places in community_ids."""
    since: Times = field(default_factory=_times)
    """Microseconds since 1970 in UTC, or UNDATED for always."""
    until: Times = field(default_factory=_times)
    """The same, the first moment after; the largest number where it has not ended."""
    leads: Mask = field(default_factory=lambda: np.empty(0, np.bool_))
    """Where the person animates or leads."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What people said of themselves, or their organisation of them, by number; nothing that is not said."""

    goals: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Areas each wants to learn."""
    languages: Mapping[int, frozenset[str]] = field(default_factory=dict)
    sites: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    load: Mapping[int, float] = field(default_factory=dict)
    """Share of the week's capacity that is taken; 1 and more is full."""
    away: frozenset[int] = frozenset()
    """Who paused, or does not want to be suggested."""
    leaving: Mapping[int, date] = field(default_factory=dict)
    """Departures that the viewer may know of."""


@dataclass(frozen=True)
class Ground:
    """Traces, areas, memberships and circumstances; only `view` and `places` are needed."""

    view: TraceView
    places: AreaPlaces
    others: Sequence[str] = ()
    """Ids of people without a trace in the view; their numbers follow those of the view."""
    memberships: Memberships = field(default_factory=Memberships)
    circumstances: Circumstances = field(default_factory=Circumstances)

    @cached_property
    def person_ids(self) -> Sequence[str]:
        """The id of each person, by number."""
        return [*self.view.person_ids, *self.others]

    @cached_property
    def person_codes(self) -> Mapping[str, int]:
        """The number of each person, by id."""
        return {person_id: code for code, person_id in enumerate(self.person_ids)}
