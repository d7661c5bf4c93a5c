"""Planning: what every view of succession needs: who plans, what they may read, and where it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.callers import Caller
from api.dependencies import Reader, ServiceDep
from api.planners import PlanningEvent, note_view, planner_of
from api.wiring import Service
from models.audit import Detail
from models.planning import Planner
from recommender.succession.ground import Ground, read_ground


@dataclass(frozen=True, slots=True)
class Planning:
    """Someone who plans, in a request, with what it needs to read."""

    request: Request
    caller: Caller
    service: Service
    planner: Planner
    today: date

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that reads."""
        with self.service.store.read() as session:
            yield session

    def ground(self, session: Session) -> Ground:
        """Return what succession is counted on, as far as the planner may read it."""
        return read_ground(session, self.service.traces(), self.planner.viewer, self.today)

    def note(self, event: PlanningEvent, people: Iterable[str] = (), **said: Detail) -> None:
        """Write down what was looked at, about each of the people it is of: every view of succession is."""
        with self.service.store.write() as session:
            note_view(session, self.caller, self.request, event, people, **said)


def get_planning(request: Request, caller: Reader, service: ServiceDep) -> Planning:
    """Return the planner behind a request.

    Raises:
        NotAllowedError: the organisation has not switched succession on, or the caller manages no unit.
    """
    with service.store.read() as session:
        planner = planner_of(session, caller)
    return Planning(request, caller, service, planner, datetime.now(UTC).date())


PlanningDep = Annotated[Planning, Depends(get_planning)]
