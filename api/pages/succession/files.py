"""Files of a transfer plan: a calendar and a workbook to take along, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from api.pages.rendering import wording_of
from api.pages.succession.opening import PlanningDep
from api.plan_files import CALENDAR_TYPE, WORKBOOK_TYPE, file_name, plan_calendar, plan_workbook
from api.planners import PlanningEvent
from models.queries.transfer_plans import read_plan
from recommender.succession.transfer import what_to_transfer

router = APIRouter()


@router.get("/succession/plans/{plan_id}/calendar")
def get_calendar(planning: PlanningDep, plan_id: int) -> Response:
    """Return the steps of a plan as an iCalendar file."""
    say = wording_of(planning.request)
    with planning.reading() as session:
        plan = read_plan(session, planning.planner, planning.today, plan_id)
    planning.note(PlanningEvent.PERSON_VIEWED, [plan.person.id], view="calendar", number=plan_id)
    return as_file(plan_calendar(say, plan, datetime.now(UTC)), CALENDAR_TYPE, file_name(say, plan, "ics"))


@router.get("/succession/plans/{plan_id}/workbook")
def get_workbook(planning: PlanningDep, plan_id: int) -> Response:
    """Return a plan, and what there is to pass on, as a workbook (XLSX)."""
    say, planner, today = wording_of(planning.request), planning.planner, planning.today
    with planning.reading() as session:
        plan = read_plan(session, planner, today, plan_id)
        transfer = what_to_transfer(session, planning.ground(session), planner, today, plan.person.id)
    planning.note(PlanningEvent.PERSON_VIEWED, [plan.person.id], view="workbook", number=plan_id)
    content = plan_workbook(say, plan, transfer, datetime.now(UTC))
    return as_file(content, WORKBOOK_TYPE, file_name(say, plan, "xlsx"))


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """Return a file to be kept under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
