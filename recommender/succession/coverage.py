"""Coverage: who holds each area, and what is left of it after departures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from models.planning import Planner
from recommender.groups import Places
from recommender.succession.coverage_of_units import UnitAreaCell, measure_units
from recommender.succession.coverage_trend import TrendPoint, measure_trends
from recommender.succession.credits import HOLDER_POINTS
from recommender.succession.ground import Ground
from recommender.succession.holders import HolderShare, HolderShares, hold_now, left_without, people_in
from recommender.succession.horizon import CoverageLevel, CoverageOptions, leaving_within, level_of, read_leaving
from recommender.succession.works import truck_factors
from recommender.traces import Mask

__all__ = [
    "AreaCoverage",
    "CoverageLevel",
    "CoverageOptions",
    "HolderShare",
    "TrendPoint",
    "UnitAreaCell",
    "leaving_within",
    "measure_coverage",
    "measure_units",
    "read_leaving",
]


@dataclass(frozen=True, slots=True)
class AreaCoverage:
    """Who holds an area, and what is left of it after departures within the horizon."""

    area_id: str
    label_fr: str
    label_en: str
    holders: Sequence[HolderShare]
    """Now; who holds most first."""
    share_left: float
    """Of what holders have of the area now, the part of those who stay, in [0, 1]; 0 where nobody holds it."""
    holders_left: int
    truck_factor: int
    """How few of those who are here have to leave before most works lose every author; 0 where they did already."""
    documented_ratio: float
    """The share of works that hold a practice, a page or a recording, in [0, 1]."""
    successors_ready: int
    """How many are strong in it, neither paused nor leaving, in scope or elsewhere."""
    trend: Sequence[TrendPoint]
    """Oldest first, today last."""
    documents: int
    """Those the planner may read."""

    @property
    def level(self) -> CoverageLevel:
        """Return how the area stands."""
        return level_of(self.holders_left, self.share_left, self.truck_factor)

    def label(self, language: str) -> str:
        """Return its name in French ("fr") or else in English."""
        return self.label_fr if language == "fr" else self.label_en


def measure_coverage(
    session: Session, ground: Ground, planner: Planner, today: date, options: CoverageOptions | None = None
) -> list[AreaCoverage]:
    """Return the areas that someone planned for holds, most at risk first.

    Least share left first, then the lowest truck factor, the fewest holders left, the least documented, the largest.
    """
    asked = options or CoverageOptions()
    leaving = read_leaving(session, ground, planner, today, asked)
    held = hold_now(ground)
    scope = people_in(ground, planner.units)
    now = left_without(ground, held, ())
    left = left_without(ground, held, leaving_within(leaving, today, asked.horizon_years))
    factors, ratios, documents = _truck_factors(ground), ground.writings.documented_ratios, ground.writings.documents
    trends = measure_trends(ground, today)
    share_left = left.points / np.where(now.points > 0, now.points, 1)
    shown = _areas_in_scope(ground, planner, scope)
    risks = (shown, -documents[shown], ratios[shown], left.holders[shown], factors[shown], share_left[shown])
    order = np.lexsort(risks)
    strongest = np.lexsort((ground.person_ranks[held.persons], -held.points, held.areas))
    starts = np.searchsorted(held.areas, np.arange(len(documents) + 1))
    names = {area.id: area for area in ground.areas}
    covered = []
    for area in shown[order].tolist():
        id_ = ground.places.area_ids[area]
        name, rows = names.get(id_), strongest[starts[area] : starts[area + 1]]
        covered.append(
            AreaCoverage(
                id_,
                name.label_fr if name else id_,
                name.label_en if name else id_,
                HolderShares(ground, held, rows, leaving, scope, float(now.points[area])),
                float(share_left[area]),
                int(left.holders[area]),
                int(factors[area]),
                float(ratios[area]),
                int(left.ready[area]),
                [TrendPoint(on, int(holders[area]), int(texts[area])) for on, holders, texts in trends],
                int(documents[area]),
            )
        )
    return covered


def _truck_factors(ground: Ground) -> Places:
    works = ground.credits.works
    here = ~np.isin(works.author_persons, sorted(ground.gone))
    return truck_factors(
        works.areas,
        works.author_works[here],
        works.author_persons[here],
        ground.person_ranks,
        len(ground.places.area_ids),
    )


def _areas_in_scope(ground: Ground, planner: Planner, scope: Mask) -> Places:
    """Return the areas with something to read or a holder; within units, those that someone of them knows or knew."""
    size = len(ground.places.area_ids)
    held = ground.credits.holdings
    own = scope[held.persons] & (held.points >= HOLDER_POINTS)
    wanted = np.bincount(held.areas[own], minlength=size) > 0
    wanted[[area for area, person in ground.stated if scope[person]]] = True
    if planner.units is None:
        wanted |= ground.writings.documents > 0
    return np.flatnonzero(wanted)
