"""Opening: who may plan, and what a page says to those who may not, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from api.callers import Scope
from api.dependencies import Reader, ServiceDep
from api.pages.rendering import render
from api.planners import planner_of
from api.planning import Planning
from models.errors import NotAllowedError
from models.planning import read_policy

__all__ = ["Closed", "ClosedError", "Planning", "PlanningDep", "show_closed"]


class Closed(StrEnum):
    """Why someone is shown no page of succession."""

    SWITCHED_OFF = "switched_off"
    NO_UNIT = "no_unit"


class ClosedError(NotAllowedError):
    """Succession is not open to the caller."""

    def __init__(self, why: Closed, *, administers: bool) -> None:
        super().__init__(f"Succession is not open to you ({why}); an administrator opens it, at /succession/policy")
        self.why = why
        self.administers = administers


def get_planning(request: Request, caller: Reader, service: ServiceDep) -> Planning:
    """Return the planner behind a page.

    Raises:
        ClosedError: the organisation has not switched succession on, or the caller manages no unit.
    """
    administers = Scope.ADMIN in caller.scopes
    with service.store.read() as session:
        if not read_policy(session).enabled:
            raise ClosedError(Closed.SWITCHED_OFF, administers=administers)
        try:
            planner = planner_of(session, caller)
        except NotAllowedError as error:
            raise ClosedError(Closed.NO_UNIT, administers=administers) from error
    return Planning(request, caller, service, planner, datetime.now(UTC).date())


PlanningDep = Annotated[Planning, Depends(get_planning)]


def show_closed(request: Request, error: Exception) -> HTMLResponse:
    """Return the page that says why nothing of succession is shown, and who can change it."""
    if not isinstance(error, ClosedError):
        raise error
    return render(request, "succession/closed.html", 403, why=error.why.value, administers=error.administers)
