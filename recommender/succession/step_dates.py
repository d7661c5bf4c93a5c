"""Dates of steps: when each can be done before a day, without anyone having too much at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

Span = tuple[date, date]
"""First and last day, both included."""
MOST_AT_ONCE: Final = 2
"""Steps that anyone has at the same time, beside their work."""
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class Diary:
    """Who is taken up by steps when; only what is put into it, and what they were busy with before."""

    def __init__(self, last: date, busy: Mapping[str, Sequence[Span]]) -> None:
        self._last = last
        self._spans: defaultdict[str, list[Span]] = defaultdict(list)
        for person, spans in busy.items():
            self._spans[person].extend(spans)

    def find_span(self, people: Collection[str], first: date, days: int) -> Span | None:
        """Return the earliest so many days, from the first on, when these people have room; None if none are left.

        Room opens only where something ends, so that no other day needs to be looked at. Weekends begin and
        end nothing.
        """
        ends = {end + _DAY for person in people for _, end in self._spans[person]}
        for day in sorted({first, *(day for day in ends if day > first)}):
            start = _or_monday(day)
            span = (start, _or_friday(start + (days - 1) * _DAY))
            if span[1] > self._last:
                return None
            if all(self._most_at_once(person, span) < MOST_AT_ONCE for person in people):
                return span
        return None

    def add(self, people: Collection[str], span: Span) -> None:
        """Note that these people are taken up."""
        for person in people:
            self._spans[person].append(span)

    def _most_at_once(self, person: str, span: Span) -> int:
        """Return the most that someone has on any day of a span."""
        met = [(start, end) for start, end in self._spans[person] if start <= span[1] and end >= span[0]]
        # The number only grows where something begins.
        days = {max(start, span[0]) for start, _ in met}
        return max((sum(start <= day <= end for start, end in met) for day in days), default=0)


def _or_monday(day: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return day + (7 - day.weekday()) * _DAY if day.weekday() >= _SATURDAY else day


def _or_friday(day: date) -> date:
    """Return the day, or the Friday before a weekend."""
    return day - max(day.weekday() - _SATURDAY + 1, 0) * _DAY
