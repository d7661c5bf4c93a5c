"""Reminders of transfer steps: few, neutral, and each given once, whoever else is giving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from models.access import Viewer, may_be_suggested, may_read_own_step, require_person
from models.planning import read_policy
from models.queries.plan_shapes import OPEN_STATUSES
from models.tables import PersonRow, PlanStatus, StepReminderRow, StepStatus, TransferPlanRow, TransferStepRow
from models.webhooks import WebhookEvent, emit

NOTICE: Final = timedelta(days=7)
"""How long before its last day a step is first brought to mind."""
APART: Final = timedelta(days=7)
"""Between two reminders to one person, whatever they are about."""
MOST_PER_STEP: Final = 3
_TAKEN_ON: Final = (StepStatus.PLANNED, StepStatus.UNDER_WAY)
# Whoever takes the step over is reminded; where nobody does, the person the plan is about.
_REMINDED: Final[ColumnElement[str]] = func.coalesce(TransferStepRow.successor_id, TransferPlanRow.person_id)


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a step is due soon, or was due; its words are chosen where it is shown."""

    id: int
    step_id: int
    plan_id: int
    person_id: str
    """Who is reminded."""
    due_on: date
    at: datetime


def claim_reminders(session: Session, now: datetime, limit: int = 500) -> list[Reminder]:
    """Give the reminders that are due, at most one a person, and tell webhooks of them; in the order of ids.

    Only of steps that someone planned, in active plans, while succession is switched on. Nobody who paused, left or
    opted out is reminded, nor anyone of a plan that they do not see. Commit afterwards: what is undone is given again
    at the next call.
    """
    if not read_policy(session).enabled:
        return []
    given = []
    for person_id in _lock_people(session, now, limit):
        step = _next_step(session, person_id, now)
        if step is None:
            continue
        row = StepReminderRow(step_id=step[0], person_id=person_id, at=now)
        session.add(row)
        session.flush()
        reminder = Reminder(row.id, step[0], step[1], person_id, step[2], now)
        emit(session, WebhookEvent.TRANSFER_STEP_DUE, payload_of(reminder), now)
        given.append(reminder)
    return given


def payload_of(reminder: Reminder) -> dict[str, Any]:
    """Return what webhooks are told: ids and the day, no text, and not whose knowledge passes on."""
    return {
        "id": reminder.id,
        "step_id": reminder.step_id,
        "plan_id": reminder.plan_id,
        "person_id": reminder.person_id,
        "due_on": reminder.due_on.isoformat(),
    }


def read_own_reminders(session: Session, viewer: Viewer, now: datetime) -> list[Reminder]:
    """Return the reminders given to the viewer lately, of steps still open, the newest first."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            StepReminderRow.id,
            TransferStepRow.id,
            TransferPlanRow.id,
            StepReminderRow.person_id,
            TransferStepRow.due_on,
            StepReminderRow.at,
        )
        .join(TransferStepRow, TransferStepRow.id == StepReminderRow.step_id)
        .join(TransferPlanRow, TransferPlanRow.id == TransferStepRow.plan_id)
        .where(
            StepReminderRow.person_id == require_person(viewer),
            StepReminderRow.at > now - APART,
            TransferPlanRow.status == PlanStatus.ACTIVE,
            TransferStepRow.status.in_(sorted(OPEN_STATUSES)),
            may_read_own_step(viewer, now.date()),
        )
        .order_by(StepReminderRow.at.desc(), StepReminderRow.id.desc())
    )
    return [Reminder(*row) for row in session.execute(statement)]


def _lock_people(session: Session, now: datetime, limit: int) -> list[str]:
    """Return who may be reminded, each kept from being reminded by another until the transaction ends."""
    due = _due_steps(now.date()).with_only_columns(_REMINDED)
    statement = (
        select(PersonRow.id)
        .where(PersonRow.id.in_(due), may_be_suggested(now.date()), ~_reminded_lately(PersonRow.id, now))
        .order_by(PersonRow.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list(session.scalars(statement))


def _next_step(session: Session, person_id: str, now: datetime) -> tuple[int, int, date] | None:
    """Return a step that someone sees and is to be reminded of, with its plan and last day.

    The least reminded of, then the nearest due. Asked after the lock, so that what another worker committed meanwhile
    is seen.
    """
    statement = (
        _due_steps(now.date())
        .where(
            _REMINDED.in_([person_id]),
            ~_reminded_lately(_REMINDED, now),
            may_read_own_step(Viewer(person_id), now.date()),
        )
        .order_by(_times_reminded(), TransferStepRow.due_on, TransferStepRow.id)
        .limit(1)
    )
    found = session.execute(statement).first()
    return None if found is None else (found[0], found[1], found[3])


def _due_steps(today: date) -> Select[*tuple[Any, ...]]:
    """Select the steps that someone could be reminded of, with their plan, who that is, and their last day."""
    return (
        select(TransferStepRow.id, TransferPlanRow.id, _REMINDED, TransferStepRow.due_on)
        .join(TransferPlanRow, TransferPlanRow.id == TransferStepRow.plan_id)
        .where(
            TransferPlanRow.status == PlanStatus.ACTIVE,
            TransferStepRow.status.in_(_TAKEN_ON),
            TransferStepRow.due_on <= today + NOTICE,
            _times_reminded() < MOST_PER_STEP,
        )
    )


def _times_reminded() -> ScalarSelect[int]:
    return select(func.count()).where(StepReminderRow.step_id == TransferStepRow.id).scalar_subquery()


def _reminded_lately(person_id: Any, now: datetime) -> ColumnElement[bool]:  # noqa: ANN401 - a column, or two as one
    return exists().where(and_(StepReminderRow.person_id == person_id, StepReminderRow.at > now - APART))
