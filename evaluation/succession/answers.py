"""Answers of a community: who stops giving them, what they leave, and who gives them then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.past import add_up
from evaluation.succession.cases import Numbers
from models.records import Role
from recommender.indexes.columns import UNDATED
from recommender.succession.ground import AreaPlaces
from recommender.traces import ROLES, Columns, Mask

DAY: Final = 86_400_000_000
"""In microseconds."""
AFTER_DAYS: Final = 365
"""Who answers for so long after somebody left took over."""
BEFORE_DAYS: Final = 365
"""The data must have begun so long before the first handover."""
STEP_DAYS: Final = 182
"""Handovers are so far apart; whoever stopped since the one before leaves at it, so that everyone leaves once."""
FEWEST_ANSWERS: Final = 5
FEWEST_IN_LAST_YEAR: Final = 3
MANY_ANSWERS: Final = 20
"""Whoever gave so many is told apart in the slices."""
SMALLEST_SHARE: Final = 0.05
"""An area that makes less of what somebody did is not handed over."""
TAKES_OVER: Final = 0.1
"""Who gives this share of the answers in the areas left took over. With half of it, someone who does is first in
nearly every ranking by activity alone, and the first right answer tells systems no longer apart."""
LEAST_ANSWERED: Final = 0.5
"""But not who gave less than this, one being an answer squarely in the main area left."""

_ANSWERING: Final = tuple(ROLES.index(role) for role in (Role.ANSWERED, Role.ACCEPTED))
_ASKED: Final = ROLES.index(Role.ASKED)


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answered whose threads but their own, one row an answer, by time."""

    persons: npt.NDArray[np.int64]
    threads: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    @classmethod
    def of(cls, columns: Columns) -> Answers:
        """Take the dated answers of traces."""
        keys = columns.threads.astype(np.int64) << 32 | columns.persons
        own = np.isin(keys, keys[columns.roles == _ASKED])
        rows = np.flatnonzero(np.isin(columns.roles, _ANSWERING) & ~own & (columns.times != UNDATED))
        return cls(columns.persons[rows].astype(np.int64), columns.threads[rows].astype(np.int64), columns.times[rows])

    def between(self, begin: int, end: int) -> Answers:
        """Return the answers from a moment on and strictly before another, each person once a thread."""
        rows = np.arange(*np.searchsorted(self.times, [begin, end], side="left"))
        keys = self.threads[rows] << 32 | self.persons[rows]
        rows = np.sort(rows[np.unique(keys, return_index=True)[1]])
        return Answers(self.persons[rows], self.threads[rows], self.times[rows])

    def counts(self, people: int) -> npt.NDArray[np.int64]:
        """Return how many there are of each person."""
        return np.bincount(self.persons, minlength=people)


def leavers_at(answers: Answers, moment: int, people: int) -> Numbers:
    """Return who stopped answering between the handover before and this one, by number."""
    earlier, recent, last, after = (
        answers.between(begin, end).counts(people)
        for begin, end in (
            (UNDATED + 1, moment),
            (moment - BEFORE_DAYS * DAY, moment),
            (moment - STEP_DAYS * DAY, moment),
            (moment, moment + AFTER_DAYS * DAY),
        )
    )
    enough = (earlier >= FEWEST_ANSWERS) & (recent >= FEWEST_IN_LAST_YEAR)
    return np.flatnonzero(enough & (last > 0) & (after == 0))


def area_amounts(
    answers: Answers, places: AreaPlaces
) -> tuple[npt.NDArray[np.int64], Numbers, npt.NDArray[np.float32]]:
    """Return one row for each answer and area of its thread: the row of the answer, the area, and how squarely."""
    rows, answer = places.of_documents(answers.threads)
    return answer, places.areas[rows].astype(np.int64), places.strengths[rows]


def grade(amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the grade of each person's answers in the areas left, beside those of all: 0 for who did not take over.

    1 from TAKES_OVER of all answers on, one more each time that the share doubles.
    """
    shares = amounts / max(float(amounts.sum()), LEAST_ANSWERED)
    grades = np.floor(np.log2(np.maximum(shares, TAKES_OVER / 2) / TAKES_OVER) + 1 + 1e-9).astype(np.int64)
    return np.where(amounts >= LEAST_ANSWERED, grades, 0)


def left_areas(answers: Answers, places: AreaPlaces, leaver: int) -> dict[int, float]:
    """Return the main areas of what somebody answered, with shares that sum to 1."""
    mine: Mask = answers.persons == leaver
    own = Answers(answers.persons[mine], answers.threads[mine], answers.times[mine])
    _, areas, strengths = area_amounts(own, places)
    amounts = add_up(areas, strengths, len(places.area_ids))
    amounts[amounts < SMALLEST_SHARE * amounts.sum()] = 0
    total = float(amounts.sum())
    return {int(area): float(amounts[area] / total) for area in np.flatnonzero(amounts)}


def grade_successors(
    answers: Answers, places: AreaPlaces, areas: Mapping[int, float], candidates: Numbers, people: int
) -> dict[int, int]:
    """Return the grade of each candidate who answered in the areas left."""
    weights = np.zeros(len(places.area_ids))
    # An answer squarely in the main area left is one; in another, as much less as that area is less of what is left.
    weights[list(areas)] = np.array(list(areas.values())) / max(areas.values(), default=1.0)
    rows, found, strengths = area_amounts(answers, places)
    best = np.zeros(len(answers.persons))
    np.maximum.at(best, rows, strengths * weights[found])
    amounts = add_up(answers.persons, best, people)
    grades = grade(amounts)
    return {int(person): int(grades[person]) for person in candidates if grades[person] > 0}
