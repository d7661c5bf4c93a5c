"""Deeds: what each did for others before a handover, once a thread or document; what baselines count."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from evaluation.past import Values, add_up
from evaluation.succession.cases import Numbers
from models.records import Role
from recommender.indexes.index import Embeddings
from recommender.succession.ground import Ground
from recommender.traces import ROLES

DAY: Final = 86_400_000_000
"""In microseconds."""
_ASKED: Final = ROLES.index(Role.ASKED)


class Deeds:
    """The deeds of everyone before a moment, one row for each person and thread, by the last in it."""

    def __init__(self, ground: Ground, at: int) -> None:
        self._ground = ground
        columns = ground.view.columns
        keys = columns.threads.astype(np.int64) << 32 | columns.persons
        rows = np.flatnonzero(ground.view.giving & ~np.isin(keys, keys[columns.roles == _ASKED]))
        # The rows are in order of time: of each person and thread, the last is found first from behind.
        rows = np.sort(rows[::-1][np.unique(keys[rows][::-1], return_index=True)[1]])
        self.persons: Numbers = columns.persons[rows].astype(np.int64)
        self.threads: Numbers = columns.threads[rows].astype(np.int64)
        self.documents: Numbers = columns.documents[rows].astype(np.int64)
        self.ages_days: Values = (at - columns.times[rows]) / DAY
        self.people = len(ground.person_ids)

    def fading(self, half_life_days: float | None) -> Values:
        """Return what each deed counts: half as much after each half-life; one without."""
        if half_life_days is None:
            return np.ones(len(self.persons))
        faded: Values = np.exp2(-self.ages_days / half_life_days)
        return faded

    def amounts(self, values: Values) -> Values:
        """Return the sum of the values of each person's deeds."""
        return add_up(self.persons, values, self.people)

    def shares_in(self, areas: dict[int, float]) -> Values:
        """Return how squarely each deed is in areas that weigh differently; 0 outside."""
        places = self._ground.places
        weights = np.zeros(len(places.area_ids))
        weights[list(areas)] = list(areas.values())
        rows, deeds = places.of_documents(self.documents)
        return add_up(deeds, places.strengths[rows] * weights[places.areas[rows]], len(self.documents))

    def profiles(self, embeddings: Embeddings, values: Values) -> Embeddings:
        """Return the sum of what each wrote, as embeddings around their common mean, shape (people, dim)."""
        own = embeddings[self.documents]
        adding = csr_matrix(
            (values.astype(np.float32), (self.persons, np.arange(len(own)))), (self.people, len(own)), dtype=np.float32
        )
        return np.asarray(adding @ (own - own.mean(axis=0)), np.float32) if len(own) else adding @ own
