"""Baselines that do not read the question: chance, popularity and recent popularity."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

from evaluation.experiment import Query
from evaluation.past import Grounds, add_up

_MICROSECONDS_PER_DAY: Final = 86_400_000_000


class RandomRanking:
    """Candidates in an order drawn for each question; the same each time for one seed."""

    def __init__(self, grounds: Grounds, seed: int = 1, name: str = "random") -> None:
        self.name = name
        self._grounds = grounds
        self._seed = seed

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates in the order drawn for this question."""
        past = self._grounds.past(query)
        scores = np.zeros(len(past.ground.view.person_ids))
        digest = hashlib.blake2b(f"{self._seed}\n{query.id}".encode(), digest_size=8).digest()
        draws = np.random.default_rng(int.from_bytes(digest, "big")).permutation(len(past.candidates))
        # Drawn for the people in the order of their ids, so that the numbers they have do not matter.
        scores[past.candidates[np.argsort(past.ground.id_ranks[past.candidates])]] = draws + 1
        return past.ranking(scores, top)


class Popularity:
    """Candidates by the number of threads and documents they gave to before."""

    def __init__(self, grounds: Grounds, name: str = "popularity") -> None:
        self.name = name
        self._grounds = grounds

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates with how many threads they helped."""
        past = self._grounds.past(query)
        return past.ranking(past.helps, top)


class RecencyPopularity:
    """Popularity where each help counts half as much after a half-life.

    Age is counted in helps, that is how many times anyone helped since, which adapts to how busy a community is; or,
    where `half_life_helps` is None, in days before the last trace.
    """

    def __init__(
        self,
        grounds: Grounds,
        half_life_helps: float | None,
        half_life_days: float,
        name: str = "recency_popularity",
    ) -> None:
        self.name = name
        self._grounds = grounds
        self._half_life_helps = half_life_helps
        self._half_life_days = half_life_days

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates with their faded number of helps."""
        past = self._grounds.past(query)
        rows = past.help_rows
        if self._half_life_helps is not None:
            half_lives = np.arange(len(rows) - 1, -1, -1) / self._half_life_helps
        else:
            # Undated traces are older than all others; as floats, since an undated time leaves no room to subtract.
            days = (float(past.now) - past.ground.view.columns.times[rows].astype(np.float64)) / _MICROSECONDS_PER_DAY
            half_lives = np.maximum(days, 0) / self._half_life_days
        persons = past.ground.view.columns.persons[rows]
        faded = add_up(persons, np.exp2(-np.minimum(half_lives, 100)), len(past.ground.view.person_ids))
        return past.ranking(faded, top)
