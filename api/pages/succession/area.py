"""An area, as who plans sees it: who knows it, who leaves, how it went, and the risk for one of their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Writer
from api.page_words import Done
from api.pages.addresses import page_path, with_query
from api.pages.announcing import back_to
from api.pages.rendering import render, wording_of
from api.pages.succession.figures import trend_chart
from api.pages.succession.opening import PlanningDep
from api.planners import PlanningEvent
from api.planning import Planning
from api.planning_words import say_holding
from models.audit import DETAIL_LENGTH
from models.errors import NotFoundError
from models.queries.people import Person
from models.queries.planned import list_planned_units, narrow_planner, read_people_named
from models.risk_scores import NewRiskScore, RiskScore, read_risk_history, score_risk
from recommender.succession.coverage import (
    AreaCoverage,
    CoverageOptions,
    measure_coverage,
)
from recommender.succession.coverage_of_units import UnitAreaCell, measure_units
from recommender.succession.ground import Ground
from recommender.succession.horizon import DAYS_PER_YEAR, LONGEST_HORIZON_YEARS
from recommender.succession.risk import Dimension, RiskLine, list_risks

router = APIRouter()
USUAL_HORIZON: Final = 5


@dataclass(frozen=True, slots=True)
class AreaSheet:
    """An area as someone who plans sees it."""

    area: AreaCoverage
    sentence: str
    end: date
    people: Mapping[str, Person]
    """Holders and those who scored, whom the planner may see, by id."""
    units: Sequence[UnitAreaCell]
    """How each of their units stands in it."""
    choices: Sequence[tuple[str, str]]
    risk: RiskLine | None
    """For the unit chosen."""
    history: Sequence[RiskScore]
    trend: Markup | None

    @property
    def totals(self) -> Mapping[int, int]:
        """Return the sum of the answers of each score, by its number."""
        return {score.id: sum(getattr(score, name.value) for name in Dimension) for score in self.history}


@router.get("/succession/areas/{area_id:path}")
def show(
    planning: PlanningDep,
    area_id: str,
    unit: str = "",
    horizon: Annotated[int, Query(ge=0, le=LONGEST_HORIZON_YEARS)] = USUAL_HORIZON,
) -> HTMLResponse:
    """Return an area with who knows it, and the rubric for a unit."""
    sheet = read_sheet(planning, area_id, unit, horizon)
    planning.note(PlanningEvent.VIEWED, view="area", area=area_id[:DETAIL_LENGTH], unit=unit[:DETAIL_LENGTH] or None)
    return show_sheet(planning.request, sheet, unit, horizon)


def show_sheet(
    request: Request,
    sheet: AreaSheet,
    unit: str,
    horizon: int,
    status: int = 200,
    **given: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return an area's page, with what was wrong in the form sent from it."""
    shown: dict[str, Any] = {"error": None, "values": {}, "note": "", **given}
    return render(
        request, "succession/area.html", status, sheet=sheet, unit=unit, horizon=horizon, dimensions=Dimension, **shown
    )


class ScoreForm(BaseModel):
    """A manager's answers as the form sends them; one that was not given is missing."""

    unit: str
    role_criticality: int | None = None
    knowledge_concentration: int | None = None
    tacit_depth: int | None = None
    system_risk: int | None = None
    replacement_difficulty: int | None = None
    note: str = ""

    @property
    def answers(self) -> Mapping[str, int]:
        """Return the answers that were given, by dimension."""
        given = {dimension.value: getattr(self, dimension.value) for dimension in Dimension}
        return {name: answer for name, answer in given.items() if answer is not None}


@router.post("/succession/areas/{area_id:path}/scores", response_model=None)
def score(
    planning: PlanningDep, caller: Writer, area_id: str, form: Annotated[ScoreForm, Form()]
) -> RedirectResponse | HTMLResponse:
    """Keep a manager's answers to the rubric, beside the earlier ones."""
    if len(form.answers) < len(Dimension):
        wrong = wording_of(planning.request).gettext("Answer all five; those you are not sure of with 3.")
        sheet = read_sheet(planning, area_id, form.unit, USUAL_HORIZON)
        given = {"error": wrong, "values": form.answers, "note": form.note}
        return show_sheet(planning.request, sheet, form.unit, USUAL_HORIZON, 422, **given)
    new = NewRiskScore(area_id, form.unit, **form.answers, note=form.note)
    with planning.service.store.write() as session:
        made = score_risk(session, planning.planner, datetime.now(UTC), new)
        audit(session, caller, planning.request, "risk.scored", f"area:{made.area_id}", number=made.id)
    here = with_query(f"/succession{page_path('areas', made.area_id)}", {"unit": made.unit_id})
    return back_to(planning.request, here.rstrip("&"), Done.RISK_SCORED, "risk")


def read_sheet(planning: Planning, area_id: str, unit: str, horizon: int) -> AreaSheet:
    """Return what someone who plans is shown of an area.

    Raises:
        NotFoundError: no such area that someone of their units knows, or a unit that is not theirs.
    """
    planner, today = planning.planner, planning.today
    options = CoverageOptions(horizon)
    with planning.reading() as session:
        ground = planning.ground(session)
        area = find_area(measure_coverage(session, ground, planner, today, options), area_id)
        cells = measure_units(session, ground, planner, today, options)
        risk, history = read_risk(session, ground, planning, area_id, unit)
        ids = {holder.person_id for holder in area.holders} | {score.scored_by for score in history if score.scored_by}
        end = today + timedelta(days=round(horizon * DAYS_PER_YEAR))
        say = wording_of(planning.request)
        return AreaSheet(
            area,
            say_holding(say, len(area.holders), area.holders_left, end),
            end,
            read_people_named(session, planner.viewer, today, ids),
            [cell for cell in cells if cell.area_id == area.area_id],
            list_planned_units(session, planner, today),
            risk,
            history,
            trend_chart(say, area.trend),
        )


def find_area(areas: Sequence[AreaCoverage], area_id: str) -> AreaCoverage:
    """Return the area of an id.

    Raises:
        NotFoundError: none of them.
    """
    for area in areas:
        if area.area_id == area_id:
            return area
    message = f"No area '{area_id}' that someone of your units knows; choose one on the map of knowledge"
    raise NotFoundError(message)


def read_risk(
    session: Session, ground: Ground, planning: Planning, area_id: str, unit: str
) -> tuple[RiskLine | None, Sequence[RiskScore]]:
    """Return the risk of an area for a unit, with its history; nothing where no unit is chosen or it has no part."""
    if not unit:
        return None, ()
    planner = narrow_planner(session, planning.planner, unit)
    lines = list_risks(session, ground, planner, planning.today)
    line = next((line for line in lines if line.area.id == area_id and line.unit_id == unit), None)
    return line, read_risk_history(session, planner, area_id, unit) if line else ()
