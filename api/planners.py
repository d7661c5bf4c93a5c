"""Planners: from a caller to who plans for which units, and what is written down of what they saw."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from fastapi import Request
from sqlalchemy.orm import Session

from api.auth.auditing import audit
from api.callers import Caller, CallerKind
from models.access import Viewer
from models.audit import Detail, about_person
from models.planning import Planner, open_planning
from models.roles import roles_of


class PlanningEvent(StrEnum):
    """What the audit log calls what planners do; `plan.*` and the like are written where they happen."""

    VIEWED = "succession.viewed"
    """A view of areas, units, risks or departures; of nobody in particular."""
    PERSON_VIEWED = "succession.person_viewed"
    """What someone would leave behind, or who could take it over: about that person."""
    SIMULATED = "succession.simulated"
    """What would be lost if some people left: one event about each of them."""
    POLICY_DECIDED = "succession.policy_decided"


def planner_of(session: Session, caller: Caller) -> Planner:
    """Return whom a caller plans for: the units they manage, or whoever their key acts for manages.

    Whoever is at this machine in the single-user mode plans for the whole organisation, unless the person they chose to
    be manages units. Administering gives no right to plan, and neither does a key by itself.

    Raises:
        NotAllowedError: succession is switched off, or the caller manages no unit.
    """
    everywhere = caller.kind is CallerKind.LOCAL and not caller.managed_units
    return open_planning(session, caller.viewer, None if everywhere else caller.managed_units)


def planner_for(session: Session, viewer: Viewer) -> Planner:
    """Return whom the command line plans for: the units of the person named with --as, else the whole organisation.

    Raises:
        NotAllowedError: succession is switched off, or that person manages no unit.
    """
    units = None if viewer.person_id is None else roles_of(session, viewer.person_id).managed_units
    return open_planning(session, viewer, units)


def note_view(
    session: Session, caller: Caller, request: Request, event: PlanningEvent, people: Iterable[str] = (), **said: Detail
) -> None:
    """Write down what a planner saw, about each of the people it was of; they see who did. Their own are not.

    Args:
        people: ids of those the view is of; none for a view of nobody in particular.
        said: ids, counts and choices, such as the view's name.
    """
    ids = sorted(set(people))
    for person in ids:
        if person != caller.viewer.person_id:
            audit(session, caller, request, event, about_person(person), **said)
    if not ids:
        audit(session, caller, request, event, None, **said)
