"""The rubric of risk: five dimensions answered with 1, 3 or 5, and what their sum, 5 to 25, says."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

# What a sum says: at least this much is high, at least that much medium, anything below low.
HIGH_FROM: Final = 20
MEDIUM_FROM: Final = 13
# Of an area's works, fewer than one in twenty written down to be used again: it is in people's heads.
TACIT_BELOW: Final = 0.05
# From one in four on, whoever comes next finds their way.
EXPLICIT_FROM: Final = 0.25
# One person with two thirds of what all have is nearly alone; with a half, the main source.
NEARLY_ALONE: Final = 2 / 3
MAIN_SOURCE: Final = 0.5
# From so many holders on, knowledge is spread.
SPREAD_HOLDERS: Final = 4
# With so many holders in other units, a unit is not alone with it.
HELP_ELSEWHERE: Final = 3


class Dimension(StrEnum):
    """What makes the loss of an area a risk."""

    ROLE_CRITICALITY = "role_criticality"
    """What stops when nobody does it."""
    KNOWLEDGE_CONCENTRATION = "knowledge_concentration"
    """How few people know."""
    TACIT_DEPTH = "tacit_depth"
    """How much of it is in heads alone."""
    SYSTEM_RISK = "system_risk"
    """What else fails with it."""
    REPLACEMENT_DIFFICULTY = "replacement_difficulty"
    """How long it takes to find or train someone."""


class Level(StrEnum):
    """What a sum of answers says."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def level_of(total: int) -> Level:
    """Return what a sum of five answers says."""
    if total >= HIGH_FROM:
        return Level.HIGH
    return Level.MEDIUM if total >= MEDIUM_FROM else Level.LOW


def score_concentration(holders: int, truck_factor: int, first_share: float, elsewhere: int = 0) -> int:
    """Return 1, 3 or 5 for how few people of a unit know an area.

    5: one holder or none; or one departure leaves most works without an author, or the first holder has two thirds.
    3: two or three holders; or two departures do that, or the first holder has half; or where it would be 5 but
       HELP_ELSEWHERE people of other units hold it too.
    1: otherwise.

    Args:
        truck_factor: 0 where most works have no author who is here, which says nothing of those who hold the area.
        first_share: of what all holders of the unit have, the part of the one who has most.
        elsewhere: how many people of other units hold it.
    """
    if holders <= 1 or truck_factor == 1 or first_share >= NEARLY_ALONE:
        return 3 if elsewhere >= HELP_ELSEWHERE else 5
    return 3 if holders < SPREAD_HOLDERS or truck_factor == 2 or first_share >= MAIN_SOURCE else 1


def score_tacit_depth(documented_ratio: float) -> int:
    """Return 1, 3 or 5 for how much of an area is in heads alone: 5 below TACIT_BELOW, 1 from EXPLICIT_FROM on."""
    if documented_ratio < TACIT_BELOW:
        return 5
    return 1 if documented_ratio >= EXPLICIT_FROM else 3
