"""Waves: how many people leave each unit and when, by name where whoever plans may know, otherwise in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from models.planning import Planner
from models.queries.departures import PlannedDeparture, count_departures, list_planned_departures
from models.tables import DepartureVisibility
from recommender.succession.horizon import DAYS_PER_YEAR, CoverageOptions

Named = tuple[str, str, date, date]


@dataclass(frozen=True, slots=True)
class Wave:
    """Who leaves a unit in a year, or in a span of years."""

    year: int
    last_year: int
    """The same, or the last of the span in which departures are counted."""
    unit_id: str | None
    """None for people without a unit."""
    unit: str | None
    people: int | None
    """Those named included; None where a number would tell of fewer people than the policy allows."""
    named: Sequence[Named]
    """Id, name, and earliest and latest day of each that the planner knows by name, the nearest first."""


def read_waves(session: Session, planner: Planner, today: date, years: int = 15) -> list[Wave]:
    """Return the departures of the units planned for, so many years ahead, the nearest first, then by unit.

    Where departures are known by name, someone counts in the year from which they may be gone, in their own unit alone.
    In bands, they count in the span of years by whose end they are gone, in their unit and in those above it.

    Raises:
        InvalidInputError: the years are out of range.
    """
    asked = CoverageOptions(horizon_years=years)
    until = today + timedelta(days=round(asked.horizon_years * DAYS_PER_YEAR))
    known = list_planned_departures(session, planner, today, until)
    if planner.departures is DepartureVisibility.BANDS:
        return _waves_of_bands(session, planner, today, years, known)
    found: defaultdict[tuple[int, str | None, str | None], list[PlannedDeparture]] = defaultdict(list)
    for departure in known:
        found[max(departure.earliest.year, today.year), departure.unit_id, departure.unit].append(departure)
    waves = [Wave(year, year, id_, unit, len(who), _named(who)) for (year, id_, unit), who in found.items()]
    return sorted(waves, key=_order)


def _waves_of_bands(
    session: Session, planner: Planner, today: date, years: int, known: Iterable[PlannedDeparture]
) -> list[Wave]:
    named = list(known)
    waves = []
    for band in count_departures(session, planner, today, years):
        within = [
            departure
            for departure in named
            if departure.unit_id == band.unit_id and band.first_year <= departure.latest.year <= band.last_year
        ]
        if band.people != 0:
            waves.append(Wave(band.first_year, band.last_year, band.unit_id, band.unit, band.people, _named(within)))
    return sorted(waves, key=_order)


def _named(departures: Iterable[PlannedDeparture]) -> list[Named]:
    return [(one.person_id, one.name, one.earliest, one.latest) for one in departures]


def _order(wave: Wave) -> tuple[int, str, str]:
    return wave.year, wave.unit or "", wave.unit_id or ""
