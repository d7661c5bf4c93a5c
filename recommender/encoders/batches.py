"""Batches for refining: texts as runs of tokens in one array, drawn at random or from among similar ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_TEXTS_AT_ONCE: Final = 20_000
# Similar texts that come together, and the share of a batch that is drawn from everywhere.
_RUN: Final = 128
_RANDOM_SHARE: Final = 0.25
# Enough to place the centres; every text is then assigned to one.
_SAMPLE: Final = 40_000
_ROUNDS: Final = 8


class TokenTable:
    """The tokens of many texts, without the unknown one."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str]) -> None:
        runs = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            some = list(texts[start : start + _TEXTS_AT_ONCE])
            for encoding in tokenizer.encode_batch_fast(some, add_special_tokens=False):
                ids = np.array(encoding.ids, np.int32)
                # A text of no known piece is left the unknown one, which learns nothing.
                runs.append(ids[ids > 0] if ids.any() else np.zeros(1, np.int32))
        self._lengths = np.array([len(run) for run in runs], np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._tokens = np.concatenate(runs)

    def batch(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the tokens of some texts, one text after the other, and where each text starts."""
        lengths = self._lengths[rows]
        starts = np.cumsum(lengths) - lengths
        places = np.repeat(self._starts[rows] - starts, lengths) + np.arange(int(lengths.sum()))
        return self._tokens[places].astype(np.int64), starts


class Mixed:
    """Rows in random order, all of them before any comes again."""

    def __init__(self, count: int, draw: np.random.Generator) -> None:
        self._count = count
        self._draw = draw
        self._left = np.zeros(0, np.int64)

    def take(self, size: int) -> npt.NDArray[np.int64]:
        """Return the next rows, at most as many as there are."""
        if len(self._left) < size:
            self._left = self._draw.permutation(self._count)
        taken, self._left = self._left[:size], self._left[size:]
        return taken


class Neighbours:
    """Rows that come in runs of one group each, the runs in random order, and some rows from everywhere."""

    def __init__(self, groups: npt.NDArray[np.int64], draw: np.random.Generator) -> None:
        self._groups = groups
        self._draw = draw
        self._runs: list[npt.NDArray[np.int64]] = []

    def take(self, size: int) -> npt.NDArray[np.int64]:
        """Return the next rows; one may come twice."""
        taken = [self._draw.integers(0, len(self._groups), int(size * _RANDOM_SHARE))]
        while sum(map(len, taken)) < size:
            if not self._runs:
                self._runs = self._cut()
            taken.append(self._runs.pop())
        return np.concatenate(taken)[:size]

    def _cut(self) -> list[npt.NDArray[np.int64]]:
        mixed = self._draw.permutation(len(self._groups))
        sorted_rows = mixed[np.argsort(self._groups[mixed], kind="stable")]
        borders = np.flatnonzero(np.diff(self._groups[sorted_rows])) + 1
        runs = [
            group[start : start + _RUN]
            for group in np.split(sorted_rows, borders)
            for start in range(0, len(group), _RUN)
        ]
        return [runs[number] for number in self._draw.permutation(len(runs))]


def group_neighbours(embeddings: Embeddings, groups: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the number of each row's group: the nearest centre by cosine, of k-means on some of the rows."""
    draw = np.random.default_rng(seed)
    some = embeddings[draw.permutation(len(embeddings))[:_SAMPLE]]
    centres = some[:groups].copy()
    for _ in range(_ROUNDS):
        nearest = np.argmax(some @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, some)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, np.finfo(np.float32).tiny), centres)
    parts = range(0, len(embeddings), _TEXTS_AT_ONCE)
    return np.concatenate(
        [np.argmax(embeddings[start : start + _TEXTS_AT_ONCE] @ centres.T, axis=1) for start in parts]
    )
