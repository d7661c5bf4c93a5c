"""Proposing: the steps that a transfer plan could begin with, each with who could take it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from models.planning import Planner
from models.queries.plan_load import read_step_days
from recommender.succession.ground import Ground
from recommender.succession.planning_steps import ProposedStep, Taker, propose_for
from recommender.succession.taking_over import TakingOver, find_successors
from recommender.succession.transfer import what_to_transfer

# Of everyone who could take an area over; propose_for tries the best of them.
TAKERS_EACH: Final = 5


def propose_steps(
    session: Session, ground: Ground, planner: Planner, now: datetime, person_id: str, due_on: date
) -> list[ProposedStep]:
    """Return the steps a plan of someone could begin with, by their first day; nothing is stored.

    Args:
        ground: read for the planner's viewer.
        due_on: the last day; with none left until then, nothing is proposed.

    Raises:
        NotFoundError: nobody of the planner's units.
    """
    transfer = what_to_transfer(session, ground, planner, now.date(), person_id)
    found = find_successors(session, ground, planner, now, person_id, top=TAKERS_EACH)
    busy = read_step_days(session, planner, now.date())
    return propose_for(transfer, takers_of(found), due_on, now.date(), busy)


def takers_of(found: TakingOver) -> Mapping[str, Sequence[Taker]]:
    """Return who could take over each area, by its id, the best first."""
    return {
        area.area.id: [Taker(candidate.person.id, candidate.ready) for candidate in area.candidates]
        for area in found.areas
    }
