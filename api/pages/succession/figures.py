"""Figures of the pages of succession: each chart, with the rows of the table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from api.charts import (
    Dumbbells,
    HeatMap,
    Square,
    Tone,
    Trend,
    YearBars,
    draw_dumbbells,
    draw_heat_map,
    draw_trend,
    draw_year_bars,
)
from api.planning_words import TONES, say_level
from api.wording import Wording
from models.queries.departures import DepartureBand, PlannedDeparture
from recommender.succession.coverage import AreaCoverage, CoverageLevel, TrendPoint
from recommender.succession.coverage_of_units import UnitAreaCell
from recommender.succession.risk import Level, RiskLine

AREAS_DRAWN: Final = 20
UNITS_DRAWN: Final = 10
ROWS_DRAWN: Final = 15


UnitCounts = tuple[str, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """An area in a unit, as a map shows it."""

    unit_id: str
    unit: str
    area_id: str
    level: Level | CoverageLevel
    number: int
    """Holders, or the total of the rubric."""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A map of areas and units, drawn and as a table."""

    chart: Markup
    units: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, Sequence[Place | None]]]
    """Id and name of an area, and its place in each unit."""
    areas_left_out: int
    units_left_out: int


def places_by_coverage(cells: Sequence[UnitAreaCell]) -> list[Place]:
    """Return how each unit stands in each area once those who leave are gone."""
    return [Place(cell.unit_id, cell.unit, cell.area_id, cell.level, cell.holders) for cell in cells]


def places_by_risk(lines: Sequence[RiskLine]) -> list[Place]:
    """Return the risk of each area in each unit, scored or provisional."""
    return [Place(line.unit_id, line.unit, line.area.id, line.level, line.total, not line.complete) for line in lines]


def make_map(say: Wording, places: Sequence[Place], names: Mapping[str, str]) -> Map | None:
    """Return the map of some places, the most at risk first; None where there are none.

    Args:
        names: of the areas by id, in the order of the rows.
    """
    of_area: dict[str, dict[str, Place]] = {}
    for place in places:
        of_area.setdefault(place.area_id, {})[place.unit_id] = place
    areas = [area for area in names if area in of_area]
    if not areas:
        return None
    units = _units_of(places)
    drawn = units[:UNITS_DRAWN]
    shown = [area for area in areas if any(unit in of_area[area] for unit, _ in drawn)][:AREAS_DRAWN]
    rows = [(area, names[area], [of_area[area].get(unit) for unit, _ in drawn]) for area in shown]
    levels = [level for level in (*CoverageLevel, *Level) if any(place.level is level for place in places)]
    chart = HeatMap(
        "map",
        say.gettext("Areas by unit"),
        say.gettext("A row for each area and a column for each unit; the same is in the table below."),
        tuple(name for _, name, _ in rows),
        tuple(name for _, name in drawn),
        tuple(tuple(_square(place) for place in found) for _, _, found in rows),
        tuple((TONES[level], say_level(say, level)) for level in levels),
    )
    return Map(draw_heat_map(chart), drawn, rows, len(areas) - len(shown), len(units) - len(drawn))


def _units_of(places: Sequence[Place]) -> list[tuple[str, str]]:
    """Return the units of a map, those with most at risk first."""
    grave: dict[tuple[str, str], int] = {}
    for place in places:
        unit = (place.unit_id, place.unit)
        grave[unit] = grave.get(unit, 0) + (TONES[place.level] in (Tone.LOST, Tone.HIGH))
    return sorted(grave, key=lambda unit: (-grave[unit], unit[1], unit[0]))


def _square(place: Place | None) -> Square | None:
    if place is None:
        return None
    return Square(TONES[place.level], f"{place.number}{'?' if place.provisional else ''}")


def coverage_chart(say: Wording, language: str, areas: Sequence[AreaCoverage], end: date) -> Markup | None:
    """Return how many know each area now and on a day, for the areas most at risk."""
    rows = tuple(
        (area.label(language), len(area.holders), area.holders_left) for area in areas[:ROWS_DRAWN] if area.holders
    )
    if not rows:
        return None
    return draw_dumbbells(
        Dumbbells(
            "coverage",
            say.gettext("Who knows, now and later"),
            say.gettext("For each area, how many people hold it now and how many are left; the table has the same."),
            rows,
            say.gettext("now"),
            say.gettext("left on %(day)s") % {"day": say.day(end)},
            say.gettext("people who know"),
        )
    )


def trend_chart(say: Wording, points: Sequence[TrendPoint]) -> Markup | None:
    """Return how many knew an area and how much was written of it, over time."""
    if len(points) < 2:
        return None
    return draw_trend(
        Trend(
            "trend",
            say.gettext("People and documents over time"),
            say.gettext("Two lines, one for the people who know and one for the documents; the table has the same."),
            tuple(f"{point.on:%Y-%m}" for point in points),
            (
                (say.gettext("People who know"), tuple(point.holders for point in points)),
                (say.gettext("Documents"), tuple(point.documents for point in points)),
            ),
        )
    )


def departures_chart(
    say: Wording, named: Sequence[PlannedDeparture], bands: Sequence[DepartureBand], first: int, years: int
) -> Markup | None:
    """Return how many leave each year, or in each span of years, for each unit; None where nobody is known to."""
    if bands:
        labels, total, rows = _spans_of(bands)
    else:
        labels = tuple(str(year) for year in range(first, first + years + 1))
        total, rows = _years_of(say, named, first, years)
    if not any(count != 0 for _, found in rows for count in found):
        return None
    return draw_year_bars(
        YearBars(
            "departures",
            say.gettext("Departures by year"),
            say.gettext("Bars for all, and a row for each unit; the same is in the table below."),
            labels,
            total,
            tuple(rows[:ROWS_DRAWN]),
            say.gettext("not told"),
        )
    )


def _spans_of(bands: Sequence[DepartureBand]) -> tuple[tuple[str, ...], tuple[int, ...], list[UnitCounts]]:
    """Return the spans of years and the numbers of each unit; units lie in one another, so that no sum is told."""
    spans = sorted({(band.first_year, band.last_year) for band in bands})
    counts: dict[str, list[int | None]] = {}
    for band in bands:
        place = spans.index((band.first_year, band.last_year))
        counts.setdefault(band.unit, [0] * len(spans))[place] = band.people
    labels = tuple(f"{begin}–{end}" for begin, end in spans)
    return labels, (), [(unit, tuple(found)) for unit, found in counts.items()]


def _years_of(
    say: Wording, named: Sequence[PlannedDeparture], first: int, years: int
) -> tuple[tuple[int, ...], list[UnitCounts]]:
    """Return how many may be gone from each year on, in all and for each unit, the units with most first."""
    counts: dict[str, list[int]] = {}
    for departure in named:
        place = min(max(departure.earliest.year - first, 0), years)
        counts.setdefault(departure.unit or say.gettext("without a unit"), [0] * (years + 1))[place] += 1
    units = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    total = tuple(sum(found[place] for _, found in units) for place in range(years + 1))
    return total, [(unit, tuple(found)) for unit, found in units]
