"""Held areas: what one person has of each area beside everyone else, and what is asked there lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np

from models.records import DocumentKind, Role
from recommender.groups import Places, count, largest_of
from recommender.indexes.columns import to_microseconds
from recommender.succession.ground import Ground
from recommender.succession.holders import hold_now
from recommender.succession.loss import ASKED_DAYS, gone_of_area, loss_of
from recommender.traces import KINDS, ROLES

_QUESTION: Final = KINDS.index(DocumentKind.QUESTION)
_ASKED: Final = ROLES.index(Role.ASKED)


@dataclass(frozen=True, slots=True)
class HeldArea:
    """An area someone has a part in, by number."""

    area: int
    points: float
    """What the person holds; 0 for first traces, which make no holder."""
    everyone: float
    """The points of all who hold it and are here, the person included."""
    others: int
    """How many others hold it."""
    leads: bool
    """Whether nobody who is here holds more of it."""
    asked: Places
    """The questions asked in it lately, newest first, as the view numbers documents."""
    documented: float
    """The share of its works that can be used again."""

    @property
    def share(self) -> float:
        """Return the person's part of what all holders have, in [0, 1]."""
        return self.points / self.everyone if self.points else 0.0

    @property
    def gone(self) -> float:
        """Return what the area loses of its strength with the person."""
        return gone_of_area(self.points, self.everyone)

    def loss_of(self, gone: float) -> float:
        """Return what is lost here when something goes with the person, in [0, 1)."""
        return loss_of(gone, len(self.asked), self.documented)


def measure_held_areas(ground: Ground, person: int, today: date) -> dict[int, HeldArea]:
    """Return the areas in which someone holds something or has a first trace, by number."""
    held, size = hold_now(ground), len(ground.places.area_ids)
    own = held.persons == person
    points = count(held.areas[own], size, held.points[own])
    everyone, people = count(held.areas, size, held.points), np.bincount(held.areas, minlength=size)
    most = largest_of(held.points, held.areas.astype(np.int64), size)
    traced = ground.credits.areas[ground.credits.persons == person]
    areas = np.union1d(traced, held.areas[own]).astype(np.int64)
    asked = find_asked_lately(ground, areas, today)
    documented = ground.writings.documented_ratios
    return {
        area: HeldArea(
            area,
            float(points[area]),
            float(everyone[area]),
            int(people[area]) - bool(points[area]),
            bool(points[area] >= most[area] > 0),
            asked[area],
            float(documented[area]),
        )
        for area in areas.tolist()
    }


def find_asked_lately(ground: Ground, areas: Places, today: date) -> Mapping[int, Places]:
    """Return the questions of the last ASKED_DAYS days in each of these areas, newest first, each once."""
    view = ground.view
    end = datetime.combine(today + timedelta(days=1), time.min, UTC)
    first, last = view.since(to_microseconds(end - timedelta(days=ASKED_DAYS))), view.since(to_microseconds(end))
    columns = view.columns
    questions = (columns.kinds[first:last] == _QUESTION) & (columns.roles[first:last] == _ASKED)
    newest_first = columns.documents[first:last][questions][::-1].astype(np.int64)
    documents = newest_first[np.sort(np.unique(newest_first, return_index=True)[1])]
    rows, of = ground.places.of_documents(documents)
    placed, questions_placed = ground.places.areas[rows], documents[of]
    return {area: questions_placed[placed == area] for area in areas.tolist()}
