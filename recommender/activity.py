"""Activity: how much each person gives lately and in all, whatever the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from models.records import Role
from recommender.groups import Numbers, Places, count
from recommender.indexes.columns import UNDATED
from recommender.moment import MICROSECONDS_PER_DAY, Moment
from recommender.traces import ROLES, TraceView

# Half-lives of the shares of all helps, in helps of the organisation and in days.
HELPS: Final = (20, 100, 500)
DAYS: Final = (10, 45, 180)
# Longest memory of the shares, in half-lives.
_HALF_LIVES_KEPT: Final = 8
_NEVER_DAYS: Final = 10_000.0
# What the weights of all helps add up to at least, so that shares are finite.
_FLOOR: Final = 1e-4
# Sums in another order differ further down, and what a viewer may not read must not even change the order of a sum.
_DECIMALS: Final = 9
_ASKED: Final = ROLES.index(Role.ASKED)


@dataclass(frozen=True, slots=True)
class Activity:
    """What everyone gave up to a moment; each column has a row for each person of the view."""

    helps: Numbers
    """Threads the person gave something in."""
    shares: Mapping[str, Numbers]
    """Share of all helps, by half-life: 20h for helps, 10d for days."""
    helps_since: Numbers
    """How many helps of others came after the person's last."""
    days_since_help: Numbers
    tenure_days: Numbers
    """Since the person's first help."""
    days_since_trace: Numbers
    asked: Numbers
    """Traces of having asked."""
    givers: int
    """How many people ever helped."""

    def busiest(self, view: TraceView, size: int) -> list[Places]:
        """Return the codes of the most active people, lately and in all."""
        counts = (self.helps, *(self.shares[f"{half_life}h"] for half_life in HELPS))
        return [_largest(counted, view.person_ranks, size) for counted in counts] if size else []


# A view never changes and belongs to those who may read the same spaces, and most questions are asked now; so that
# nothing is counted again from one question to the next. It goes with its view.
_LATEST: Final[WeakKeyDictionary[TraceView, tuple[Moment, Activity]]] = WeakKeyDictionary()


def count_activity(view: TraceView, moment: Moment) -> Activity:
    """Return what everyone in a view gave up to a moment."""
    known = _LATEST.get(view)
    if known is not None and known[0] == moment:
        return known[1]
    activity = _count(view, moment)
    _LATEST[view] = moment, activity
    return activity


def _count(view: TraceView, moment: Moment) -> Activity:
    size = len(view.person_ids)
    columns = view.columns
    rows = view.help_rows
    rows = rows[np.searchsorted(rows, moment.first) : np.searchsorted(rows, moment.last)]
    persons, times = columns.persons[rows].astype(np.int64), columns.times[rows]
    last, first = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    numbers = np.arange(len(rows))
    last[persons] = numbers
    first[persons[::-1]] = numbers[::-1]
    at = np.append(times, 0)  # so that -1 finds something
    seen = columns.persons[moment.first : moment.last]
    newest = np.full(size, UNDATED)
    newest[seen] = columns.times[moment.first : moment.last]  # the last one wins, and it is the newest
    helps = count(persons, size)
    shares = {f"{half_life}h": _fading_by_count(persons, size, half_life) for half_life in HELPS}
    shares |= {f"{half_life}d": _fading_by_day(persons, times, size, half_life, moment.time) for half_life in DAYS}
    return Activity(
        helps=helps,
        shares=shares,
        helps_since=(len(rows) - 1 - last).astype(np.float64),
        days_since_help=np.where(last >= 0, moment.days_since(at[last]), _NEVER_DAYS),
        tenure_days=np.where(last >= 0, moment.days_since(at[first]), 0.0),
        days_since_trace=moment.days_since(newest),
        asked=count(seen[columns.roles[moment.first : moment.last] == _ASKED], size),
        givers=int(np.count_nonzero(helps)),
    )


def _fading_by_count(persons: Places, size: int, half_life: int) -> Numbers:
    """Return each person's share of all helps, each counting half of one so many helps later."""
    recent = persons[-half_life * _HALF_LIVES_KEPT :]
    weights = 0.5 ** (np.arange(len(recent))[::-1] / half_life)
    return count(recent, size, weights) / max(float(weights.sum()), 1.0)


def _fading_by_day(persons: Places, times: Places, size: int, half_life: int, now: int) -> Numbers:
    """Return each person's share of all helps, each counting half of one so many days later."""
    start = int(np.searchsorted(times, now - half_life * _HALF_LIVES_KEPT * MICROSECONDS_PER_DAY))
    weights = 0.5 ** ((now - times[start:]) / (MICROSECONDS_PER_DAY * half_life))
    return count(persons[start:], size, weights) / max(float(weights.sum()), _FLOOR)


def _largest(counts: Numbers, ranks: Places, size: int) -> Places:
    """Return the places of the largest counts above 0; of those that tie for the last place, the first by rank."""
    places = np.flatnonzero(counts)
    return places[np.lexsort((ranks[places], -np.round(counts[places], _DECIMALS)))[:size]]
