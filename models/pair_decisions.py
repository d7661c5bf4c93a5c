"""Pair decisions: whom a manager wants, or does not want, to take over an area from someone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.access import may_plan_for, may_see_person
from models.errors import InvalidInputError, NotFoundError
from models.planning import Planner
from models.queries.areas import shown_area
from models.queries.transfers import read_planned_person
from models.records import clean_text
from models.tables import AreaRow, PairDecisionRow, PairStance, PersonRow


@dataclass(frozen=True, slots=True)
class PairDecision:
    """What stands decided about a pair."""

    leaver_id: str
    area_id: str
    """The area that stands today: decisions about an area that was merged follow it."""
    successor_id: str
    stance: PairStance
    decided_at: datetime


def decide_pair(
    session: Session,
    planner: Planner,
    now: datetime,
    leaver_id: str,
    area_id: str,
    successor_id: str,
    stance: PairStance | None,
) -> None:
    """Pin or forbid someone as the successor for what somebody leaves in an area; None leaves it open again.

    Pinning someone takes the place of whoever was pinned there before.

    Raises:
        NotFoundError: no such area; someone who leaves none of the planner's units; a successor they may not see.
        InvalidInputError: they are one person.
    """
    leaver = read_planned_person(session, planner, now.date(), leaver_id).id
    area = str(shown_area(session, clean_text(area_id))[0])
    successor = clean_text(successor_id)
    if successor == leaver:
        message = f"'{successor}' cannot take over from themself; choose someone else"
        raise InvalidInputError(message)
    seen = select(PersonRow.id).where(PersonRow.id == successor, may_see_person(planner.viewer, now.date()))
    if session.scalars(seen).first() is None:
        message = f"Nobody whom you may see has the id '{successor_id}'; look for people by name"
        raise NotFoundError(message)
    here = (PairDecisionRow.leaver_id == leaver, PairDecisionRow.area_id == area)
    replaced = PairDecisionRow.successor_id == successor
    if stance is PairStance.PINNED:
        replaced = replaced | (PairDecisionRow.stance == PairStance.PINNED)
    session.execute(delete(PairDecisionRow).where(*here, replaced).execution_options(synchronize_session=False))
    session.expire_all()
    if stance is not None:
        session.add(
            PairDecisionRow(
                leaver_id=leaver,
                area_id=area,
                successor_id=successor,
                stance=stance,
                decided_at=now,
                decided_by=planner.viewer.person_id,
            )
        )
    session.flush()


def read_pair_decisions(session: Session, planner: Planner, now: datetime) -> list[PairDecision]:
    """Return what stands decided about people the planner plans for and sees, by leaver, area and successor."""
    today = now.date()
    planned = select(PersonRow.id).where(may_plan_for(planner.units), may_see_person(planner.viewer, today))
    seen = select(PersonRow.id).where(may_see_person(planner.viewer, today))
    statement: Select[*tuple[Any, ...]] = (
        select(
            PairDecisionRow.leaver_id,
            AreaRow.merged_into,
            PairDecisionRow.area_id,
            PairDecisionRow.successor_id,
            PairDecisionRow.stance,
            PairDecisionRow.decided_at,
        )
        .join(AreaRow, AreaRow.id == PairDecisionRow.area_id)
        .where(PairDecisionRow.leaver_id.in_(planned), PairDecisionRow.successor_id.in_(seen))
        .order_by(PairDecisionRow.leaver_id, PairDecisionRow.area_id, PairDecisionRow.successor_id)
    )
    return [
        PairDecision(leaver, merged or area, successor, stance, at)
        for leaver, merged, area, successor, stance, at in session.execute(statement)
    ]
