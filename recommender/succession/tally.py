"""Tally: what each person gave and asked up to a moment, faded in several ways, in all and in one area."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from recommender.groups import Numbers, Places, count
from recommender.moment import MICROSECONDS_PER_DAY
from recommender.succession.helps import AreaDeeds, Helps
from recommender.traces import Times

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

# Half-lives in days and in helps of the organisation, or of the area: communities differ in pace.
_DAYS: Final = (30, 90, 365, 1000)
_HELPS: Final = (30, 100, 300)
_DAYS_IN_AREA: Final = (90, 365, 1000)
_HELPS_IN_AREA: Final = (20, 60)
_DAYS_ASKED: Final = 120
_DAYS_ASKED_IN_AREA: Final = 365
_DAYS_NEAR: Final = 365
_DAYS_OF_PROFILE: Final = 1000
# Taken as helps of everyone's usual kind, so that one answer alone is no profile.
_DOUBT: Final = 1.0
_FLOOR: Final = 1e-9

IN_ALL: Final = (
    *(f"all_{days}d" for days in _DAYS),
    *(f"all_{helps}h" for helps in _HELPS),
    "asked",
    "anyone",
    "helped",
)
IN_AREA: Final = (
    *(f"area_{days}d" for days in _DAYS_IN_AREA),
    *(f"area_{helps}h" for helps in _HELPS_IN_AREA),
    "asked_in_area",
    "near",
)
WAYS: Final = IN_ALL + IN_AREA
"""Of counting what someone did before, each of which says something of what they will do."""


class Tally:
    """What everyone gave and asked strictly before a moment; each column is a sum, to be made a share of all."""

    def __init__(self, helps: Helps, moment: int) -> None:
        self.helps = helps
        self.given = helps.given.until(moment)
        self.given_in = helps.given_in.until(moment)
        self._asked = helps.asked.until(moment)
        self._asked_in = helps.asked_in.until(moment)
        self._moment = moment
        # Ages are counted from the newest help, so that an organisation that fell silent keeps its order.
        self._newest = int(self.given.times[-1]) if len(self.given.times) else moment

    @cached_property
    def in_all(self) -> Numbers:
        """What each did in all: shape (people, len(IN_ALL))."""
        size, persons = self.helps.people, self.given.persons
        later = _later(self.given.times)
        faded = [count(persons, size, self._fading(self.given.times, days)) for days in _DAYS]
        faded += [count(persons, size, 0.5 ** (later / helps)) for helps in _HELPS]
        asked = count(self._asked.persons, size, self._fading(self._asked.times, _DAYS_ASKED))
        known = (self.helps.first_seen < self._moment).astype(np.float64)
        helped = (count(persons, size) > 0).astype(np.float64)
        return np.stack([*faded, asked, known, helped], axis=1)

    def in_area(self, area: int) -> Numbers:
        """What each did in an area and near it: shape (people, len(IN_AREA))."""
        rows = self._rows_of[self._starts[area] : self._starts[area + 1]]
        given = self.given_in
        persons, strengths, times = given.persons[rows], given.strengths[rows], given.times[rows]
        size = self.helps.people
        later = _later(times)
        faded = [count(persons, size, strengths * self._fading(times, days)) for days in _DAYS_IN_AREA]
        faded += [count(persons, size, strengths * 0.5 ** (later / helps)) for helps in _HELPS_IN_AREA]
        asking = self._asked_in
        questions = self._questions_of[self._question_starts[area] : self._question_starts[area + 1]]
        asked = asking.strengths[questions] * self._fading(asking.times[questions], _DAYS_ASKED_IN_AREA)
        return np.stack(
            [
                *faded,
                count(asking.persons[questions], size, asked),
                self._lately @ self.likeness(area),
            ],
            axis=1,
        )

    def focused(self, weights: Numbers) -> Numbers:
        """Return how much of an area's long past is each one's, times how far they give there more than others do.

        Args:
            weights: of each area, adding up to 1.
        """
        given, size = self.given_in, self.helps.people
        usual = count(given.areas, self.helps.areas, given.strengths) + 0.01
        usual /= usual.sum()
        own = count(given.persons, size, given.strengths * (weights / usual)[given.areas])
        focus = (own + _DOUBT) / (count(given.persons, size, given.strengths) + _DOUBT)
        faded = given.strengths * self._fading(given.times, _DAYS_OF_PROFILE)
        totals = np.maximum(count(given.areas, self.helps.areas, faded), _FLOOR)
        share = count(given.persons, size, faded * (weights / totals)[given.areas])
        focused: Numbers = share * focus
        return focused

    def beside(self, others: Places) -> Numbers:
        """Return how much each gave to the threads that others gave to, lately more."""
        theirs = np.isin(self.given.persons, others)
        shared = np.isin(self.given.threads, self.given.threads[theirs])
        faded = self._fading(self.given.times[shared], _DAYS_NEAR)
        return count(self.given.persons[shared], self.helps.people, faded)

    def likeness(self, area: int) -> Numbers:
        """Return how far each area is held by the same people as one, beyond what is usual for it; 0 for itself."""
        held, norms = self._profiles
        own = held[:, [area]].toarray().ravel()
        cosines: Numbers = (held.T @ own) / np.maximum(norms * norms[area], _FLOOR)
        others = np.delete(cosines, area)
        likeness = np.maximum(cosines - (np.median(others) if len(others) else 0.0), 0.0)
        likeness[area] = 0.0
        return likeness

    @cached_property
    def _profiles(self) -> tuple[csc_array, Numbers]:
        """What each holds of each area, dampened, and the length of each area's column."""
        held = self._summed(_DAYS_OF_PROFILE).tocsc()
        held.data = np.log1p(held.data)
        return held, np.sqrt(np.asarray(held.multiply(held).sum(axis=0)).ravel())

    @cached_property
    def _lately(self) -> csr_array:
        return self._summed(_DAYS_NEAR)

    def _summed(self, half_life_days: int) -> csr_array:
        """Return what each gave to each area: shape (people, areas)."""
        # Imported here because SciPy's sparse matrices take long to import.
        from scipy.sparse import csr_array

        given = self.given_in
        amounts = given.strengths * self._fading(given.times, half_life_days)
        summed = csr_array((amounts, (given.persons, given.areas)), shape=(self.helps.people, self.helps.areas))
        summed.sum_duplicates()
        return summed

    @cached_property
    def _rows_of(self) -> Places:
        return np.argsort(self.given_in.areas, kind="stable")

    @cached_property
    def _starts(self) -> Places:
        return _starts(self.given_in, self._rows_of, self.helps.areas)

    @cached_property
    def _questions_of(self) -> Places:
        return np.argsort(self._asked_in.areas, kind="stable")

    @cached_property
    def _question_starts(self) -> Places:
        return _starts(self._asked_in, self._questions_of, self.helps.areas)

    def _fading(self, times: Times, half_life_days: int) -> Numbers:
        """Return what each counts: half for each half-life before the moment."""
        faded: Numbers = 0.5 ** ((self._newest - times) / (MICROSECONDS_PER_DAY * half_life_days))
        return faded


def shares_without(amounts: Numbers, left_out: Places) -> Numbers:
    """Return the share of each row in each column, some people left out; a column of zeros stays so."""
    shares = amounts.copy()
    shares[left_out] = 0.0
    shares /= np.maximum(shares.sum(axis=0), _FLOOR)
    return shares


def _later(times: Times) -> Places:
    """Return how many rows are later than each, of rows in order of time; those of one moment are alike."""
    later: Places = len(times) - np.searchsorted(times, times, side="right")
    return later


def _starts(deeds: AreaDeeds, order: Places, areas: int) -> Places:
    starts: Places = np.searchsorted(deeds.areas[order], np.arange(areas + 1))
    return starts
