"""My transfer plans: those about me, and the steps that I take over."""

from __future__ import annotations

from fastapi import Request

from api.auth.auditing import audit
from api.dependencies import Reader, ServiceDep, Writer
from api.errors import problems
from api.rest.clock import Now
from api.rest.parameters import Number
from api.rest.plans import tagged
from api.rest.routing import rest_router
from api.schemas_plans import OwnPlansOut, OwnStepChangesIn, PlanOut, plan_out
from models.audit import about_person
from models.queries.transfer_plans import list_own_plans
from models.transfer_steps import change_own_step

router = rest_router("/me/plans", "me")


@router.get("", operation_id="listMyPlans", summary="My transfer plans", responses=problems(403))
def list_mine(caller: Reader, service: ServiceDep, now: Now) -> OwnPlansOut:
    """Return the plans about the caller, whole, and of those of others the steps that they take over."""
    with service.store.read() as session:
        return OwnPlansOut(plans=[plan_out(plan) for plan in list_own_plans(session, caller.viewer, now.date())])


@router.patch(
    "/{number}/steps/{step}",
    operation_id="changeMyStep",
    summary="Say how a step of mine goes",
    responses=problems(403, 404, 422),
)
def change(
    number: Number,
    step: Number,
    changes: OwnStepChangesIn,
    request: Request,
    caller: Writer,
    service: ServiceDep,
    now: Now,
) -> PlanOut:
    """Set the status or the note of a step, as the person the plan is about or as who takes the step over."""
    with service.store.write() as session:
        plan = change_own_step(session, caller.viewer, now, number, step, changes.given())
        audit(session, caller, request, "plan.step_changed", about_person(plan.person.id), plan=number, step=step)
    return tagged(plan_out(plan))  # type: ignore[return-value] # JSON already
