"""The texts an encoder learns from: parallel texts and question-document pairs, by licence, with some held out."""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.errors import InvalidInputError

PARALLEL_FILE: Final = "parallel.jsonl.xz"
QUESTIONS_FILE: Final = "qa.jsonl.xz"
CROSSLINGUAL_FILE: Final = "qa_crosslingual.jsonl.xz"

# One pair in this many is held out of training, chosen by its text, so that it stays out in every run.
_HELD_OUT_ONE_IN: Final = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that mean the same, or a question and the document that answers it."""

    first: str
    second: str
    source: str
    languages: tuple[str, str]


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """What training reads, and what it is checked on."""

    parallel: Sequence[Pair]
    """English first, French second."""
    questions: Sequence[Pair]
    held_out_parallel: Sequence[Pair]
    held_out_questions: Sequence[Pair]


def read_pairs(
    folder: Path, excluded_sources: Sequence[str], max_per_source: int, max_chars: int, seed: int
) -> TrainingPairs:
    """Read the files of pairs, in an order that depends on the seed alone.

    Args:
        folder: holds the three files, or some of them.
        excluded_sources: starts of the names of the sources to leave out.
        max_per_source: pairs of one source and file beyond these are left out, chosen by the seed.
        max_chars: longer texts are cut.

    Raises:
        InvalidInputError: the folder holds none of the files, or a line is not a pair.
    """
    left_out = tuple(excluded_sources)
    parallel = _choose(_read(folder / PARALLEL_FILE, left_out, max_chars), max_per_source, seed)
    questions = [
        pair
        for name in (QUESTIONS_FILE, CROSSLINGUAL_FILE)
        for pair in _choose(_read(folder / name, left_out, max_chars), max_per_source, seed)
    ]
    if not parallel:
        message = f"No pairs in {folder}; it has to hold {PARALLEL_FILE}."
        raise InvalidInputError(message)
    random.Random(seed).shuffle(questions)  # noqa: S311 (nothing secret)
    return TrainingPairs(
        parallel=[pair for pair in parallel if not is_held_out(pair.first)],
        questions=[pair for pair in questions if not is_held_out(pair.first)],
        held_out_parallel=[pair for pair in parallel if is_held_out(pair.first)],
        held_out_questions=[pair for pair in questions if is_held_out(pair.first)],
    )


def is_held_out(text: str) -> bool:
    """Return whether pairs that begin with this text are kept to check the training."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % _HELD_OUT_ONE_IN == 0


def _choose(pairs: Iterable[Pair], max_per_source: int, seed: int) -> list[Pair]:
    """Return at most so many different pairs of each source, mixed."""
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in dict.fromkeys(pairs):
        by_source[pair.source].append(pair)
    chosen: list[Pair] = []
    order = random.Random(seed)  # noqa: S311 (nothing secret)
    for _, found in sorted(by_source.items()):
        order.shuffle(found)
        chosen += found[:max_per_source]
    order.shuffle(chosen)
    return chosen


def _read(path: Path, left_out: tuple[str, ...], max_chars: int) -> Iterator[Pair]:
    if not path.exists():
        return
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                pair = _to_pair(json.loads(line), max_chars)
            except (ValueError, KeyError, AttributeError) as error:
                message = (
                    f"Line {number} of {path} is not a pair ({error!r}); expected en, fr or query, doc, and source."
                )
                raise InvalidInputError(message) from error
            if pair.first and pair.second and not pair.source.startswith(left_out):
                yield pair


def _to_pair(row: dict[str, Any], max_chars: int) -> Pair:
    if "en" in row:
        first, second, languages = row["en"], row["fr"], ("en", "fr")
    else:
        first, second = row["query"], row["doc"]
        languages = (row.get("query_lang") or row["lang"], row.get("doc_lang") or row["lang"])
    return Pair(first[:max_chars].strip(), second[:max_chars].strip(), row["source"], languages)
