"""Schemas of what a person reads and decides about themself."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.callers import CallerKind, Scope
from models.audit import AuditEvent, Detail
from models.departures import OwnDeparture
from models.records import Day, DeclaredBy
from models.tables import OrganisationRole

# Nobody answers more questions in a week; it bounds what the column holds.
MOST_PER_WEEK = 1_000


class MeOut(BaseModel):
    """Who the caller is, to Relève."""

    kind: CallerKind
    person_id: str | None = Field(description="Null for a program that acts for nobody.")
    name: str | None
    scopes: list[Scope]
    roles: list[OrganisationRole]


class PreferencesChange(BaseModel):
    """What to change of one's preferences; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"capacity_per_week": 3}]})
    visible_as_expert: bool = Field(default=True, description="False to be suggested to nobody.")
    capacity_per_week: int | None = Field(
        default=None, ge=0, le=MOST_PER_WEEK, description="Questions accepted per week; null for no limit."
    )
    paused_until: Day | None = Field(default=None, description="Last day of a pause; null to be suggested again.")


class DepartureIn(BaseModel):
    """When one leaves."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"earliest": "2027-03-01", "latest": "2027-06-30", "announced": False}]},
    )
    earliest: Day
    latest: Day | None = Field(default=None, description="End of the band; the same day if left out.")
    announced: bool = Field(default=False, description="Whether the whole organisation may know.")


class DepartureOut(BaseModel):
    """A standing declaration about oneself."""

    earliest: date
    latest: date
    announced: bool
    declared_by: DeclaredBy
    declared_at: datetime


class AuditEventOut(BaseModel):
    """Something that was done."""

    at: datetime
    actor: str = Field(description="`person:ID`, `key:ID`, `local` or `command`.", examples=["key:7f3a"])
    action: str = Field(examples=["person.read"])
    target: str | None
    on_behalf_of: str | None
    details: dict[str, Detail] = Field(description="Ids, counts and choices; never text that someone wrote.")
    request_id: str | None


def departure_out(departure: OwnDeparture) -> DepartureOut:
    """Return a declaration in its JSON shape."""
    return DepartureOut(
        earliest=departure.earliest,
        latest=departure.latest,
        announced=departure.announced,
        declared_by=departure.declared_by,
        declared_at=departure.declared_at,
    )


def audit_event_out(event: AuditEvent) -> AuditEventOut:
    """Return an event in its JSON shape."""
    return AuditEventOut(
        at=event.at,
        actor=event.actor,
        action=event.action,
        target=event.target,
        on_behalf_of=event.on_behalf_of,
        details=dict(event.details),
        request_id=event.request_id,
    )
