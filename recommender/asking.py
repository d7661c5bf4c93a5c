"""Asking: how a question is to be answered, and among whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from models.errors import InvalidInputError
from models.queries.people import PeopleFilters
from recommender.expert_finding import Intent

MAX_TOP: Final = 1_000


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Among whom to look; each filter narrows the choice, None leaves it."""

    unit: str | None = None
    """Id or exact name; the units under it count."""
    site: str | None = None
    language: str | None = None
    """ISO 639-1 code."""
    community: str | None = None
    """Id or exact name; its members, where the viewer may know them."""
    area: str | None = None
    """Id of a field of expertise; those who know it, by what the viewer may read or by their own word."""

    @property
    def narrows(self) -> bool:
        """Return whether anyone is left out."""
        return self != PersonFilter()

    def of_people(self) -> PeopleFilters:
        """Return the same as the store's queries take it."""
        return PeopleFilters(None, self.unit, self.site, self.language, self.community, self.area)


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How to answer a question."""

    top: int = 10
    intent: Intent = Intent.EXPERTISE
    filters: PersonFilter = field(default_factory=PersonFilter)

    def __post_init__(self) -> None:
        if not 1 <= self.top <= MAX_TOP:
            message = f"top is {self.top}; choose a number from 1 to {MAX_TOP}"
            raise InvalidInputError(message)


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much is shown."""

    evidence: int
    """Pieces for each expert."""
    texts: int
    """Practices, and again questions, beside the experts."""


WHOLE: Final = Breadth(evidence=3, texts=5)
# While someone types, what fits under the field.
BRIEF: Final = Breadth(evidence=2, texts=3)
SUGGESTED: Final = 3
