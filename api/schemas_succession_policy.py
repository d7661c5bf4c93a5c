"""Schemas of the succession policy."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from models.planning import NOTICE_LENGTH, SMALLEST_GROUPS, SuccessionPolicy
from models.records import Cleaned
from models.tables import DepartureVisibility

Notice = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTICE_LENGTH), Cleaned]


class PolicyIn(BaseModel):
    """What an organisation decides about succession views."""

    enabled: bool = Field(examples=[True])
    departures: DepartureVisibility = Field(
        DepartureVisibility.ANNOUNCED, description="What managers are shown beyond what is announced to everyone."
    )
    smallest_group: int = Field(
        5, ge=SMALLEST_GROUPS[0], le=SMALLEST_GROUPS[1], description="Fewest people of whom a number is shown."
    )
    notice_fr: Notice = Field("", description="What people are told, in French; needed to switch it on.")
    notice_en: Notice = Field("", description="The same in English.")


class PolicyOut(PolicyIn):
    """What an organisation decided, and when; off before it decides."""

    decided_at: datetime | None


def policy_out(policy: SuccessionPolicy) -> PolicyOut:
    """Return the policy in its JSON shape."""
    return PolicyOut(
        enabled=policy.enabled,
        departures=policy.departures,
        smallest_group=policy.smallest_group,
        notice_fr=policy.notice_fr,
        notice_en=policy.notice_en,
        decided_at=policy.decided_at,
    )
