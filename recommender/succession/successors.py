"""Successors: who could take over what somebody leaves, best first, with what speaks for each and what they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from recommender.groups import Numbers, Places
from recommender.succession.adjustments import adjust
from recommender.succession.credits import HOLDER_POINTS, READY_STRENGTH, strength_of
from recommender.succession.ground import Ground
from recommender.succession.successor_features import (
    FACTORS,
    Factor,
    candidates_of,
    describe_successors,
    standing_at,
)
from recommender.succession.successor_weights import SuccessorWeights, bundled_weights

__all__ = ["Factor", "Handover", "Lack", "RankedSuccessor", "rank_successors"]

# Sums in another order differ further down, and what a viewer may not read must not even change the order of a sum.
_DECIMALS: Final = 9
# An area that makes less of a handover is not what decides whether someone could take over now.
_MAIN_SHARE: Final = 0.5
_PLACES_OF_FACTORS: Final = {
    factor: np.array([place for place, own in enumerate(FACTORS) if own is factor], np.int64)
    for factor in dict.fromkeys(FACTORS)
}


@dataclass(frozen=True, slots=True)
class Handover:
    """What is to be taken over, from whom and when."""

    areas: Mapping[int, float]
    """How much of each area, as the ground numbers them, is left; above 0."""
    leavers: frozenset[int]
    at: datetime
    """Only what happened strictly before counts; give a whole day, so that what is counted is kept for the next."""
    excluded: frozenset[int] = frozenset()
    """Who does not come into question, beside the leavers."""
    communities: frozenset[int] = frozenset()
    """Communities, as the memberships number them, whose care is handed over: who takes a role is another question
    than who will answer, with weights of its own."""
    undated: bool = False
    """Count what has no date too; never for a moment of the past."""


@dataclass(frozen=True, slots=True)
class Lack:
    """An area of the handover where someone holds too little to take over now."""

    area: int
    held: float
    """Their strength in [0, 1), a half for three documents squarely in the area."""


@dataclass(frozen=True, slots=True)
class RankedSuccessor:
    """Someone who could take over."""

    person: int
    score: float
    """In [0, 1]: the part of what is left that they are expected to take over."""
    factors: Mapping[Factor, float]
    """What the score is made of, and what moved it then: they add up to the score."""
    ready: bool
    """Strong enough in every main area to take over now."""
    lacks: Sequence[Lack]
    """The most important first."""


def rank_successors(
    ground: Ground, handover: Handover, weights: SuccessorWeights | None = None, top: int | None = None
) -> Sequence[RankedSuccessor]:
    """Return everyone with a trace or membership before the handover, best first, equals in order of id.

    Args:
        weights: those that come with the program by default.
        top: how many to return; None for all.
    """
    standing = standing_at(ground, handover)
    candidates = candidates_of(ground, handover, standing)
    if not len(candidates):
        return []
    matrix = describe_successors(ground, handover, standing, candidates)
    chosen = (weights or bundled_weights()).for_handover(standing.lessons, of_role=bool(handover.communities))
    factors = _factors(ground, handover, candidates, matrix * chosen)
    nothing = np.zeros(len(candidates))
    scores = np.clip(np.round(sum(factors.values(), nothing), _DECIMALS), 0.0, 1.0)
    order = np.lexsort((ground.person_ranks[candidates], -scores))[:top]
    areas = sorted(handover.areas, key=lambda area: (-handover.areas[area], area))
    strengths = _strengths(ground, candidates[order], areas)
    main = [handover.areas[area] >= _MAIN_SHARE * handover.areas[areas[0]] for area in areas]
    return [
        RankedSuccessor(
            person=int(candidates[row]),
            score=float(scores[row]),
            factors={factor: float(moved[row]) for factor, moved in factors.items() if moved[row]},
            ready=bool(areas) and bool(np.all(held[main] >= READY_STRENGTH)),
            lacks=[
                Lack(area, float(strength))
                for area, strength in zip(areas, held, strict=True)
                if strength < READY_STRENGTH
            ],
        )
        for row, held in zip(order.tolist(), strengths, strict=True)
    ]


def _factors(ground: Ground, handover: Handover, candidates: Places, parts: Numbers) -> dict[Factor, Numbers]:
    """Return what the score of each candidate is made of and then moved by."""
    factors: dict[Factor, Numbers] = {factor: parts[:, own].sum(axis=1) for factor, own in _PLACES_OF_FACTORS.items()}
    for adjusted in list(adjust(ground, handover, candidates, factors)):
        factors[adjusted.factor] = factors.get(adjusted.factor, 0.0) + adjusted.moved
    return {factor: np.round(moved, _DECIMALS) for factor, moved in factors.items()}


def _strengths(ground: Ground, persons: Places, areas: Sequence[int]) -> Numbers:
    """Return how well each person knows each area: shape (persons, areas), in [0, 1)."""
    held = ground.credits.holdings
    strengths = np.zeros((len(persons), len(areas)))
    for place, area in enumerate(areas):
        where = held.of_area(area)
        points = np.zeros(len(ground.person_ids))
        points[held.persons[where]] = held.points[where]
        said = [person for (stated, person) in ground.stated if stated == area]
        points[said] = np.maximum(points[said], HOLDER_POINTS)
        strengths[:, place] = strength_of(points[persons])
    return np.round(strengths, _DECIMALS)
