"""The map of knowledge: what is at risk in the units of who looks, why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.pages.rendering import page_language, render, wording_of
from api.pages.succession.figures import Map, coverage_chart, make_map, places_by_coverage, places_by_risk
from api.pages.succession.opening import PlanningDep
from api.planners import PlanningEvent
from api.planning import Planning
from api.planning_words import say_holding
from models.audit import DETAIL_LENGTH
from models.queries.planned import list_planned_units, narrow_planner
from recommender.succession.coverage import (
    AreaCoverage,
    CoverageLevel,
    CoverageOptions,
    measure_coverage,
)
from recommender.succession.coverage_of_units import measure_units
from recommender.succession.horizon import DAYS_PER_YEAR, LONGEST_HORIZON_YEARS
from recommender.succession.risk import RiskLine, list_risks

RISKS_SHOWN = 8
AREAS_SHOWN = 40
# More lines than this on one page help nobody; choosing a unit makes them fewer.
MOST_SHOWN = 500
USUAL = 5

router = APIRouter()
Horizon = Annotated[int, Query(ge=0, le=LONGEST_HORIZON_YEARS)]


class MapOf(StrEnum):
    """What the squares of the map say."""

    COVERAGE = "coverage"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked to show."""

    unit: str
    horizon: int
    of: MapOf
    everything: bool


@dataclass(frozen=True, slots=True)
class MapSheet:
    """What the map of knowledge shows."""

    units: Sequence[tuple[str, str]]
    end: date
    total: int
    areas: Sequence[AreaCoverage]
    sentences: Mapping[str, str]
    """Who knows each area and who is left of them, by its id."""
    areas_left_out: int
    risks: Sequence[RiskLine]
    risks_left_out: int
    map: Map | None
    chart: Markup | None
    lost: int
    fragile: int


@router.get("/succession")
def show(
    planning: PlanningDep,
    unit: str = "",
    horizon: Horizon = USUAL,
    of: MapOf = MapOf.COVERAGE,
    everything: bool = False,
) -> HTMLResponse:
    """Return what is at risk, most first."""
    asked = Asked(unit, horizon, of, everything)
    sheet = read_sheet(planning, asked)
    planning.note(PlanningEvent.VIEWED, view="map", unit=unit[:DETAIL_LENGTH] or None, horizon=horizon)
    return render(planning.request, "succession/map.html", sheet=sheet, asked=asked, longest=LONGEST_HORIZON_YEARS)


def read_sheet(planning: Planning, asked: Asked) -> MapSheet:
    """Return what the planner is shown of coverage and risks.

    Raises:
        NotFoundError: a unit that is not theirs.
    """
    language, say, today = page_language(planning.request).value, wording_of(planning.request), planning.today
    options = CoverageOptions(asked.horizon)
    end = today + timedelta(days=round(asked.horizon * DAYS_PER_YEAR))
    with planning.reading() as session:
        units = list_planned_units(session, planning.planner, today)
        planner = narrow_planner(session, planning.planner, asked.unit) if asked.unit else planning.planner
        ground = planning.ground(session)
        areas = measure_coverage(session, ground, planner, today, options)
        risks = list_risks(session, ground, planner, today)
        if asked.of is MapOf.RISK:
            places = places_by_risk(risks)
        else:
            places = places_by_coverage(measure_units(session, ground, planner, today, options))
    names = {area.area_id: area.label(language) for area in areas}
    shown = areas[: MOST_SHOWN if asked.everything else AREAS_SHOWN]
    lines = risks[: MOST_SHOWN if asked.everything else RISKS_SHOWN]
    told = {line.area.id for line in lines}
    return MapSheet(
        units,
        end,
        len(areas),
        shown,
        {
            area.area_id: say_holding(say, len(area.holders), area.holders_left, end)
            for area in areas
            if area.area_id in told
        },
        len(areas) - len(shown),
        lines,
        len(risks) - len(lines),
        make_map(say, places, names),
        coverage_chart(say, language, areas, end),
        sum(area.level is CoverageLevel.LOST for area in areas),
        sum(area.level is CoverageLevel.FRAGILE for area in areas),
    )
