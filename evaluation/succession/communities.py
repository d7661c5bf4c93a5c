"""Cases of a community: people who stopped answering, and who answered in their areas in the year after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.backtest import version_of, without_source
from evaluation.experiment import Data
from evaluation.past import add_up
from evaluation.succession.cases import Case, Cases, Numbers, view_before
from evaluation.succession.past_areas import PastAreas
from evaluation.testbed import Testbed
from models.errors import InvalidInputError
from models.records import Role
from recommender.encoders.encoder import Encoder
from recommender.indexes.columns import UNDATED, to_datetime
from recommender.succession.ground import AreaPlaces, Ground
from recommender.succession.successors import Handover
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


def read_community(path: Path, encoder: Encoder | None, keep: Path | None = None) -> Cases:
    """Return the cases of a file of threads, or of a folder that holds one.

    At each handover leave those who had given at least FEWEST_ANSWERS answers, FEWEST_IN_LAST_YEAR of them in the last
    year, whose last one is younger than the handover before, and who give none in the year from then on. What they
    leave are the areas that the product finds in what was written before, each with its share of their answers.

    Args:
        keep: folder that keeps the store and the index made of the data, for the next time.

    Raises:
        InvalidInputError: there is no such file, or nobody leaves in it.
    """
    testbed = Testbed.of_threads(path, encoder, keep)
    try:
        return _Community(testbed, path).cases()
    except Exception:
        testbed.close()
        raise


def handover_times(times: npt.NDArray[np.int64]) -> list[int]:
    """Return the moments of the handovers, first to last, from the times of all answers."""
    if not len(times):
        return []
    first, last = int(times[0]) + BEFORE_DAYS * DAY, int(times[-1]) - AFTER_DAYS * DAY
    return list(range(last, first - 1, -STEP_DAYS * DAY))[::-1]


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


class _Community:
    """Makes the cases of one community."""

    def __init__(self, testbed: Testbed, path: Path) -> None:
        self._testbed = testbed
        self._path = path
        self._view = testbed.view()
        self._people = len(self._view.person_ids)
        self._answers = Answers.of(self._view.columns)
        self._areas = PastAreas(testbed)

    def cases(self) -> Cases:
        moments = handover_times(self._answers.times)
        if not moments:
            message = (
                f"{self._path.name} is too short: answers must span at least {BEFORE_DAYS + AFTER_DAYS} days, a year "
                "before somebody leaves and a year after; give a community with a longer history."
            )
            raise InvalidInputError(message)
        cases = [case for moment in moments for case in self._cases_at(moment)]
        if not cases:
            message = (
                f"Nobody leaves in {self._path.name}: at none of {len(moments)} handovers someone with at least "
                f"{FEWEST_ANSWERS} answers had stopped whose areas others answered in during the year after; give a "
                "community with a longer history."
            )
            raise InvalidInputError(message)
        first, last = (cases[place].handover.at.date().isoformat() for place in (0, -1))
        description = (
            f"{len(cases):,} people who stopped answering, at {len(moments)} handovers from {first} to {last}; right "
            f"are those known before who gave {TAKES_OVER:.0%} of the answers or more in their areas, in the "
            f"{AFTER_DAYS} days after."
        )
        data = Data(self._path.name, version_of(self._path, self._testbed, ()), description)
        return Cases(data, cases, self._areas.embeddings(), on_close=self._testbed.close)

    def _cases_at(self, moment: int) -> Iterator[Case]:
        leavers = leavers_at(self._answers, moment, self._people)
        if not len(leavers):
            return
        placing = self._areas.find(moment)
        ground = Ground(view_before(self._view, moment), self._areas.places(placing, moment))
        known = np.unique(ground.view.columns.persons).astype(np.int64)
        candidates = np.setdiff1d(known, leavers)
        past = self._answers.between(UNDATED + 1, moment)
        end = moment + AFTER_DAYS * DAY
        future = self._answers.between(moment, end)
        future_places = self._areas.places(placing, end, set(future.threads.tolist()))
        at = to_datetime(moment)
        for leaver in leavers.tolist():
            areas = left_areas(past, ground.places, leaver)
            grades = grade_successors(future, future_places, areas, candidates, self._people)
            if grades:
                others = frozenset(leavers.tolist()) - {leaver}
                yield Case(
                    f"{at.date().isoformat()}/{without_source(self._view.person_ids[leaver])}",
                    at.date().isoformat(),
                    ground,
                    Handover(areas, frozenset({leaver}), at, others),
                    candidates,
                    grades,
                    {"leaver": self._kind_of_leaver(leaver, moment)},
                )

    def _kind_of_leaver(self, leaver: int, moment: int) -> str:
        """Return how much someone answered, and whether for good."""
        theirs = self._answers.persons == leaver
        threads = self._answers.threads[theirs & (self._answers.times < moment)]
        known = "many" if len(np.unique(threads)) >= MANY_ANSWERS else "few"
        back = bool((theirs & (self._answers.times >= moment)).any())
        return f"{known} answers, {'comes back later' if back else 'gone for good'}"


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
