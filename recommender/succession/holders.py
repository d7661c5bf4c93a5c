"""Who holds which area now, and what is left once some of them have gone, in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import overload

import numpy as np

from recommender.groups import Numbers, Places, count
from recommender.indexes.columns import UNDATED
from recommender.succession.credits import HOLDER_POINTS, READY_POINTS, Holdings, strength_of
from recommender.succession.ground import Ground
from recommender.traces import Codes, Mask, Times

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HolderShare:
    """Someone who holds an area now."""

    person_id: str
    strength: float
    """In [0, 1): a half for three documents squarely in the area."""
    share: float
    """Of what all holders of the area have of it, in (0, 1]."""
    documents: int
    """How many speak for them; 0 for who holds it by their own word alone."""
    latest: datetime | None
    leaves_on: date | None
    """The first day on which they may be gone, of departures the planner may know."""
    in_scope: bool
    """Whether they are in a unit planned for; the others hold it elsewhere."""


@dataclass(frozen=True, slots=True)
class HolderShares(Sequence[HolderShare]):
    """The holders of an area, the one who holds most first; each made when looked at."""

    ground: Ground
    held: Holdings
    rows: Places
    """Of `held`, in the order shown."""
    leaving: Mapping[int, date]
    in_scope: Mask
    total: float

    def __len__(self) -> int:
        """Return how many hold the area."""
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> HolderShare: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[HolderShare]: ...
    def __getitem__(self, place: int | slice) -> HolderShare | Sequence[HolderShare]:
        """Return one holder, or some."""
        if isinstance(place, slice):
            return [self._make(int(row)) for row in self.rows[place]]
        return self._make(int(self.rows[place]))

    def __iter__(self) -> Iterator[HolderShare]:
        """Go through all of them."""
        return (self._make(int(row)) for row in self.rows)

    def _make(self, row: int) -> HolderShare:
        held, person = self.held, int(self.held.persons[row])
        points, latest = float(held.points[row]), int(held.latest[row])
        return HolderShare(
            self.ground.person_ids[person],
            float(strength_of(points)),
            points / self.total,
            int(held.documents[row]),
            None if latest == UNDATED else _EPOCH + timedelta(microseconds=latest),
            self.leaving.get(person),
            bool(self.in_scope[person]),
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of each area."""

    holders: Places
    points: Numbers
    ready: Places
    """How many could take over at once: strong, and neither away nor leaving."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Who said when that they know which area."""

    areas: Codes
    persons: Codes
    times: Times
    rows: Places
    """The row of each in the holdings of the ground; -1 where no document speaks for them."""

    @classmethod
    def of(cls, ground: Ground) -> Statements:
        """Return those of a ground, by area then person."""
        held, people = ground.credits.holdings, np.int64(len(ground.person_ids) + 1)
        said = sorted(ground.stated.items())
        areas = np.array([area for (area, _), _ in said], np.int32)
        persons = np.array([person for (_, person), _ in said], np.int32)
        keys = held.areas.astype(np.int64) * people + held.persons
        wanted = areas.astype(np.int64) * people + persons
        rows = np.searchsorted(keys, wanted)
        found = (rows < len(keys)) & (keys[np.minimum(rows, len(keys) - 1)] == wanted) if len(keys) else rows > 0
        return cls(areas, persons, np.array([at for _, at in said], np.int64), np.where(found, rows, -1))


def hold_now(ground: Ground) -> Holdings:
    """Return who holds which area today, ordered by area then person: not who is gone, nor first traces.

    Who says that they know an area holds it by their own word, as much as the least of holders.
    """
    held, said = ground.credits.holdings, Statements.of(ground)
    new = said.rows < 0
    nothing = np.zeros(int(new.sum()), np.int64)
    areas, persons = np.concatenate([held.areas, said.areas[new]]), np.concatenate([held.persons, said.persons[new]])
    points = np.concatenate([held.points, np.full(len(nothing), HOLDER_POINTS)])
    by_word = said.rows[~new]
    points[by_word] = np.maximum(points[by_word], HOLDER_POINTS)
    holds = np.flatnonzero((points >= HOLDER_POINTS) & ~np.isin(persons, sorted(ground.gone)))
    rows = holds[np.lexsort((persons[holds], areas[holds]))] if len(nothing) else holds
    return Holdings(
        areas[rows],
        persons[rows],
        points[rows],
        np.concatenate([held.documents, nothing])[rows],
        np.concatenate([held.latest, nothing + UNDATED])[rows],
    )


def left_without(ground: Ground, held: Holdings, leaving: Collection[int]) -> Left:
    """Return what is left of each area without some of its holders."""
    size = len(ground.places.area_ids)
    stays = ~np.isin(held.persons, sorted(leaving))
    ready = stays & (held.points >= READY_POINTS) & ~np.isin(held.persons, sorted(ground.circumstances.away))
    return Left(
        np.bincount(held.areas[stays], minlength=size),
        count(held.areas[stays], size, held.points[stays]),
        np.bincount(held.areas[ready], minlength=size),
    )


def people_in(ground: Ground, units: Collection[str] | None) -> Mask:
    """Return who is in one of the units, by number; everyone for None."""
    scope = np.full(len(ground.person_ids), units is None)
    if units is not None:
        scope[[person for person, unit in ground.circumstances.units.items() if unit in units]] = True
    return scope


def units_of(ground: Ground, units: Sequence[str]) -> Places:
    """Return the place in `units` of each person's unit, by number; -1 for who is in none of them."""
    place = {unit: number for number, unit in enumerate(units)}
    found = np.full(len(ground.person_ids), -1, np.int64)
    for person, unit in ground.circumstances.units.items():
        found[person] = place.get(unit, -1)
    return found
