"""Planning: whether the organisation switched succession on, on what terms, and who plans for which units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError, NotAllowedError
from models.tables import DepartureVisibility, SuccessionPolicyRow

SMALLEST_GROUPS: Final = (3, 100)
"""Between these lies the fewest people of a group of whom a number is shown."""
NOTICE_LENGTH: Final = 4_000
_ONLY: Final = 1


@dataclass(frozen=True, slots=True)
class SuccessionPolicy:
    """What the organisation decided about succession views."""

    enabled: bool = False
    departures: DepartureVisibility = DepartureVisibility.ANNOUNCED
    smallest_group: int = 5
    notice_fr: str = ""
    """What people are told; needed in both languages before succession is switched on."""
    notice_en: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planner:
    """Someone who plans succession: what they read as, for which units, on the organisation's terms."""

    viewer: Viewer
    units: frozenset[str] | None
    """Ids of the units they plan for, those under them included; None for the whole organisation."""
    departures: DepartureVisibility
    smallest_group: int


def read_policy(session: Session) -> SuccessionPolicy:
    """Return what the organisation decided; everything off before it decides."""
    row = session.get(SuccessionPolicyRow, _ONLY)
    if row is None:
        return SuccessionPolicy()
    return SuccessionPolicy(
        row.enabled, row.departures, row.smallest_group, row.notice_fr, row.notice_en, row.decided_at
    )


def set_policy(session: Session, now: datetime, policy: SuccessionPolicy) -> None:
    """Write what the organisation decided.

    Raises:
        InvalidInputError: switched on without a notice in both languages, a notice too long, or a group too small.
    """
    notices = (policy.notice_fr.strip(), policy.notice_en.strip())
    if policy.enabled and not all(notices):
        message = (
            "Succession cannot be switched on without a notice; write in French and in English what people are told"
        )
        raise InvalidInputError(message)
    if max(map(len, notices)) > NOTICE_LENGTH:
        message = f"A notice of {max(map(len, notices)):,} characters is too long; write at most {NOTICE_LENGTH:,}"
        raise InvalidInputError(message)
    least, most = SMALLEST_GROUPS
    if not least <= policy.smallest_group <= most:
        message = f"The smallest group cannot be {policy.smallest_group}; choose from {least} to {most} people"
        raise InvalidInputError(message)
    row = session.get(SuccessionPolicyRow, _ONLY) or SuccessionPolicyRow(id=_ONLY)
    row.enabled, row.departures, row.smallest_group = policy.enabled, policy.departures, policy.smallest_group
    row.notice_fr, row.notice_en, row.decided_at = *notices, now
    session.add(row)
    session.flush()


def open_planning(session: Session, viewer: Viewer, units: Collection[str] | None) -> Planner:
    """Return who plans, on the organisation's terms.

    Args:
        units: those the caller manages, with those under them; None for the whole organisation, which only the command
            line and the single-user mode may ask for.

    Raises:
        NotAllowedError: the organisation has not switched succession on, or the caller manages no unit.
    """
    policy = read_policy(session)
    if not policy.enabled:
        message = "Succession is switched off here; an administrator switches it on with: releve succession policy --on"
        raise NotAllowedError(message)
    if units is not None and not units:
        message = (
            "Succession is for managers, each for their units; an administrator gives the role: releve roles grant"
        )
        raise NotAllowedError(message)
    scope = None if units is None else frozenset(units)
    return Planner(viewer, scope, policy.departures, policy.smallest_group)
