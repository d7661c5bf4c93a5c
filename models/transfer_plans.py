"""Transfer plans: made, changed and deleted by who plans.

Their steps are in models/transfer_steps.py, reads in models/queries/transfer_plans.py, rules in models/plan_rules.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.access import may_plan_for, may_see_person
from models.errors import InvalidInputError, NotFoundError
from models.plan_rules import OPEN_PLANS, check_plan_due, check_plan_move, require_open
from models.planning import Planner
from models.queries.plan_shapes import Plan
from models.queries.transfer_plans import read_plan, read_plan_for_update
from models.records import clean_text
from models.solicitations import checked_text
from models.tables import PersonRow, PlanStatus, TransferPlanRow
from models.transfer_steps import NOTE_LENGTH, NewStep, write_step


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to be made, as a draft, with the steps chosen among those proposed."""

    person_id: str
    due_on: date
    note: str = ""
    steps: Sequence[NewStep] = ()


class PlanChanges(TypedDict, total=False):
    """What changes in a plan; what is absent stays."""

    status: PlanStatus
    due_on: date
    note: str


def create_plan(session: Session, planner: Planner, now: datetime, new: NewPlan) -> Plan:
    """Make a draft of a plan for someone the planner plans for.

    Raises:
        NotFoundError: nobody of that id among them; or a successor, area or document the planner may not see.
        InvalidInputError: they have an open plan already, a date does not fit, or a text is too long.
    """
    today, person = now.date(), clean_text(new.person_id)
    planned_for = select(PersonRow.id).where(
        PersonRow.id == person, may_plan_for(planner.units), may_see_person(planner.viewer, today)
    )
    if session.scalars(planned_for).first() is None:
        message = f"Nobody you plan for has the id '{new.person_id}'; choose someone of your units"
        raise NotFoundError(message)
    _require_no_open_plan(session, person)
    check_plan_due(new.due_on, today, ())
    row = TransferPlanRow(
        person_id=person,
        created_by=planner.viewer.person_id,
        status=PlanStatus.DRAFT,
        due_on=new.due_on,
        note=checked_text("note", new.note, NOTE_LENGTH),
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    for step in new.steps:
        write_step(session, planner, now, row.id, step)
    return read_plan(session, planner, today, row.id)


def change_plan(session: Session, planner: Planner, now: datetime, plan_id: int, changes: PlanChanges) -> Plan:
    """Change a plan's status, day or note; one that is completed or abandoned has to be opened again first.

    Raises:
        NotFoundError: no such plan among those of the people the planner plans for.
        InvalidInputError: the status does not follow, the day does not fit, or the note is too long.
    """
    plan = read_plan_for_update(session, planner, now.date(), plan_id)
    row = session.get_one(TransferPlanRow, plan_id)
    status = changes.get("status", plan.status)
    check_plan_move(plan, status)
    if changes.keys() - {"status"} and status not in OPEN_PLANS:
        require_open(plan)
    if status in OPEN_PLANS and plan.status not in OPEN_PLANS:
        _require_no_open_plan(session, row.person_id)
    if changes.get("due_on", row.due_on) != row.due_on:
        check_plan_due(changes["due_on"], now.date(), plan.steps)
    values = {**changes}
    if "note" in changes:
        values["note"] = checked_text("note", changes["note"], NOTE_LENGTH)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.updated_at = now
        session.flush()
    return read_plan(session, planner, now.date(), plan_id)


def delete_plan(session: Session, planner: Planner, now: datetime, plan_id: int) -> None:
    """Delete a draft, or a plan that was abandoned, with its steps.

    Raises:
        NotFoundError: no such plan among those of the people the planner plans for.
        InvalidInputError: it is active or completed.
    """
    plan = read_plan_for_update(session, planner, now.date(), plan_id)
    if plan.status not in (PlanStatus.DRAFT, PlanStatus.ABANDONED):
        message = f"Plan {plan_id} is {plan.status}; abandon it before deleting it"
        raise InvalidInputError(message)
    row = session.get_one(TransferPlanRow, plan_id)
    session.expunge(row)
    session.execute(delete(TransferPlanRow).where(TransferPlanRow.id == plan_id))
    session.expire_all()


def _require_no_open_plan(session: Session, person_id: str) -> None:
    """Raise InvalidInputError if a person has a draft or an active plan; two would go separate ways."""
    # Locked, so that two who plan at the same moment do not each make one.
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(key_share=True))
    open_plan = select(TransferPlanRow.id).where(
        TransferPlanRow.person_id == person_id, TransferPlanRow.status.in_(sorted(OPEN_PLANS))
    )
    standing = session.scalars(open_plan.order_by(TransferPlanRow.id)).first()
    if standing is not None:
        message = f"'{person_id}' has the open plan {standing} already; add to it, or complete or abandon it first"
        raise InvalidInputError(message)
