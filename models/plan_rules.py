"""Rules of transfer plans: in which order statuses follow, and which dates go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from models.errors import InvalidInputError
from models.queries.plan_shapes import Plan, Step
from models.records import EARLIEST_YEAR, LATEST_YEAR
from models.tables import PlanStatus, StepStatus

PLAN_MOVES: Final[Mapping[PlanStatus, Sequence[PlanStatus]]] = {
    PlanStatus.DRAFT: (PlanStatus.ACTIVE, PlanStatus.ABANDONED),
    # No draft while people follow it.
    PlanStatus.ACTIVE: (PlanStatus.COMPLETED, PlanStatus.ABANDONED),
    PlanStatus.COMPLETED: (PlanStatus.ACTIVE,),
    PlanStatus.ABANDONED: (PlanStatus.DRAFT, PlanStatus.ACTIVE),
}
STEP_MOVES: Final[Mapping[StepStatus, Sequence[StepStatus]]] = {
    StepStatus.PROPOSED: (StepStatus.PLANNED, StepStatus.UNDER_WAY, StepStatus.DONE, StepStatus.DROPPED),
    StepStatus.PLANNED: (StepStatus.UNDER_WAY, StepStatus.DONE, StepStatus.DROPPED),
    StepStatus.UNDER_WAY: (StepStatus.PLANNED, StepStatus.DONE, StepStatus.DROPPED),
    StepStatus.DONE: (StepStatus.UNDER_WAY,),
    StepStatus.DROPPED: (StepStatus.PROPOSED, StepStatus.PLANNED),
}
OPEN_PLANS: Final = frozenset({PlanStatus.DRAFT, PlanStatus.ACTIVE})


def check_step_move(before: StepStatus, after: StepStatus) -> None:
    """Raise InvalidInputError unless a step may pass from one status to the other; staying is no move."""
    if after is not before and after not in STEP_MOVES[before]:
        message = f"A step that is {before} cannot become {after}; it can become {_listed(STEP_MOVES[before])}"
        raise InvalidInputError(message)


def check_plan_move(plan: Plan, after: PlanStatus) -> None:
    """Raise InvalidInputError unless a plan may pass to a status; staying is no move."""
    if after is not plan.status and after not in PLAN_MOVES[plan.status]:
        message = (
            f"A plan that is {plan.status} cannot become {after}; it can become {_listed(PLAN_MOVES[plan.status])}"
        )
        raise InvalidInputError(message)
    if after is PlanStatus.COMPLETED and plan.steps_open:
        message = f"Plan {plan.id} has steps neither done nor dropped ({plan.steps_open}); settle them to complete it"
        raise InvalidInputError(message)


def require_open(plan: Plan) -> None:
    """Raise InvalidInputError if a plan is completed or abandoned."""
    if plan.status not in OPEN_PLANS:
        message = f"Plan {plan.id} is {plan.status}; make it active again to change it"
        raise InvalidInputError(message)


def check_day(what: str, day: date) -> None:
    """Raise InvalidInputError if the year is absurd."""
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        message = f"The {what} {day} is outside the years {EARLIEST_YEAR} to {LATEST_YEAR}; correct the date"
        raise InvalidInputError(message)


def check_plan_due(due_on: date, today: date, steps: Sequence[Step]) -> None:
    """Raise InvalidInputError if a plan would be due in the past, or before an open step of it."""
    check_day("day", due_on)
    if due_on < today:
        message = f"A plan cannot be due on {due_on}, before today; choose {today} or later"
        raise InvalidInputError(message)
    last = max((step.due_on for step in steps if step.is_open), default=due_on)
    if last > due_on:
        message = f"A plan cannot be due on {due_on} with a step due on {last}; move the step first"
        raise InvalidInputError(message)


def check_step_days(starts_on: date, due_on: date, plan_due_on: date) -> None:
    """Raise InvalidInputError unless a step ends after it starts, and no later than its plan."""
    check_day("first day", starts_on)
    check_day("last day", due_on)
    if due_on < starts_on:
        message = f"A step cannot start on {starts_on} and be due on {due_on}; put the first day before the last"
        raise InvalidInputError(message)
    if due_on > plan_due_on:
        message = f"A step cannot be due on {due_on}, after its plan on {plan_due_on}; move one of them"
        raise InvalidInputError(message)


def completed_on(status: StepStatus, standing: date | None, today: date) -> date | None:
    """Return the day a step was done; the first one stands while it stays done."""
    return (standing or today) if status is StepStatus.DONE else None


def _listed(statuses: Sequence[str]) -> str:
    return " or ".join(str(status) for status in statuses)
