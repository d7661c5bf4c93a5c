"""A person, as who plans sees them: what to transfer, who could take it over, and the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Writer
from api.page_words import Done
from api.pages.announcing import back_to
from api.pages.rendering import render, wording_of
from api.pages.succession.opening import PlanningDep
from api.pages.succession.pairs import stance_of
from api.planners import PlanningEvent
from api.planning import Planning
from models.audit import about_person
from models.errors import InvalidInputError
from models.paging import PageRequest
from models.pair_decisions import PairDecision, read_pair_decisions
from models.plan_rules import OPEN_PLANS
from models.queries.plan_shapes import Plan
from models.queries.transfer_plans import list_plans
from models.tables import PairStance
from models.transfer_plans import NewPlan, create_plan
from models.transfer_steps import NewStep
from recommender.succession.proposing import propose_steps
from recommender.succession.taking_over import TakingOver, find_successors
from recommender.succession.transfer import Transfer, what_to_transfer

ITEMS_SHOWN: Final = 20
# A plan without a departure that is known begins with half a year.
USUAL_DAYS: Final = 182

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """A person as someone who plans sees them."""

    transfer: Transfer
    taking_over: TakingOver
    decisions: Sequence[PairDecision]
    plans: Sequence[Plan]
    due_on: date
    """What a new plan begins with."""

    def stance(self, area_id: str, successor_id: str) -> PairStance | None:
        """Return what was decided about someone who could take an area over."""
        return stance_of(self.decisions, self.transfer.person.id, area_id, successor_id)

    @property
    def open_plan(self) -> Plan | None:
        """Return the plan that is a draft or active; there is one at most."""
        return next((plan for plan in self.plans if plan.status in OPEN_PLANS), None)


@router.get("/succession/people/{person_id:path}")
def show(planning: PlanningDep, person_id: str, everything: bool = False) -> HTMLResponse:
    """Return what someone should pass on, and to whom."""
    return show_person(planning, person_id, everything=everything)


def show_person(
    planning: Planning, person_id: str, error: str | None = None, *, everything: bool = False
) -> HTMLResponse:
    """Return a person's page, with what was wrong in the form sent from it."""
    with planning.reading() as session:
        sheet = read_sheet(planning, session, person_id)
    planning.note(PlanningEvent.PERSON_VIEWED, [sheet.transfer.person.id], view="transfer")
    shown = len(sheet.transfer.items) if everything else ITEMS_SHOWN
    status = 422 if error else 200
    return render(planning.request, "succession/person.html", status, sheet=sheet, items_shown=shown, error=error)


def read_sheet(planning: Planning, session: Session, person_id: str) -> PersonSheet:
    """Return what someone who plans is shown of a person.

    Raises:
        NotFoundError: nobody of the units planned for.
    """
    planner, today, now = planning.planner, planning.today, datetime.now(UTC)
    ground = planning.ground(session)
    transfer = what_to_transfer(session, ground, planner, today, person_id)
    person = transfer.person.id
    leaves_on = transfer.leaves_on
    return PersonSheet(
        transfer,
        find_successors(session, ground, planner, now, person),
        read_pair_decisions(session, planner, now),
        list_plans(session, planner, today, PageRequest(limit=20), person_id=person).items,
        leaves_on if leaves_on and leaves_on > today else today + timedelta(days=USUAL_DAYS),
    )


@router.post("/succession/people/{person_id:path}/plan", response_model=None)
def start_plan(
    planning: PlanningDep,
    caller: Writer,
    person_id: str,
    due_on: Annotated[str, Form()] = "",
    propose: Annotated[bool, Form()] = False,
) -> RedirectResponse | HTMLResponse:
    """Make the draft of a plan, with steps proposed from what there is to transfer if wanted."""
    now = datetime.now(UTC)
    say = wording_of(planning.request)
    try:
        due = date.fromisoformat(due_on)
        with planning.service.store.write() as session:
            steps: Sequence[NewStep] = ()
            if propose:
                steps = propose_steps(session, planning.ground(session), planning.planner, now, person_id, due)
            plan = create_plan(session, planning.planner, now, NewPlan(person_id, due, "", steps))
            audit(session, caller, planning.request, "plan.created", about_person(plan.person.id), number=plan.id)
    except (ValueError, InvalidInputError):
        return show_person(planning, person_id, say.gettext("Give a day from today on; one open plan a person."))
    return back_to(planning.request, f"/succession/plans/{plan.id}", Done.PLAN_MADE)
