"""Steps of transfer plans: who plans writes them, the person and the successor say how they go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Viewer, may_read_document, may_see_person
from models.errors import InvalidInputError, NotFoundError
from models.plan_rules import check_step_days, check_step_move, completed_on, require_open
from models.planning import Planner
from models.queries.areas import shown_area
from models.queries.plan_shapes import Plan
from models.queries.transfer_plans import lock_plan, read_own_plan, read_plan, read_plan_for_update
from models.records import clean_text
from models.solicitations import checked_text
from models.tables import DocumentRow, PersonRow, PlanStatus, StepKind, StepStatus, TransferPlanRow, TransferStepRow

TITLE_LENGTH: Final = 200
NOTE_LENGTH: Final = 5_000
MOST_STEPS: Final = 100
"""Of one plan; nobody follows more."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be added to a plan; proposed until someone of it plans it."""

    kind: StepKind
    starts_on: date
    due_on: date
    title: str = ""
    area_id: str | None = None
    successor_id: str | None = None
    document_id: str | None = None
    note: str = ""


class OwnStepChanges(TypedDict, total=False):
    """What the person a plan is about, and the successor of a step, say of it; what is absent stays."""

    status: StepStatus
    note: str


class StepChanges(OwnStepChanges, total=False):
    """What changes in a step; what is absent stays."""

    kind: StepKind
    title: str
    area_id: str | None
    successor_id: str | None
    document_id: str | None
    starts_on: date
    due_on: date


def add_step(session: Session, planner: Planner, now: datetime, plan_id: int, new: NewStep) -> Plan:
    """Add a step to a draft or active plan.

    Raises:
        NotFoundError: no such plan of the planner's; or a successor, area or document they may not see.
        InvalidInputError: the plan is not open, a date does not fit, or a text is too long.
    """
    plan = read_plan_for_update(session, planner, now.date(), plan_id)
    require_open(plan)
    write_step(session, planner, now, plan_id, new)
    session.get_one(TransferPlanRow, plan_id).updated_at = now
    session.flush()
    return read_plan(session, planner, now.date(), plan_id)


