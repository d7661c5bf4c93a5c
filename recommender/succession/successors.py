"""Successors: who could take over what somebody leaves, best first, with what speaks for each and what they lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recommender.succession.ground import Ground


class Factor(StrEnum):
    """What moved a score."""

    SAME_AREAS = "same_areas"
    NEAR_AREAS = "near_areas"
    ACTIVITY = "activity"
    WITH_LEAVER = "with_leaver"
    COMMUNITIES = "communities"
    EXPERIENCE = "experience"
    GOAL = "goal"
    LANGUAGE = "language"
    SITE = "site"
    LOAD = "load"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Handover:
    """What is to be taken over, from whom and when."""

    areas: Mapping[int, float]
    """How much of each area, as the ground numbers them, is left; above 0."""
    leavers: frozenset[int]
    at: datetime
    """Only what happened strictly before counts."""
    excluded: frozenset[int] = frozenset()
    """Who does not come into question, beside the leavers."""
    communities: frozenset[int] = frozenset()
    """Communities, as the memberships number them, whose care is handed over."""
    undated: bool = False
    """Count what has no date too; never for a moment of the past."""


@dataclass(frozen=True, slots=True)
class Lack:
    """An area of the handover where someone holds little."""

    area: int
    held: float
    """Their strength beside the strongest other person, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class RankedSuccessor:
    """Someone who could take over."""

    person: int
    score: float
    """In [0, 1], comparable within one handover."""
    factors: Mapping[Factor, float]
    """What moved the score, before it was brought to [0, 1]."""
    ready: bool
    """Holds enough of each main area to take over now."""
    lacks: Sequence[Lack]
    """Largest gap first."""


def rank_successors(ground: Ground, handover: Handover) -> Sequence[RankedSuccessor]:
    """Return everyone with a trace or membership before the handover, best first, equals in order of id."""
    raise NotImplementedError
