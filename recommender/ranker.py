"""The ranker: trees learned from who answered and who wrote, on features that mean the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, Candidates, Facet
from recommender.groups import Numbers
from recommender.trees import Trees

BUNDLED: Final = Path(__file__).parent / "rankers" / "bundled"
_MANIFEST: Final = "ranker.json"
# Scores in another order of summing differ further down.
_DECIMALS: Final = 6
# Further out, a score is 0 or 1 to the last digit, and the exponential overflows.
_FURTHEST: Final = 35.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the sum of the trees into a probability: 1 / (1 + exp(-(slope x + offset)))."""

    slope: float
    offset: float

    def apply(self, sums: Numbers) -> Numbers:
        """Return probabilities, in the order of the sums."""
        logits = np.clip(self.slope * sums + self.offset, -_FURTHEST, _FURTHEST)
        scores: Numbers = np.round(1 / (1 + np.exp(-logits)), _DECIMALS)
        return scores


@dataclass(frozen=True)
class Ranker:
    """A model for one intent."""

    trees: Trees
    calibration: Calibration

    def score(self, candidates: Candidates) -> Numbers:
        """Return the score of each candidate in [0, 1], comparable from one question to the next."""
        return self.score_matrix(candidates.matrix)

    def score_matrix(self, matrix: Numbers) -> Numbers:
        """Return the score of each row of features; see Candidates."""
        return self.calibration.apply(self.trees.predict(self._matrix(matrix)))

    def facets(self, candidates: Candidates, rows: Sequence[int]) -> list[Mapping[Facet, float]]:
        """Return what each kind of feature moved the score of some candidates by, before calibration."""
        moved = self.trees.contributions(self._matrix(candidates.matrix[list(rows)]))
        return [{facet: float(row[places].sum()) for facet, places in self._places_of_facets.items()} for row in moved]

    def _matrix(self, matrix: Numbers) -> Numbers:
        return np.ascontiguousarray(matrix[:, self._columns])

    @cached_property
    def _columns(self) -> list[int]:
        """Where the model's features are among FEATURES."""
        known = {feature.name: place for place, feature in enumerate(FEATURES)}
        return [known[name] for name in self.trees.feature_names]

    @cached_property
    def _places_of_facets(self) -> Mapping[Facet, list[int]]:
        facets = [FEATURES[column].facet for column in self._columns]
        return {facet: [place for place, own in enumerate(facets) if own is facet] for facet in Facet}


@dataclass(frozen=True)
class Rankers:
    """The rankers of both intents."""

    by_intent: Mapping[Intent, Ranker]
    name: str

    @classmethod
    def untrained(cls) -> Self:
        """Return rankers for which all candidates are alike, to collect what there is to learn from."""
        ranker = Ranker(Trees.constant([feature.name for feature in FEATURES]), Calibration(1.0, 0.0))
        return cls(dict.fromkeys(Intent, ranker), "untrained")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a folder of rankers.

        Raises:
            InvalidInputError: a file is missing or damaged, or uses features this program does not have.
        """
        try:
            manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            rankers = {intent: _load_ranker(folder, intent, manifest) for intent in Intent}
            name = str(manifest["name"])
        except (OSError, ValueError, KeyError, TypeError, InvalidInputError) as error:
            message = f"The rankers in {folder} cannot be read ({error}); train them again with: releve train ranker"
            raise InvalidInputError(message) from error
        return cls(rankers, name)


def bundled_rankers() -> Rankers:
    """Return the rankers that come with the program."""
    return Rankers.load(BUNDLED)


def save_rankers(folder: Path, name: str, models: Mapping[Intent, tuple[str, Calibration]], notes: Any) -> None:  # noqa: ANN401 (JSON)
    """Write a folder of rankers.

    Args:
        models: LightGBM's text and the calibration of each intent.
        notes: what they were learned from, kept in the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "name": name,
        "calibration": {intent: [c.slope, c.offset] for intent, (_, c) in models.items()},
        "notes": notes,
    }
    for intent, (text, _) in models.items():
        (folder / f"{intent}.txt").write_text(text, encoding="utf-8")
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _load_ranker(folder: Path, intent: Intent, manifest: Mapping[str, Any]) -> Ranker:
    trees = Trees.parse((folder / f"{intent}.txt").read_text(encoding="utf-8"))
    if unknown := sorted(set(trees.feature_names) - {feature.name for feature in FEATURES}):
        message = f"{intent}.txt uses features unknown here: {', '.join(unknown)}"
        raise InvalidInputError(message)
    return Ranker(trees, Calibration(*manifest["calibration"][intent]))
