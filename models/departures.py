"""Departures: what a person declares of their own, and sees of what others declared of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.access import Viewer, require_person
from models.community_writing import store_departure
from models.errors import InvalidInputError, NotAllowedError
from models.records import DeclaredBy, DepartureRecord
from models.tables import DepartureRow


@dataclass(frozen=True, slots=True)
class OwnDeparture:
    """A standing declaration about a person, as they see it themself."""

    earliest: date
    latest: date
    announced: bool
    """True when the whole organisation may know."""
    declared_by: DeclaredBy
    declared_at: datetime


def read_own_departures(session: Session, viewer: Viewer, person_id: str) -> list[OwnDeparture]:
    """Return what stands declared about the viewer, by themself and by others, the nearest first."""
    if require_person(viewer) != person_id:
        message = f"Only '{person_id}' sees every departure declared of them; others see those announced"
        raise NotAllowedError(message)
    statement: Select[*tuple[Any, ...]] = (
        select(
            DepartureRow.earliest,
            DepartureRow.latest,
            DepartureRow.announced,
            DepartureRow.declared_by,
            DepartureRow.declared_at,
        )
        .where(DepartureRow.person_id == person_id, DepartureRow.revoked_at.is_(None))
        .order_by(DepartureRow.earliest, DepartureRow.id)
    )
    return [OwnDeparture(*row) for row in session.execute(statement)]


def declare_departure(
    session: Session, viewer: Viewer, now: datetime, earliest: date, latest: date, *, announced: bool
) -> None:
    """Declare that the viewer leaves between two days, in place of what they declared before.

    Raises:
        InvalidInputError: the band ends before it starts, or a year is absurd.
    """
    person = require_person(viewer)
    try:
        record = DepartureRecord(
            person=person[:300], earliest=earliest, latest=latest, declared_by=DeclaredBy.SELF, announced=announced
        )
    except ValidationError as error:
        reasons = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        message = f"A departure from {earliest} to {latest} cannot be declared: {reasons}; correct the dates"
        raise InvalidInputError(message) from error
    store_departure(session, record, person, now)


def revoke_departure(session: Session, viewer: Viewer, now: datetime) -> None:
    """Withdraw what the viewer declared of their departure; what others declared is theirs to withdraw."""
    person = require_person(viewer)
    store_departure(
        session, DepartureRecord(person=person[:300], declared_by=DeclaredBy.SELF, revoked=True), person, now
    )
