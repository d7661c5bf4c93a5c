"""Own past: how what people did before told what they did next, in the organisation's own history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from recommender.groups import Numbers, count
from recommender.moment import MICROSECONDS_PER_DAY
from recommender.succession.helps import Helps
from recommender.succession.tally import WAYS, Tally, shares_without

YEAR: Final = 365 * MICROSECONDS_PER_DAY
# The past is asked at so many moments, half a year apart, the last of them a year ago; and of the areas most given to.
_MOMENTS: Final = 4
_STEP: Final = YEAR // 2
_MOST_AREAS: Final = 40
# Nothing is learned from a moment with less history before it.
_SHORTEST: Final = 60 * MICROSECONDS_PER_DAY
_ROUNDS: Final = 30
_SMALLEST: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Lessons:
    """What was known of people who then gave to an area, one row for each of them, area and moment."""

    shares: Numbers
    """Shape (n, len(WAYS))."""
    weights: Numbers
    """How much each gave; all of an area and moment add up to the root of what was given there."""

    @classmethod
    def none(cls) -> Lessons:
        """Return no lesson."""
        return cls(np.empty((0, len(WAYS))), np.empty(0))


def learn_from_past(helps: Helps, moment: int) -> Lessons:
    """Return what the past of an organisation up to a moment teaches."""
    if not len(helps.given.times):
        return Lessons.none()
    first = int(helps.given.times[0]) + _SHORTEST
    moments = [moment - YEAR - place * _STEP for place in range(_MOMENTS)]
    found = [lesson for past in moments if past >= first for lesson in _lessons_at(helps, past)]
    if not found:
        return Lessons.none()
    return Lessons(np.concatenate([rows for rows, _ in found]), np.concatenate([amounts for _, amounts in found]))


def _lessons_at(helps: Helps, moment: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield one lesson for each area: the shares at a moment of those who gave in the year after, and how much."""
    tally = Tally(helps, moment)
    after = helps.given_in.between(moment, moment + YEAR)
    known = helps.first_seen[after.persons] < moment
    persons, areas, strengths = after.persons[known], after.areas[known], after.strengths[known]
    totals = count(areas, helps.areas, strengths)
    nobody = np.empty(0, np.int64)
    in_all = shares_without(tally.in_all, nobody)
    for area in np.argsort(-totals, kind="stable")[:_MOST_AREAS].tolist():
        if totals[area] < 1:
            break
        here = areas == area
        amounts = count(persons[here], helps.people, strengths[here])
        gave = np.flatnonzero(amounts)
        shares = np.concatenate([in_all[gave], shares_without(tally.in_area(area), nobody)[gave]], axis=1)
        yield shares, amounts[gave] / np.sqrt(totals[area])


def fit_weights(lessons: Lessons, prior: Numbers, confidence: float, rounds: int = _ROUNDS) -> Numbers:
    """Return how much each way of counting weighs, adding up to 1.

    Args:
        prior: what is taken without a lesson; adds up to 1.
        confidence: the weight of lessons that counts as much as the prior.

    Source: expectation maximisation for the proportions of a mixture, with a Dirichlet prior (Dempster, Laird and
    Rubin 1977).
    """
    weights = prior.copy()
    for _ in range(rounds if len(lessons.weights) else 0):
        parts = lessons.shares * weights
        parts /= np.maximum(parts.sum(axis=1, keepdims=True), _SMALLEST)
        weights = lessons.weights @ parts + confidence * prior
        weights /= weights.sum()
    return weights
