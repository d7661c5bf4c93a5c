"""Baselines of succession: those who are most active, nearest to who leaves, or worked with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from evaluation.past import Values
from evaluation.succession.cases import Case, Kind
from evaluation.succession.deeds import Deeds
from recommender.area_vectors import unit
from recommender.indexes.columns import to_microseconds
from recommender.indexes.index import Embeddings


class Scoring(Protocol):
    """A way to score everyone for a handover."""

    @property
    def name(self) -> str:
        """What it is called in a report."""
        ...

    def score(self, case: Case) -> Values:
        """Return what speaks for each person, by number; 0 and less where nothing does."""
        ...


class DeedsOf:
    """The deeds before each handover, counted once for all cases and baselines."""

    def __init__(self) -> None:
        self._kept: dict[int, Deeds] = {}

    def __call__(self, case: Case) -> Deeds:
        """Return the deeds before a handover."""
        found = self._kept.get(id(case.ground))
        if found is None:
            found = self._kept[id(case.ground)] = Deeds(case.ground, to_microseconds(case.handover.at))
        return found


@dataclass(frozen=True, slots=True)
class MostActive:
    """Who does most for others, lately."""

    deeds: DeedsOf
    half_life_days: float | None
    name: str = "most_active"

    def score(self, case: Case) -> Values:
        """Return the faded number of threads and documents each gave to."""
        deeds = self.deeds(case)
        return deeds.amounts(deeds.fading(self.half_life_days))


@dataclass(frozen=True, slots=True)
class OwnedWork:
    """Who does most in the areas left."""

    deeds: DeedsOf
    half_life_days: float | None
    name: str = "owned_work"

    def score(self, case: Case) -> Values:
        """Return the faded number of threads and documents in the areas, as much as each area is left."""
        deeds = self.deeds(case)
        return deeds.amounts(deeds.fading(self.half_life_days) * deeds.shares_in(dict(case.handover.areas)))


@dataclass(frozen=True, slots=True)
class CoAnswerers:
    """Who gave to the same threads and documents as those who leave."""

    deeds: DeedsOf
    half_life_days: float | None
    name: str = "co_answerers"

    def score(self, case: Case) -> Values:
        """Return the faded number of threads and documents shared with those who leave."""
        deeds = self.deeds(case)
        theirs = np.isin(deeds.persons, list(case.handover.leavers))
        shared = np.isin(deeds.threads, deeds.threads[theirs])
        return deeds.amounts(deeds.fading(self.half_life_days) * shared)


@dataclass(frozen=True, slots=True)
class NearestProfile:
    """Whose writing is nearest to that of those who leave, or where they leave none, to that of the areas left."""

    deeds: DeedsOf
    embeddings: Embeddings
    half_life_days: float | None
    prior: float
    """Deeds that everyone is taken to have had on no subject, so that one answer alone makes nobody the nearest."""
    name: str = "nearest_profile"

    def score(self, case: Case) -> Values:
        """Return the cosine of each profile with theirs, less for those who wrote little."""
        deeds = self.deeds(case)
        fading = deeds.fading(self.half_life_days)
        profiles = deeds.profiles(self.embeddings, fading)
        leavers = [person for person in case.handover.leavers if person < deeds.people]
        target = profiles[leavers].sum(axis=0)
        if not target.any():
            owned = deeds.shares_in(dict(case.handover.areas))
            target = deeds.profiles(self.embeddings, owned).sum(axis=0)
        amounts = deeds.amounts(fading)
        nearness: Values = unit(profiles) @ unit(target[None])[0] * amounts / np.maximum(amounts + self.prior, 1e-9)
        return nearness


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the baselines are set for one layout: each as it did best on the given data."""

    half_lives_days: Mapping[str, float | None]
    prior: float


# Of half-lives of 30 to 730 days or none, and priors of 0.1 to 500, each baseline has what gave the best mean nDCG@10
# on the given data themselves: over ten communities, or on the history of leadership. See docs/evaluation.md.
TUNED: Final[Mapping[Kind, Tuning]] = {
    Kind.COMMUNITY: Tuning(
        {"most_active": 90, "nearest_profile": 60, "co_answerers": None, "owned_work": 180}, prior=500
    ),
    Kind.LEADERSHIP: Tuning(
        {"most_active": 365, "nearest_profile": None, "co_answerers": 730, "owned_work": 365}, prior=1
    ),
}


def baselines(deeds: DeedsOf, embeddings: Embeddings, tuning: Tuning) -> list[Scoring]:
    """Return every baseline."""
    half_lives = tuning.half_lives_days
    return [
        MostActive(deeds, half_lives["most_active"]),
        NearestProfile(deeds, embeddings, half_lives["nearest_profile"], tuning.prior),
        CoAnswerers(deeds, half_lives["co_answerers"]),
        OwnedWork(deeds, half_lives["owned_work"]),
        MostActive(deeds, None, "popularity"),
    ]
