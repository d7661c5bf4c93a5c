"""Cases of a community: people who stopped answering, and who answered in their areas in the year after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evaluation.backtest import version_of, without_source
from evaluation.experiment import Data, Query
from evaluation.look_ahead import truncate
from evaluation.succession.answers import (
    AFTER_DAYS,
    BEFORE_DAYS,
    DAY,
    FEWEST_ANSWERS,
    MANY_ANSWERS,
    STEP_DAYS,
    TAKES_OVER,
    Answers,
    grade_successors,
    leavers_at,
    left_areas,
)
from evaluation.succession.cases import Case, Cases, Numbers, set_name, view_before
from evaluation.succession.past_areas import PastAreas
from evaluation.testbed import Testbed
from models.errors import InvalidInputError
from recommender.area_placing import Placing
from recommender.encoders.encoder import Encoder
from recommender.indexes.columns import UNDATED, to_datetime, to_microseconds
from recommender.succession.ground import Ground
from recommender.succession.successors import Handover


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
                f"{set_name(self._path)} is too short: answers must span {BEFORE_DAYS + AFTER_DAYS} days or more, a "
                "year before somebody leaves and a year after; give a community with a longer history."
            )
            raise InvalidInputError(message)
        cases = [case for moment in moments for case in self._cases_at(moment)]
        if not cases:
            message = (
                f"Nobody leaves in {set_name(self._path)}: at none of {len(moments)} handovers someone with at least "
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
        data = Data(set_name(self._path), version_of(self._path, self._testbed, ()), description)
        embeddings = self._areas.embeddings()
        return Cases(data, cases, embeddings, on_close=self._testbed.close, retell=self._retell)

    def _cases_at(self, moment: int) -> Iterator[Case]:
        leavers = leavers_at(self._answers, moment, self._people)
        if not len(leavers):
            return
        ground, placing = self._ground_at(moment)
        end = moment + AFTER_DAYS * DAY
        future = self._answers.between(moment, end)
        future_places = self._areas.places(placing, end, set(future.threads.tolist()))
        for case in self._handovers_at(moment, ground, leavers):
            areas = case.handover.areas
            grades = grade_successors(future, future_places, areas, case.candidates, self._people)
            if grades:
                [leaver] = case.handover.leavers
                yield replace(case, grades=grades, traits={"leaver": self._kind_of_leaver(leaver, moment)})

    def _ground_at(self, moment: int) -> tuple[Ground, Placing]:
        """Return what was known strictly before a moment, and how to place texts in the areas found in it."""
        placing = self._areas.find(moment)
        return Ground(view_before(self._view, moment), self._areas.places(placing, moment)), placing

    def _handovers_at(self, moment: int, ground: Ground, leavers: Numbers) -> Iterator[Case]:
        """Yield the case of each leaver, without who took over."""
        known = np.unique(ground.view.columns.persons).astype(np.int64)
        candidates = np.setdiff1d(known, leavers)
        past = self._answers.between(UNDATED + 1, moment)
        at = to_datetime(moment)
        day = at.date().isoformat()
        for leaver in leavers.tolist():
            areas = left_areas(past, ground.places, leaver)
            others = frozenset(leavers.tolist()) - {leaver}
            handover = Handover(areas, frozenset({leaver}), at, others)
            name = without_source(self._view.person_ids[leaver])
            yield Case(f"{day}/{name}", day, ground, handover, candidates, {})

    def _retell(self, case: Case) -> Cases:
        """Return a case from a store that never held what came at its moment or later."""
        moment = to_microseconds(case.handover.at)
        before = _Community(truncate(self._testbed, Query(case.id, "", at=case.handover.at)), self._path)
        ids = case.ground.person_ids
        gone = [before._view.names.persons[ids[code]] for code in (*case.handover.leavers, *case.handover.excluded)]
        ground, _ = before._ground_at(moment)
        told = before._handovers_at(moment, ground, np.array(gone, np.int64))
        data = Data(set_name(self._path), "", f"as it was before {case.handover.at.date().isoformat()}")
        return Cases(data, [next(told)], before._areas.embeddings(), on_close=before._testbed.close)

    def _kind_of_leaver(self, leaver: int, moment: int) -> str:
        """Return how much someone answered, and whether for good."""
        theirs = self._answers.persons == leaver
        threads = self._answers.threads[theirs & (self._answers.times < moment)]
        known = "many" if len(np.unique(threads)) >= MANY_ANSWERS else "few"
        back = bool((theirs & (self._answers.times >= moment)).any())
        return f"{known} answers, {'comes back later' if back else 'gone for good'}"
