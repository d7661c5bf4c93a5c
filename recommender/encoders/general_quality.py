"""What an adapted encoder must not lose: everyday French and English, on sentences that come with the package."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from recommender.encoders.measures import Encode, rank_correlation

_PAIRS_FILE: Final = Path(__file__).parent / "general_pairs.tsv"
# Seven of the 354 sentences. What STS-B makes of encoders near these limits: docs/decisions/0009-adaptation.md.
_MOST_ACCURACY_LOST: Final = 0.02
_LEAST_CORRELATION: Final = 0.85


@dataclass(frozen=True, slots=True)
class GeneralQuality:
    """What an encoder makes of the general sentences."""

    accuracy: float
    """Share of the sentences whose nearest, among all others of both languages, is their translation."""
    cosines: npt.NDArray[np.float32]
    """Of every two sentences."""


@dataclass(frozen=True, slots=True)
class GeneralCheck:
    """What general quality became of it."""

    accuracy_before: float
    accuracy_after: float
    correlation: float
    """Of the cosines before and after, by rank."""

    @property
    def kept(self) -> bool:
        """Return whether so little changed that general quality counts as kept."""
        lost = self.accuracy_before - self.accuracy_after
        return lost <= _MOST_ACCURACY_LOST and self.correlation >= _LEAST_CORRELATION


def read_general_pairs() -> list[tuple[str, str]]:
    """Return the general sentences, English first: written for Relève, everyday and administrative."""
    with _PAIRS_FILE.open(encoding="utf-8", newline="") as lines:
        return [(row["en"], row["fr"]) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def measure_general(encode: Encode) -> GeneralQuality:
    """Return what an encoder makes of the general sentences."""
    english, french = zip(*read_general_pairs(), strict=True)
    embeddings = encode([*english, *french])
    cosines = embeddings @ embeddings.T
    upper = cosines[np.triu_indices(len(cosines), 1)]
    np.fill_diagonal(cosines, -np.inf)
    partners = np.roll(np.arange(len(cosines)), len(english))
    return GeneralQuality(float(np.mean(np.argmax(cosines, axis=1) == partners)), upper)


def compare_general(before: GeneralQuality, after: GeneralQuality) -> GeneralCheck:
    """Return what became of general quality."""
    return GeneralCheck(before.accuracy, after.accuracy, rank_correlation(before.cosines, after.cosines))
