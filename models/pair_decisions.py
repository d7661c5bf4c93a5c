"""Pair decisions: whom a manager wants, or does not want, to take over an area from someone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from models.access import has_opted_out, may_plan_for, may_see_person
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

    Pinning someone takes the place of whoever was pinned there before, in the area or in one merged into it.

    Raises:
        NotFoundError: no such area; someone who leaves none of the planner's units; a successor whom they may not see
            or who opted out.
        InvalidInputError: they are one person.
    """
    leaver = read_planned_person(session, planner, now.date(), leaver_id).id
    area = str(shown_area(session, clean_text(area_id))[0])
    successor = clean_text(successor_id)
    if successor == leaver:
        message = f"'{successor}' cannot take over from themself; choose someone else"
        raise InvalidInputError(message)
    if session.scalars(_proposable(planner, now).where(PersonRow.id == successor)).first() is None:
        message = f"Nobody whom you may see has the id '{successor_id}'; look for people by name"
        raise NotFoundError(message)
    merged = select(AreaRow.id).where(or_(AreaRow.id == area, AreaRow.merged_into == area))
    here = (PairDecisionRow.leaver_id == leaver, PairDecisionRow.area_id.in_(merged))
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
    """Return what stands decided about people the planner plans for and sees, by leaver, area and successor.

    Where areas that were merged had decisions that cannot all be kept, the newest stand.
    """
    proposable = _proposable(planner, now)
    statement: Select[*tuple[Any, ...]] = (
        select(
            PairDecisionRow.leaver_id,
            func.coalesce(AreaRow.merged_into, PairDecisionRow.area_id),
            PairDecisionRow.successor_id,
            PairDecisionRow.stance,
            PairDecisionRow.decided_at,
        )
        .join(AreaRow, AreaRow.id == PairDecisionRow.area_id)
        .where(
            PairDecisionRow.leaver_id.in_(proposable.where(may_plan_for(planner.units))),
            PairDecisionRow.successor_id.in_(proposable),
        )
        .order_by(PairDecisionRow.decided_at, PairDecisionRow.area_id, PairDecisionRow.successor_id)
    )
    return _newest([PairDecision(*row) for row in session.execute(statement)])


def _newest(decisions: Sequence[PairDecision]) -> list[PairDecision]:
    """Return what stands of decisions, oldest first: one about each pair, and one pin for each handover."""
    stands: dict[tuple[str, str, str], PairDecision] = {}
    pins: dict[tuple[str, str], str] = {}
    for one in decisions:
        handover = (one.leaver_id, one.area_id)
        if one.stance is PairStance.PINNED:
            before = pins.get(handover)
            if before is not None and before != one.successor_id:
                del stands[*handover, before]
            pins[handover] = one.successor_id
        elif pins.get(handover) == one.successor_id:
            del pins[handover]
        stands[*handover, one.successor_id] = one
    return [stands[key] for key in sorted(stands)]


def _proposable(planner: Planner, now: datetime) -> Select[str]:
    """Select the ids of the people whom the planner may see, and who did not opt out."""
    return select(PersonRow.id).where(may_see_person(planner.viewer, now.date()), ~has_opted_out())
