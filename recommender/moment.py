"""Moment: which traces exist when a question is asked, and how old they are then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from recommender.groups import Numbers, Places
from recommender.indexes.columns import UNDATED
from recommender.traces import TraceView

MICROSECONDS_PER_DAY: Final = 86_400_000_000
# An undated trace counts as this old.
_UNDATED_DAYS: Final = 730.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Which traces exist when a question is asked: those from `first` up to `last`, and the time of the newest."""

    first: int
    last: int
    time: int
    """Microseconds since 1970; ages are counted from here, so that an organisation that fell silent keeps its order."""

    @classmethod
    def of(cls, view: TraceView, span: tuple[int, int]) -> Moment:
        """Return the moment of a span of a view's rows."""
        first, last = span
        time = int(view.columns.times[last - 1]) if last > first else 0
        return cls(first, last, max(time, 0))

    def existing(self, rows: Places) -> Places:
        """Return those of the rows that exist."""
        return rows[(rows >= self.first) & (rows < self.last)]

    def days_since(self, times: Places) -> Numbers:
        """Return ages in days, at least 0."""
        days = np.maximum(self.time - np.maximum(times, 0), 0) / MICROSECONDS_PER_DAY
        return np.where(times == UNDATED, _UNDATED_DAYS, days)
