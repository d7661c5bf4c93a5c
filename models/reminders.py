"""Reminders of transfer steps: few, neutral, and each given once, whoever else is giving them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.access import Viewer, has_opted_out, may_be_counted, may_be_suggested, may_read_own_step, require_person
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


def claim_reminders(session: Session, now: datetime, limit: int = 200) -> list[Reminder]:
    """Give the reminders that are due, at most one a person, and tell webhooks of them; in the order of ids.

    Only of steps that someone planned, in active plans, while succession is switched on. Nobody who paused, left or
    opted out is reminded, nor anyone of a plan that they do not see. Commit afterwards: what is undone is given again
    at the next call.
    """
    if not read_policy(session).enabled:
        return []
    people = _lock_people(session, now, limit)
    given: dict[str, Reminder] = {}
    for step_id, plan_id, person_id, due_on, seen in _due_of(session, people, now):
        if person_id in given or not (seen or _sees(session, person_id, now.date(), step_id)):
            continue
        row = StepReminderRow(step_id=step_id, person_id=person_id, at=now)
        session.add(row)
        session.flush()
        given[person_id] = Reminder(row.id, step_id, plan_id, person_id, due_on, now)
        emit(session, WebhookEvent.TRANSFER_STEP_DUE, payload_of(given[person_id]), now)
    return [given[person_id] for person_id in sorted(given)]


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


def _due_of(session: Session, people: Collection[str], now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the steps these people could be reminded of, the least reminded of first, then the nearest due.

    Each with its plan, who, its last day, and whether everyone may know the person it is taken over from. Asked after
    the lock, so that what another worker committed meanwhile is seen.
    """
    known = exists().where(PersonRow.id == TransferPlanRow.person_id, may_be_counted())
    statement = (
        _due_steps(now.date())
        .add_columns(or_(TransferStepRow.successor_id.is_(None), known))
        .where(_REMINDED.in_(people), ~_reminded_lately(_REMINDED, now))
        .order_by(_times_reminded(), TransferStepRow.due_on, TransferStepRow.id)
    )
    return session.execute(statement).all()


def _sees(session: Session, person_id: str, today: date, step_id: int) -> bool:
    """Return whether someone sees a step: the person of its plan may be known from a protected space alone."""
    statement = (
        select(TransferStepRow.id)
        .join(TransferPlanRow, TransferPlanRow.id == TransferStepRow.plan_id)
        .where(TransferStepRow.id == step_id, may_read_own_step(Viewer(person_id), today))
    )
    return session.scalars(statement).first() is not None


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
            or_(TransferStepRow.successor_id.is_(None), ~has_opted_out(TransferPlanRow.person_id)),
        )
    )


def _times_reminded() -> ScalarSelect[int]:
    return select(func.count()).where(StepReminderRow.step_id == TransferStepRow.id).scalar_subquery()


def _reminded_lately(person_id: Any, now: datetime) -> ColumnElement[bool]:  # noqa: ANN401 - a column, or two as one
    return exists().where(and_(StepReminderRow.person_id == person_id, StepReminderRow.at > now - APART))
