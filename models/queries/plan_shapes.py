"""Transfer plans and their steps, as they are shown; what is not for the reader is left out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from models.queries.people import Person
from models.queries.places import NamedArea
from models.tables import PlanStatus, StepKind, StepStatus

OPEN_STATUSES: Final = frozenset({StepStatus.PROPOSED, StepStatus.PLANNED, StepStatus.UNDER_WAY})
"""Of steps that are neither done nor dropped."""


class PlanPart(StrEnum):
    """What whoever reads a plan is to it."""

    PLANNER = "planner"
    PERSON = "person"
    """It is about them."""
    SUCCESSOR = "successor"
    """They take something over, and see their own steps."""


class WarningKind(StrEnum):
    """What is worth knowing of a plan's dates."""

    DUE_AFTER_DEPARTURE = "due_after_departure"
    NOT_ANNOUNCED = "not_announced"
    """The departure is not announced, and an active plan tells its successors that something passes on."""


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something worth knowing of a plan; it forbids nothing."""

    kind: WarningKind
    leaves_on: date
    """The earliest day of a departure that the reader may know of."""


@dataclass(frozen=True, slots=True)
class StepDocument:
    """A document that a step is about, or that came of it; only where the reader may open it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a transfer plan."""

    id: int
    plan_id: int
    kind: StepKind
    title: str
    """In the words of whoever wrote it; empty where kind, area and document say enough."""
    area: NamedArea | None
    successor: Person | None
    document: StepDocument | None
    starts_on: date
    due_on: date
    status: StepStatus
    note: str
    """Read by everyone who sees the step."""
    completed_on: date | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor dropped."""
        return self.status in OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class Plan:
    """How what one person knows passes on."""

    id: int
    person: Person
    """Whose knowledge passes on."""
    part: PlanPart
    status: PlanStatus
    due_on: date | None
    """The day by which everything has passed on; None for successors, whom it might tell when someone leaves."""
    note: str
    """Empty for successors."""
    steps: Sequence[Step]
    """By their first day; for successors their own alone."""
    warnings: Sequence[PlanWarning]
    created_at: datetime
    updated_at: datetime
    """When it, or one of its steps, last changed."""

    @property
    def steps_done(self) -> int:
        """How many of the steps shown are done."""
        return sum(step.status is StepStatus.DONE for step in self.steps)

    @property
    def steps_open(self) -> int:
        """How many of the steps shown are neither done nor dropped."""
        return sum(step.is_open for step in self.steps)
