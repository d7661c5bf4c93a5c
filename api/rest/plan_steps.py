"""Steps of transfer plans: added, changed and dropped by those who plan."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.dependencies import Writer
from api.errors import problems
from api.planning import PlanningDep
from api.rest.clock import Now
from api.rest.parameters import IfMatch, Number
from api.rest.plans import check_version, note_change, tagged
from api.rest.routing import rest_router
from api.rest.writing_once import OnceDep
from api.schemas_plans import PlanOut, StepChangesIn, StepIn, new_step, plan_out
from models.transfer_steps import add_step, change_step, drop_step

router = rest_router("/succession/plans/{number}/steps", "succession")


@router.post("", operation_id="addStep", summary="Add a step", status_code=201, responses=problems(403, 404, 409, 422))
def add(planning: PlanningDep, _caller: Writer, number: Number, step: StepIn, now: Now, once: OnceDep) -> PlanOut:
    """Add a step to a draft or active plan."""

    def write(session: Session) -> PlanOut:
        changed = add_step(session, planning.planner, now, number, new_step(step))
        note_change(session, planning, "plan.step_added", changed.person.id, number, kind=step.kind.value)
        return plan_out(changed)

    return once.write(write, 201)  # type: ignore[return-value] # JSON already


@router.patch("/{step}", operation_id="changeStep", summary="Change a step", responses=problems(403, 404, 412, 422))
def change(
    planning: PlanningDep,
    _caller: Writer,
    number: Number,
    step: Number,
    changes: StepChangesIn,
    now: Now,
    if_match: IfMatch = None,
) -> PlanOut:
    """Change a step; with If-Match, only if nobody changed the plan since you read it."""
    with planning.service.store.write() as session:
        check_version(session, planning, number, if_match)
        changed = change_step(session, planning.planner, now, number, step, changes.given())
        fields = ",".join(sorted(changes.model_fields_set))
        note_change(session, planning, "plan.step_changed", changed.person.id, number, step=step, fields=fields)
    return tagged(plan_out(changed))  # type: ignore[return-value] # JSON already


@router.delete("/{step}", operation_id="dropStep", summary="Take a step away", responses=problems(403, 404, 422))
def drop(planning: PlanningDep, _caller: Writer, number: Number, step: Number, now: Now) -> PlanOut:
    """Take a step from a plan: forgotten from a draft, kept as dropped where people were shown it."""
    with planning.service.store.write() as session:
        changed = drop_step(session, planning.planner, now, number, step)
        note_change(session, planning, "plan.step_dropped", changed.person.id, number, step=step)
    return tagged(plan_out(changed))  # type: ignore[return-value] # JSON already
