"""Simulation: what is left if some people leave by a day, and which past questions nobody could answer any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.planning import Planner
from recommender.succession.ground import Ground


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An area that loses holders."""

    area_id: str
    label_fr: str
    label_en: str
    holders_before: int
    holders_after: int
    share_left: float
    """Of what holders had before, the part of those who stay, in [0, 1]."""

    def label(self, language: str) -> str:
        """Return its name in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en


@dataclass(frozen=True, slots=True)
class LostQuestion:
    """A question that was answered, and that nobody who stays answered or would know."""

    document_id: str
    title: str
    asked_at: datetime | None
    answered_by: Sequence[str]
    """Ids of people."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is left if some people leave."""

    people: Sequence[str]
    by: date
    uncovered: Sequence[Uncovered]
    """Areas that nobody holds any more, the one with most documents first."""
    weakened: Sequence[Uncovered]
    """Areas that one holder is left in, or that lose half of what holders had; least left first."""
    lost_questions: Sequence[LostQuestion]
    """The first of them, newest first."""
    lost_question_count: int
    answered_question_count: int
    """Questions that one of the people answered."""


def simulate(
    session: Session, ground: Ground, planner: Planner, today: date, people: Collection[str], by: date
) -> Simulation:
    """Return what is left if these people leave by a day.

    Raises:
        InvalidInputError: the day is past, or too many people are named.
        NotFoundError: someone is in none of the units planned for.
    """
    raise NotImplementedError
