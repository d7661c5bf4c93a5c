"""The trend of coverage: who held each area at the end of past half-years, by what is dated up to then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np

from recommender.groups import Places, count
from recommender.indexes.columns import to_microseconds
from recommender.succession.credits import HOLDER_POINTS
from recommender.succession.ground import Ground
from recommender.succession.holders import Statements

# Points of a trend: today, and the half-years before.
TREND_POINTS: Final = 8


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """An area as it was at the end of a day, by what is dated up to then."""

    on: date
    holders: int
    documents: int
    """How many documents spoke for someone."""


def measure_trends(ground: Ground, today: date) -> list[tuple[date, Places, Places]]:
    """Return, for each day of the trend, how many held each area then, and how many documents spoke for someone."""
    credits, size = ground.credits, len(ground.places.area_ids)
    held = credits.holdings
    last = np.full(len(ground.person_ids), np.iinfo(np.int64).max)
    for person, latest in ground.gone.items():
        last[person] = _end_of(latest)
    said = Statements.of(ground)
    text_areas, text_since = credits.first_credits
    points = []
    for on in trend_days(today):
        end = _end_of(on)
        then = credits.since <= end
        holds = count(credits.pairs[then], len(held.areas), credits.points[then]) >= HOLDER_POINTS
        known = said.times <= end
        holds[said.rows[known & (said.rows >= 0)]] = True
        alone = known & (said.rows < 0) & (last[said.persons] >= end)
        areas = np.concatenate([held.areas[holds & (last[held.persons] >= end)], said.areas[alone]])
        texts = np.bincount(text_areas[text_since <= end], minlength=size)
        points.append((on, np.bincount(areas, minlength=size), texts))
    return points


def _end_of(day: date) -> int:
    return to_microseconds(datetime.combine(day, time.max, UTC))


def trend_days(today: date) -> list[date]:
    """Return the days of a trend: the last of each half-year before today, oldest first, and today."""
    days = [today]
    while len(days) < TREND_POINTS:
        before = days[-1]
        half = date(before.year, 7, 1) if before >= date(before.year, 7, 1) else date(before.year, 1, 1)
        days.append(half - timedelta(days=1))
    return days[::-1]
