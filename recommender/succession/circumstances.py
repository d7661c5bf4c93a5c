"""What succession knows of people beside their traces: communities, goals, languages, places, who is away or leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from recommender.traces import Codes, Mask, Times


def _codes() -> Codes:
    return np.empty(0, np.int32)


def _times() -> Times:
    return np.empty(0, np.int64)


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
