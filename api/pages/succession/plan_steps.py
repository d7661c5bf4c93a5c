"""Steps of a transfer plan: added, changed and taken out from the plan's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller
from api.dependencies import Writer
from api.page_words import Done
from api.pages.announcing import back_to
from api.pages.rendering import wording_of
from api.pages.succession.opening import PlanningDep
from api.pages.succession.plans import Refused, show_plan
from api.planning import Planning
from models.audit import about_person
from models.errors import AmbiguousError, InvalidInputError, NotFoundError
from models.queries.people import find_person
from models.queries.plan_shapes import Step
from models.queries.transfer_plans import read_plan
from models.tables import StepKind, StepStatus
from models.transfer_steps import NewStep, StepChanges, add_step, change_step, drop_step

# Where the pages of documents are; people paste the address of one.
DOCUMENTS = "/documents/"

router = APIRouter()


class StepForm(BaseModel):
    """A step as its form sends it, in the words of whoever wrote it."""

    kind: StepKind
    starts_on: str
    due_on: str
    title: str = ""
    area: str = ""
    successor: str = ""
    document: str = ""
    note: str = ""

    def values(self) -> Mapping[str, str]:
        """Return what was written, to be shown again."""
        return {name: str(value) for name, value in self.model_dump().items()}

    def days(self) -> tuple[date, date]:
        """Return the first and the last day.

        Raises:
            ValueError: one is no day.
        """
        return date.fromisoformat(self.starts_on), date.fromisoformat(self.due_on)

    def document_id(self) -> str | None:
        """Return the id of the document named, by its id or by the address of its page."""
        written = self.document.strip()
        _, found, id_ = written.partition(DOCUMENTS)
        return (unquote(id_.partition("?")[0]) if found else written) or None


@router.post("/succession/plans/{plan_id}/steps", response_model=None)
def add(
    planning: PlanningDep, caller: Writer, plan_id: int, form: Annotated[StepForm, Form()]
) -> RedirectResponse | HTMLResponse:
    """Add a step to a plan."""
    try:
        with planning.service.store.write() as session:
            read_plan(session, planning.planner, planning.today, plan_id)
            starts_on, due_on = form.days()
            new = NewStep(
                form.kind,
                starts_on,
                due_on,
                form.title,
                form.area or None,
                find_successor(planning, session, form.successor),
                form.document_id(),
                form.note.replace("\r\n", "\n"),
            )
            plan = add_step(session, planning.planner, datetime.now(UTC), plan_id, new)
            audit(session, caller, planning.request, "plan.step_added", about_person(plan.person.id), number=plan_id)
    except (ValueError, InvalidInputError, AmbiguousError, NotFoundError) as error:
        return refuse(planning, plan_id, "new", form, error)
    return back_to(planning.request, f"/succession/plans/{plan_id}", Done.STEP_ADDED, "steps")


@router.post("/succession/plans/{plan_id}/steps/{step_id}", response_model=None)
def change(
    planning: PlanningDep, caller: Writer, plan_id: int, step_id: int, form: Annotated[StepForm, Form()]
) -> RedirectResponse | HTMLResponse:
    """Change a step of a plan, except its status."""
    try:
        with planning.service.store.write() as session:
            plan = read_plan(session, planning.planner, planning.today, plan_id)
            step = next((step for step in plan.steps if step.id == step_id), None)
            changes = changes_of(planning, session, form, step)
            keep(planning, caller, session, plan_id, step_id, changes)
    except (ValueError, InvalidInputError, AmbiguousError, NotFoundError) as error:
        return refuse(planning, plan_id, str(step_id), form, error)
    return back_to(planning.request, f"/succession/plans/{plan_id}", Done.STEP_CHANGED, f"step-{step_id}")


def changes_of(planning: Planning, session: Session, form: StepForm, step: Step | None) -> StepChanges:
    """Return what a form changes in a step; what the planner was not shown of it stays."""
    starts_on, due_on = form.days()
    changes = StepChanges(
        kind=form.kind,
        starts_on=starts_on,
        due_on=due_on,
        title=form.title,
        note=form.note.replace("\r\n", "\n"),
    )
    shown = (step.area, step.successor, step.document) if step else (None, None, None)
    area, _, document = (part.id if part else "" for part in shown)
    if form.area != area:
        changes["area_id"] = form.area or None
    if form.successor.strip() != (shown[1].name if shown[1] else ""):
        changes["successor_id"] = find_successor(planning, session, form.successor)
    if form.document.strip() != document:
        changes["document_id"] = form.document_id()
    return changes


@router.post("/succession/plans/{plan_id}/steps/{step_id}/status")
def move(
    planning: PlanningDep, caller: Writer, plan_id: int, step_id: int, status: Annotated[StepStatus, Form()]
) -> RedirectResponse:
    """Say where a step is."""
    with planning.service.store.write() as session:
        keep(planning, caller, session, plan_id, step_id, StepChanges(status=status))
    return back_to(planning.request, f"/succession/plans/{plan_id}", Done.STEP_CHANGED, f"step-{step_id}")


@router.post("/succession/plans/{plan_id}/steps/{step_id}/deletion")
def drop(planning: PlanningDep, caller: Writer, plan_id: int, step_id: int) -> RedirectResponse:
    """Take a step from a plan."""
    with planning.service.store.write() as session:
        plan = drop_step(session, planning.planner, datetime.now(UTC), plan_id, step_id)
        audit(session, caller, planning.request, "plan.step_dropped", about_person(plan.person.id), number=plan_id)
    return back_to(planning.request, f"/succession/plans/{plan_id}", Done.STEP_DROPPED, "steps")


def keep(
    planning: Planning, caller: Caller, session: Session, plan_id: int, step_id: int, changes: StepChanges
) -> None:
    """Change a step, and write down that it was."""
    plan = change_step(session, planning.planner, datetime.now(UTC), plan_id, step_id, changes)
    about = about_person(plan.person.id)
    audit(session, caller, planning.request, "plan.step_changed", about, number=plan_id, step=step_id)


def find_successor(planning: Planning, session: Session, written: str) -> str | None:
    """Return the id of the person of a name, an address or an id; None for nobody.

    Raises:
        NotFoundError: nobody whom the planner may see.
        AmbiguousError: several people.
    """
    if not written.strip():
        return None
    return find_person(session, planning.planner.viewer, planning.today, written.strip()).id


def refuse(planning: Planning, plan_id: int, place: str, form: StepForm, error: Exception) -> HTMLResponse:
    """Return the plan's page with what was wrong in a step's form.

    Raises:
        NotFoundError: there is no such plan.
    """
    say = wording_of(planning.request)
    if isinstance(error, AmbiguousError):
        words = say.gettext("Several people have that name: write it in full, or give an address.")
    elif isinstance(error, NotFoundError):
        words = say.gettext("No such person or document that you may see: correct the name or the address.")
    else:
        words = say.gettext("Give a first day, and a last day after it that is not after the day of the plan.")
    return show_plan(planning, plan_id, Refused(place, words, form.values()))
