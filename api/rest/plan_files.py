"""Transfer plans as files, for those who plan: a calendar of the steps, and a workbook."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query
from fastapi.responses import Response

from api.errors import problems
from api.languages import Language
from api.plan_files import CALENDAR_TYPE, WORKBOOK_TYPE, file_name, plan_calendar, plan_workbook
from api.planners import PlanningEvent
from api.planning import PlanningDep
from api.rest.clock import Now
from api.rest.parameters import Number
from api.rest.routing import rest_router
from api.wording import wording_in
from models.queries.transfer_plans import read_plan
from recommender.succession.transfer import what_to_transfer

router = rest_router("/succession/plans/{number}", "succession")

Lang = Annotated[Language, Query(description="Language of the file.")]
_BINARY: Final[dict[str, Any]] = {"type": "string", "format": "binary"}
_A_CALENDAR: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}}
}
_A_WORKBOOK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The workbook.", "content": {WORKBOOK_TYPE: {"schema": _BINARY}}}
}


@router.get(
    "/calendar",
    operation_id="readPlanCalendar",
    summary="A transfer plan as a calendar",
    response_class=Response,
    responses=_A_CALENDAR | problems(403, 404, 422),
)
def read_calendar(planning: PlanningDep, number: Number, now: Now, lang: Lang = Language.FRENCH) -> Response:
    """Return the steps of a plan of someone you plan for as an iCalendar file, an event of whole days each."""
    say = wording_in(lang)
    with planning.reading() as session:
        plan = read_plan(session, planning.planner, planning.today, number)
    planning.note(PlanningEvent.PERSON_VIEWED, (plan.person.id,), view="plan_calendar")
    return _as_file(plan_calendar(say, plan, now), CALENDAR_TYPE, file_name(say, plan, "ics"))


@router.get(
    "/workbook",
    operation_id="readPlanWorkbook",
    summary="A transfer plan as a workbook",
    response_class=Response,
    responses=_A_WORKBOOK | problems(403, 404, 422),
)
def read_workbook(planning: PlanningDep, number: Number, now: Now, lang: Lang = Language.FRENCH) -> Response:
    """Return a plan of someone you plan for as XLSX: its steps, and what there is to pass on; no text is a formula."""
    say = wording_in(lang)
    with planning.reading() as session:
        plan = read_plan(session, planning.planner, planning.today, number)
        ground = planning.ground(session)
        transfer = what_to_transfer(session, ground, planning.planner, planning.today, plan.person.id)
    planning.note(PlanningEvent.PERSON_VIEWED, (plan.person.id,), view="plan_workbook")
    return _as_file(plan_workbook(say, plan, transfer, now), WORKBOOK_TYPE, file_name(say, plan, "xlsx"))


def _as_file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
