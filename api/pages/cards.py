"""Cards: a person suggested, as a page shows them: reasons apart from whether they can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.queries.people import Person
from recommender.answers import Expert, ShownEvidence
from recommender.reasons import Reason, ReasonKind

# Said as availability, not among the reasons.
AVAILABILITY = frozenset({ReasonKind.LEAVES, ReasonKind.BUSY})


@dataclass(frozen=True, slots=True)
class Card:
    """A person suggested."""

    person: Person
    reasons: Sequence[Reason]
    evidence: Sequence[ShownEvidence]
    at_limit: bool
    """Whether they have answered as much as they accept this week."""
    leaves: tuple[date, date] | None
    """A departure near enough to matter."""
    urgent: bool
    """Whether to ask while they are here."""


def make_card(expert: Expert) -> Card:
    """Return the card of a person suggested."""
    leaving = next((reason for reason in expert.reasons if reason.kind is ReasonKind.LEAVES), None)
    return Card(
        expert.person,
        [reason for reason in expert.reasons if reason.kind not in AVAILABILITY],
        expert.evidence,
        any(reason.kind is ReasonKind.BUSY for reason in expert.reasons),
        leaving.days if leaving else None,
        leaving.urgent if leaving else False,
    )
