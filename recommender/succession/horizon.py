"""The horizon of coverage: whose departures count, and how an area stands once they are gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from models.errors import InvalidInputError
from models.planning import Planner
from models.queries.succession_people import read_planned_leaving
from recommender.succession.ground import Ground

LONGEST_HORIZON_YEARS: Final = 15
DAYS_PER_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class CoverageOptions:
    """What coverage is asked for."""

    horizon_years: float = 5
    """Departures up to so many years ahead count, from 0 to 15."""
    leaving: Mapping[str, date] | None = None
    """The first day each person may be gone; None for the departures the planner may know."""

    def __post_init__(self) -> None:
        """Refuse a horizon that is out of range."""
        if not 0 <= self.horizon_years <= LONGEST_HORIZON_YEARS:
            message = f"A horizon of {self.horizon_years} years is out of range; choose 0 to {LONGEST_HORIZON_YEARS}"
            raise InvalidInputError(message)


class CoverageLevel(StrEnum):
    """How an area stands once those who leave are gone, worst first."""

    LOST = "lost"
    """Nobody holds it any more."""
    FRAGILE = "fragile"
    """One holder is left, or few works keep an author without one person."""
    REDUCED = "reduced"
    """Less than half of what its holders have is left."""
    COVERED = "covered"


def read_leaving(
    session: Session, ground: Ground, planner: Planner, today: date, options: CoverageOptions
) -> Mapping[int, date]:
    """Return the first day each person may be gone, by number, of those whose departure is counted."""
    days = options.leaving if options.leaving is not None else read_planned_leaving(session, planner, today)
    return {ground.person_codes[person]: day for person, day in days.items() if person in ground.person_codes}


def leaving_within(leaving: Mapping[int, date], today: date, years: float) -> set[int]:
    """Return who may be gone within so many years."""
    end = today + timedelta(days=round(years * DAYS_PER_YEAR))
    return {person for person, day in leaving.items() if day <= end}


def level_of(holders_left: int, share_left: float, truck_factor: int) -> CoverageLevel:
    """Return how an area stands with so many holders left."""
    if holders_left == 0:
        return CoverageLevel.LOST
    if holders_left == 1 or truck_factor <= 1:
        return CoverageLevel.FRAGILE
    return CoverageLevel.REDUCED if share_left < 0.5 else CoverageLevel.COVERED
