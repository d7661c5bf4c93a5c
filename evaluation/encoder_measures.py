"""How good an encoder is on one file: judged sentence pairs (sts), or sentences with their translations (bitext)."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from evaluation.experiment import Data
from evaluation.provenance import content_version
from evaluation.report import PRODUCT
from evaluation.significance import bootstrap_interval
from evaluation.text_files import open_text
from models.errors import InvalidInputError
from recommender.encoders.encoder import Encoder
from recommender.encoders.measures import partners_found, rank_correlation

_STS_COLUMNS: Final = ("sentence1", "sentence2", "score")
_LANGUAGES: Final = ("fr", "en")
# Each resample is a rank correlation; 2,000 settle the second decimal of the ends.
_RESAMPLES: Final = 2_000


@dataclass(frozen=True, slots=True)
class EncoderReport:
    """What one encoder reached on one file."""

    data: Data
    encoder: str
    pairs: int
    measures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    """Measure -> ends of the 95 % bootstrap interval over the pairs."""
    seed: int
    command: str
    release: str

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape."""
        return asdict(self)

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Self:
        """Return the report that was written in the documented shape."""
        intervals = {name: (ends[0], ends[1]) for name, ends in shown["intervals"].items()}
        return cls(**{**shown, "data": Data(**shown["data"]), "intervals": intervals})


def measure_sts(path: Path, encoder: Encoder, seed: int, command: str) -> EncoderReport:
    """Return Spearman's correlation of cosines with the judgements of a CSV of sentence1, sentence2 and score.

    Raises:
        InvalidInputError: the file is no such CSV.
    """
    first, second, judged = _read_sts(path)
    cosines = np.sum(encoder.encode(first) * encoder.encode(second), axis=1)
    scores = np.array(judged)
    random = np.random.default_rng(seed)
    drawn = (random.integers(0, len(scores), len(scores)) for _ in range(_RESAMPLES))
    low, high = np.quantile([rank_correlation(cosines[rows], scores[rows]) for rows in drawn], [0.025, 0.975])
    return EncoderReport(
        data=Data(path.name, content_version([path]), "pairs of sentences with judged similarity"),
        encoder=encoder.id,
        pairs=len(scores),
        measures={"spearman": rank_correlation(cosines, scores)},
        intervals={"spearman": (float(low), float(high))},
        seed=seed,
        command=command,
        release=version(PRODUCT),
    )


def measure_bitext(path: Path, encoder: Encoder, seed: int, command: str) -> EncoderReport:
    """Return the share of sentences whose nearest in the other language is their translation, each way.

    Raises:
        InvalidInputError: the file is no JSON lines with `fr` and `en`.
    """
    french, english = (encoder.encode(texts) for texts in _read_bitext(path))
    found = {"fr_to_en": partners_found(french, english), "en_to_fr": partners_found(english, french)}
    low, high = bootstrap_interval(np.column_stack(list(found.values())), seed)
    return EncoderReport(
        data=Data(path.name, content_version([path]), "sentences and their translations"),
        encoder=encoder.id,
        pairs=len(french),
        measures={way: float(np.mean(hits)) for way, hits in found.items()},
        intervals={way: (float(low[column]), float(high[column])) for column, way in enumerate(found)},
        seed=seed,
        command=command,
        release=version(PRODUCT),
    )


def _read_sts(path: Path) -> tuple[list[str], list[str], list[float]]:
    with open_text(path) as lines:
        reader = csv.DictReader(lines)
        if not set(_STS_COLUMNS) <= set(reader.fieldnames or ()):
            message = f"{path.name} has no columns {', '.join(_STS_COLUMNS)}; name them in its first line."
            raise InvalidInputError(message)
        rows = list(reader)
    try:
        judged = [float(row["score"]) for row in rows]
    except (TypeError, ValueError) as error:
        message = f"{path.name} holds a score that is no number: {error}; correct it."
        raise InvalidInputError(message) from error
    if not rows:
        message = f"{path.name} holds no pairs of sentences; add some below its first line."
        raise InvalidInputError(message)
    return [row["sentence1"] for row in rows], [row["sentence2"] for row in rows], judged


def _read_bitext(path: Path) -> tuple[list[str], list[str]]:
    sides: tuple[list[str], list[str]] = ([], [])
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                texts = [str(row[language]) for language in _LANGUAGES]
            except (KeyError, TypeError, ValueError) as error:
                message = f'{path.name}, line {number}: no pair of texts; write {{"fr": "…", "en": "…"}}.'
                raise InvalidInputError(message) from error
            for side, text in zip(sides, texts, strict=True):
                side.append(text)
    if not sides[0]:
        message = f'{path.name} holds no pairs; its lines should be {{"fr": "…", "en": "…"}}.'
        raise InvalidInputError(message)
    return sides
