"""Reads of how much people have in transfer plans, so that new steps leave them room."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import may_read_plan
from models.plan_rules import OPEN_PLANS
from models.planning import Planner
from models.queries.plan_shapes import OPEN_STATUSES
from models.tables import TransferPlanRow, TransferStepRow


def read_step_days(session: Session, planner: Planner, today: date) -> dict[str, list[tuple[date, date]]]:
    """Return the first and last days of the open steps that each person has in the plans that the planner may read."""
    statement = (
        select(
            TransferPlanRow.person_id, TransferStepRow.successor_id, TransferStepRow.starts_on, TransferStepRow.due_on
        )
        .join(TransferPlanRow, TransferPlanRow.id == TransferStepRow.plan_id)
        .where(
            may_read_plan(planner.viewer, planner.units, today),
            TransferPlanRow.status.in_(sorted(OPEN_PLANS)),
            TransferStepRow.status.in_(sorted(OPEN_STATUSES)),
            TransferStepRow.due_on >= today,
        )
        .order_by(TransferStepRow.id)
    )
    days: defaultdict[str, list[tuple[date, date]]] = defaultdict(list)
    for leaver, successor, starts_on, due_on in session.execute(statement):
        for person in (leaver, successor):
            if person is not None:
                days[person].append((starts_on, due_on))
    return dict(days)
