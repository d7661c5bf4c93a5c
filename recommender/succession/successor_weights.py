"""Successor weights: what each way of telling who takes over weighs, learned, then fitted to the own past."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from models.errors import InvalidInputError
from recommender.groups import Numbers
from recommender.succession.own_past import Lessons, fit_weights
from recommender.succession.successor_features import OF_HANDOVER
from recommender.succession.tally import WAYS

BUNDLED: Final = Path(__file__).with_name("successor_weights.json")
_FORECAST: Final = "forecast"


@dataclass(frozen=True, slots=True)
class SuccessorWeights:
    """Proportions of mixtures: shares of people go in, a share of people comes out."""

    ways: Numbers
    """Of WAYS, where the own past teaches nothing; add up to 1."""
    confidence: float
    """How much of the own past counts as much as `ways`."""
    of_areas: Mapping[str, float]
    """Of the forecast by WAYS, and of each of OF_HANDOVER, where areas are handed over; add up to 1."""
    of_role: Mapping[str, float]
    """The same where the care of communities is."""
    notes: Mapping[str, Any]
    """What they were learned from."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of weights.

        Raises:
            InvalidInputError: it is missing or damaged, or of other features than this program's.
        """
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            ways = np.array([found["ways"][name] for name in WAYS], np.float64)
            of_areas, of_role = ({name: float(found[of][name]) for name in PARTS} for of in ("of_areas", "of_role"))
            return cls(ways, float(found["confidence"]), of_areas, of_role, found["notes"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = (
                f"The weights of successors in {path} cannot be read ({error!r}); "
                "make them again with: python -m evaluation.train_successors"
            )
            raise InvalidInputError(message) from error

    def save(self, path: Path) -> None:
        """Write a file of weights."""
        found = {
            "ways": {name: round(float(weight), 4) for name, weight in zip(WAYS, self.ways, strict=True)},
            "confidence": self.confidence,
            "of_areas": {name: round(weight, 4) for name, weight in self.of_areas.items()},
            "of_role": {name: round(weight, 4) for name, weight in self.of_role.items()},
            "notes": self.notes,
        }
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def forecast(self, lessons: Lessons) -> Numbers:
        """Return what each of WAYS weighs in an organisation with such a past; adds up to 1."""
        return fit_weights(lessons, self.ways, self.confidence)

    def for_handover(self, lessons: Lessons, *, of_role: bool) -> Numbers:
        """Return what each of FEATURES weighs; adds up to 1."""
        chosen = self.of_role if of_role else self.of_areas
        own = [chosen[name] for name in OF_HANDOVER]
        weights: Numbers = np.concatenate([chosen[_FORECAST] * self.forecast(lessons), own])
        return weights


PARTS: Final = (_FORECAST, *OF_HANDOVER)
"""What is mixed for a handover."""


@cache
def bundled_weights() -> SuccessorWeights:
    """Return the weights that come with the program."""
    return SuccessorWeights.load(BUNDLED)
