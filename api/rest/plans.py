"""Transfer plans: made, read and changed by those who plan."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.dependencies import Writer
from api.errors import problems
from api.planners import PlanningEvent
from api.planning import Planning, PlanningDep
from api.rest.clock import Now
from api.rest.paging import PageDep, page_out
from api.rest.parameters import IfMatch, Number, Words
from api.rest.routing import entity_tag, require_match, rest_router
from api.rest.writing_once import OnceDep, json_response
from api.schemas_paging import PageOut
from api.schemas_plans import (
    PlanChangesIn,
    PlanEvidenceOut,
    PlanIn,
    PlanOut,
    new_plan,
    plan_out,
    step_evidence_out,
)
from models.audit import about_person
from models.queries.transfer_plans import list_plans, read_plan, read_plan_for_update
from models.tables import PlanStatus
from models.transfer_plans import change_plan, create_plan, delete_plan
from recommender.succession.progress import find_evidence

router = rest_router("/succession/plans", "succession")


@router.get("", operation_id="listPlans", summary="List transfer plans", responses=problems(403, 422))
def list_all(
    planning: PlanningDep,
    page: PageDep,
    status: Annotated[PlanStatus | None, Query(description="Only those of this status.")] = None,
    person: Annotated[Words, Query(description="Only those about this person (id).")] = None,
) -> PageOut[PlanOut]:
    """Return the plans of the people you plan for, the nearest due first."""
    with planning.reading() as session:
        found = list_plans(session, planning.planner, planning.today, page, status, person)
    planning.note(PlanningEvent.VIEWED, view="plans")
    if found.items:
        planning.note(PlanningEvent.PERSON_VIEWED, {plan.person.id for plan in found.items}, view="plans")
    return page_out(planning.request, found, plan_out)


@router.post(
    "",
    operation_id="createPlan",
    summary="Make a transfer plan",
    status_code=201,
    responses=problems(403, 404, 409, 422),
)
def create(planning: PlanningDep, caller: Writer, asked: PlanIn, now: Now, once: OnceDep) -> PlanOut:
    """Make a draft for someone you plan for, with the steps chosen; they see it from then on."""

    def write(session: Session) -> PlanOut:
        made = create_plan(session, planning.planner, now, new_plan(asked))
        note_change(session, planning, "plan.created", made.person.id, made.id)
        return plan_out(made)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already


@router.get(
    "/{number}/evidence", operation_id="readPlanEvidence", summary="How a plan goes", responses=problems(403, 404)
)
def read_evidence(planning: PlanningDep, number: Number) -> PlanEvidenceOut:
    """Return what shows how each step went: what was written, recorded or answered since it began."""
    with planning.reading() as session:
        plan = read_plan(session, planning.planner, planning.today, number)
        found = find_evidence(session, planning.planner.viewer, planning.today, plan)
    planning.note(PlanningEvent.PERSON_VIEWED, (plan.person.id,), view="plan_evidence")
    return PlanEvidenceOut(steps=[step_evidence_out(step) for step in found])


@router.get("/{number}", operation_id="readPlan", summary="A transfer plan", responses=problems(403, 404))
def read_one(planning: PlanningDep, number: Number) -> PlanOut:
    """Return a plan of someone you plan for, with its steps."""
    with planning.reading() as session:
        found = read_plan(session, planning.planner, planning.today, number)
    planning.note(PlanningEvent.PERSON_VIEWED, (found.person.id,), view="plan")
    return plan_out(found)


@router.patch(
    "/{number}",
    operation_id="changePlan",
    summary="Change a transfer plan",
    responses=problems(403, 404, 412, 422),
)
def change(
    planning: PlanningDep,
    _caller: Writer,
    number: Number,
    changes: PlanChangesIn,
    now: Now,
    if_match: IfMatch = None,
) -> PlanOut:
    """Change a plan's status, day or note; with If-Match, only if nobody changed it since you read it."""
    with planning.service.store.write() as session:
        check_version(session, planning, number, if_match)
        changed = change_plan(session, planning.planner, now, number, changes.given())
        fields = ",".join(sorted(changes.model_fields_set))
        note_change(session, planning, "plan.changed", changed.person.id, number, fields=fields)
    return tagged(plan_out(changed))  # type: ignore[return-value] # JSON already


@router.delete(
    "/{number}",
    operation_id="deletePlan",
    summary="Delete a transfer plan",
    status_code=204,
    responses=problems(403, 404, 422),
)
def delete(planning: PlanningDep, _caller: Writer, number: Number, now: Now) -> Response:
    """Delete a draft, or a plan that was abandoned, with its steps."""
    with planning.service.store.write() as session:
        plan = read_plan_for_update(session, planning.planner, planning.today, number)
        delete_plan(session, planning.planner, now, number)
        note_change(session, planning, "plan.deleted", plan.person.id, number)
    return Response(status_code=204)


def check_version(session: Session, planning: Planning, number: int, if_match: str | None) -> None:
    """Refuse to change a plan that is no longer as the caller read it; nobody else changes it meanwhile.

    Raises:
        PreconditionError: If-Match names another version.
        NotFoundError: no such plan.
    """
    plan = read_plan_for_update(session, planning.planner, planning.today, number)
    require_match(if_match, tag_of(plan_out(plan)))


def tag_of(shown: PlanOut) -> str:
    """Return the entity tag of a plan."""
    return entity_tag(shown.model_dump_json().encode())


def tagged(shown: PlanOut, status: int = 200) -> Response:
    """Return a plan as JSON with its entity tag."""
    response = json_response(shown.model_dump_json(), status)
    response.headers["ETag"] = tag_of(shown)
    return response


def note_change(
    session: Session, planning: Planning, action: str, person_id: str, number: int, **said: str | int
) -> None:
    """Write down what was done to a plan; whom it is about sees that."""
    audit(session, planning.caller, planning.request, action, about_person(person_id), plan=number, **said)
