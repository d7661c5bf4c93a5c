"""Transfer plans: the list, each with its steps, dates and progress, and what is decided about the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Writer
from api.page_words import Done
from api.pages.addresses import with_query
from api.pages.announcing import back_to
from api.pages.rendering import render, wording_of
from api.pages.succession.opening import PlanningDep
from api.planners import PlanningEvent
from api.planning import Planning
from models.audit import about_person
from models.errors import InvalidInputError
from models.paging import PageRequest
from models.plan_rules import OPEN_PLANS, PLAN_MOVES, STEP_MOVES
from models.queries.places import NamedArea
from models.queries.plan_shapes import Plan
from models.queries.transfer_plans import list_plans, read_plan
from models.tables import PlanStatus, StepKind
from models.transfer_plans import PlanChanges, change_plan, delete_plan
from recommender.succession.progress import StepEvidence, find_evidence
from recommender.succession.transfer import what_to_transfer

PLANS_ON_A_PAGE: Final = 30

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that could not be kept: where it stands, what was wrong with it, and what was written."""

    place: str
    """`plan`, `new`, or the number of a step."""
    words: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan as someone who plans sees it, with what its forms offer."""

    plan: Plan
    areas: Sequence[NamedArea]
    """What the person could pass on, and what the steps are about."""
    evidence: Mapping[int, StepEvidence]
    """What was written since that speaks for each step, by its number."""


@router.get("/succession/plans")
def directory(planning: PlanningDep, status: str = "", cursor: str | None = None) -> HTMLResponse:
    """Return the plans of the units planned for, the nearest due first."""
    wanted = PlanStatus(status) if status in set(PlanStatus) else None
    request = PageRequest(cursor, PLANS_ON_A_PAGE)
    with planning.reading() as session:
        found = list_plans(session, planning.planner, planning.today, request, wanted)
    planning.note(PlanningEvent.VIEWED, view="plans")
    here = with_query("/succession/plans", {"status": wanted.value if wanted else ""})
    listed: dict[str, Any] = {"found": found, "wanted": wanted, "statuses": PlanStatus, "today": planning.today}
    return render(planning.request, "succession/plans.html", here=here, **listed)


@router.get("/succession/plans/{plan_id}")
def show(planning: PlanningDep, plan_id: int) -> HTMLResponse:
    """Return a plan with its steps."""
    return show_plan(planning, plan_id)


def show_plan(planning: Planning, plan_id: int, refused: Refused | None = None) -> HTMLResponse:
    """Return a plan's page, with what was wrong in the form sent from it."""
    with planning.reading() as session:
        sheet = read_sheet(planning, session, plan_id)
    planning.note(PlanningEvent.PERSON_VIEWED, [sheet.plan.person.id], view="plan", number=plan_id)
    shown: dict[str, Any] = {
        "sheet": sheet,
        "refused": refused,
        "moves": PLAN_MOVES[sheet.plan.status],
        "step_moves": STEP_MOVES,
        "kinds": StepKind,
        "changeable": sheet.plan.status in OPEN_PLANS,
        "today": planning.today,
    }
    return render(planning.request, "succession/plan.html", 422 if refused else 200, **shown)


def read_sheet(planning: Planning, session: Session, plan_id: int) -> PlanSheet:
    """Return what someone who plans is shown of a plan.

    Raises:
        NotFoundError: none of this number among theirs.
    """
    planner, today = planning.planner, planning.today
    plan = read_plan(session, planner, today, plan_id)
    items = what_to_transfer(session, planning.ground(session), planner, today, plan.person.id).items
    areas = {step.area.id: step.area for step in plan.steps if step.area}
    for item in items:
        if item.area_id:
            areas.setdefault(item.area_id, NamedArea(item.area_id, item.label_fr, item.label_en))
    found = find_evidence(session, planner.viewer, today, plan)
    return PlanSheet(plan, list(areas.values()), {evidence.step_id: evidence for evidence in found})


@router.post("/succession/plans/{plan_id}", response_model=None)
def change(
    planning: PlanningDep,
    caller: Writer,
    plan_id: int,
    status: Annotated[PlanStatus | None, Form()] = None,
    due_on: Annotated[str | None, Form()] = None,
    note: Annotated[str | None, Form()] = None,
) -> RedirectResponse | HTMLResponse:
    """Change a plan's status, day or note; what is not sent stays."""
    changes: PlanChanges = {}
    try:
        if status is not None:
            changes["status"] = status
        if due_on is not None:
            changes["due_on"] = date.fromisoformat(due_on)
        if note is not None:
            changes["note"] = note.replace("\r\n", "\n")
        with planning.service.store.write() as session:
            plan = change_plan(session, planning.planner, datetime.now(UTC), plan_id, changes)
            about, said = about_person(plan.person.id), plan.status.value
            audit(session, caller, planning.request, "plan.changed", about, number=plan_id, status=said)
    except (ValueError, InvalidInputError):
        say = wording_of(planning.request)
        wrong = say.gettext("Give a day from today on, no step after it, and settle every step before completing.")
        return show_plan(planning, plan_id, Refused("plan", wrong, {"due_on": due_on or "", "note": note or ""}))
    return back_to(planning.request, f"/succession/plans/{plan_id}", Done.PLAN_CHANGED)


@router.post("/succession/plans/{plan_id}/deletion")
def delete(planning: PlanningDep, caller: Writer, plan_id: int) -> RedirectResponse:
    """Delete a draft, or a plan that was abandoned."""
    with planning.service.store.write() as session:
        plan = read_plan(session, planning.planner, planning.today, plan_id)
        delete_plan(session, planning.planner, datetime.now(UTC), plan_id)
        audit(session, caller, planning.request, "plan.deleted", about_person(plan.person.id), number=plan_id)
    return back_to(planning.request, "/succession/plans", Done.PLAN_DELETED)