def write_step(session: Session, planner: Planner, now: datetime, plan_id: int, new: NewStep) -> None:
    """Write a step of a plan that the planner may change, which the caller has checked."""
    plan = session.get_one(TransferPlanRow, plan_id)
    standing = select(TransferStepRow.id).where(TransferStepRow.plan_id == plan_id).limit(MOST_STEPS)
    if len(session.scalars(standing).all()) == MOST_STEPS:
        message = f"Plan {plan_id} has {MOST_STEPS} steps, the most a plan takes; put some together"
        raise InvalidInputError(message)
    check_step_days(new.starts_on, new.due_on, plan.due_on)
    row = TransferStepRow(
        plan_id=plan_id,
        kind=new.kind,
        title=checked_text("title", new.title, TITLE_LENGTH),
        area_id=_checked_area(session, new.area_id),
        successor_id=_checked_successor(session, planner.viewer, now.date(), plan.person_id, new.successor_id),
        document_id=_checked_document(session, planner.viewer, now.date(), new.document_id),
        starts_on=new.starts_on,
        due_on=new.due_on,
        status=StepStatus.PROPOSED,
        note=checked_text("note", new.note, NOTE_LENGTH),
        completed_on=None,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()


def change_step(
    session: Session, planner: Planner, now: datetime, plan_id: int, step_id: int, changes: StepChanges
) -> Plan:
    """Change a step of a draft or active plan.

    Raises:
        NotFoundError: no such step of such a plan; or a successor, area or document the planner may not see.
        InvalidInputError: the plan is not open, the status does not follow, a date does not fit, a text is too long.
    """
    plan = read_plan_for_update(session, planner, now.date(), plan_id)
    row = _row_of(session, plan, step_id)
    checked: StepChanges = {**changes}
    if "area_id" in changes:
        checked["area_id"] = _checked_area(session, changes["area_id"])
    if "successor_id" in changes:
        checked["successor_id"] = _checked_successor(
            session, planner.viewer, now.date(), plan.person.id, changes["successor_id"]
        )
    if "document_id" in changes:
        checked["document_id"] = _checked_document(session, planner.viewer, now.date(), changes["document_id"])
    days = changes.get("starts_on", row.starts_on), changes.get("due_on", row.due_on)
    if days != (row.starts_on, row.due_on):
        check_step_days(*days, session.get_one(TransferPlanRow, plan_id).due_on)
    _apply(session, plan, row, checked, now)
    return read_plan(session, planner, now.date(), plan_id)


def drop_step(session: Session, planner: Planner, now: datetime, plan_id: int, step_id: int) -> Plan:
    """Take a step from a plan: forgotten from a draft, kept as dropped where people were shown it.

    Raises:
        NotFoundError: no such step of such a plan.
        InvalidInputError: the plan is not open, or the step is done.
    """
    plan = read_plan_for_update(session, planner, now.date(), plan_id)
    row = _row_of(session, plan, step_id)
    if plan.status is not PlanStatus.DRAFT:
        return change_step(session, planner, now, plan_id, step_id, {"status": StepStatus.DROPPED})
    session.delete(row)
    session.get_one(TransferPlanRow, plan_id).updated_at = now
    session.flush()
    return read_plan(session, planner, now.date(), plan_id)


def change_own_step(
    session: Session, viewer: Viewer, now: datetime, plan_id: int, step_id: int, changes: OwnStepChanges
) -> Plan:
    """Say how a step goes, as the person its plan is about or as its successor; returns what they see of the plan.

    Raises:
        NotFoundError: no such step of theirs.
        InvalidInputError: the plan is not open, the status does not follow, or the note is too long.
    """
    lock_plan(session, plan_id)
    plan = read_own_plan(session, viewer, now.date(), plan_id)
    _apply(session, plan, _row_of(session, plan, step_id), changes, now)
    return read_own_plan(session, viewer, now.date(), plan_id)


def _row_of(session: Session, plan: Plan, step_id: int) -> TransferStepRow:
    if step_id not in {step.id for step in plan.steps}:
        message = f"No step {step_id} of plan {plan.id} that you see; read the plan again"
        raise NotFoundError(message)
    return session.get_one(TransferStepRow, step_id)


def _apply(
    session: Session, plan: Plan, row: TransferStepRow, changes: StepChanges | OwnStepChanges, now: datetime
) -> None:
    """Write what changes in a step; where nothing does, it keeps its version."""
    require_open(plan)
    status = changes.get("status", row.status)
    check_step_move(row.status, status)
    values = {**changes, "completed_on": completed_on(status, row.completed_on, now.date())}
    for name, limit in (("title", TITLE_LENGTH), ("note", NOTE_LENGTH)):
        if name in changes:
            values[name] = checked_text(name, str(values[name]), limit)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.updated_at = session.get_one(TransferPlanRow, plan.id).updated_at = now
        session.flush()


def _checked_area(session: Session, area_id: str | None) -> str | None:
    """Return the id of an area that is shown, or of the one it was merged into."""
    return None if area_id is None else str(shown_area(session, clean_text(area_id))[0])


def _checked_successor(
    session: Session, viewer: Viewer, today: date, leaver_id: str, successor_id: str | None
) -> str | None:
    if successor_id is None:
        return None
    found = clean_text(successor_id)
    if found == leaver_id:
        message = f"'{found}' cannot take over from themself; choose someone else"
        raise InvalidInputError(message)
    seen = select(PersonRow.id).where(PersonRow.id == found, may_see_person(viewer, today))
    if session.scalars(seen).first() is None:
        message = f"Nobody you may see has the id '{successor_id}'; look for them by name"
        raise NotFoundError(message)
    return str(found)


def _checked_document(session: Session, viewer: Viewer, today: date, document_id: str | None) -> str | None:
    if document_id is None:
        return None
    found = clean_text(document_id)
    readable = select(DocumentRow.id).where(DocumentRow.id == found, may_read_document(viewer, today))
    if session.scalars(readable).first() is None:
        message = f"No document '{document_id}' that you may read; name another, or none"
        raise NotFoundError(message)
    return str(found)
