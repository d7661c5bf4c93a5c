"""Learning from an organisation's own pairs: how much each piece weighs there, then what it means; NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from recommender.encoders.weighting import shorten_frequent
from recommender.indexes.index import Embeddings

Pieces = Sequence[npt.NDArray[np.int64]]
"""The numbers of the pieces of each text."""

# A piece this frequent weighs half.
_HALF_WEIGHT: Final = 2e-3
# What a word of grammar is taken to have at least, so that one language's do not outweigh the texts of the other.
_GRAMMAR_SHARE: Final = 2e-3
# A start for the sums of squared gradients, so that the first step is finite.
_TINY: Final = 1e-8


@dataclass(frozen=True, slots=True)
class OwnLearning:
    """How long and how strongly to learn; the values were chosen in docs/decisions/0009-adaptation.md."""

    epochs: int = 3
    batch_size: int = 256
    learning_rate: float = 0.01
    scale: float = 20.0
    """What cosines are multiplied by before the softmax: the inverse of its temperature."""
    seed: int = 13


def weigh_by_frequency(embeddings: Embeddings, texts: Pieces, grammar: npt.NDArray[np.int64]) -> Embeddings:
    """Return the embeddings of pieces, each shortened by how often it occurs in these texts.

    Args:
        grammar: pieces that say nothing in themselves, in every language, however rare in these texts.
    """
    counts = np.bincount(np.concatenate(texts), minlength=len(embeddings))
    shares = counts / max(1, counts.sum())
    shares[grammar] = np.maximum(shares[grammar], _GRAMMAR_SHARE)
    return shorten_frequent(embeddings, shares, _HALF_WEIGHT)


def learn_pairs(
    embeddings: Embeddings, first: Pieces, second: Pieces, subjects: Sequence[str], learning: OwnLearning
) -> Embeddings:
    """Return the embeddings of pieces after learning which second text belongs to which first, and back.

    The others of a batch are the wrong answers, except those of the same subject. Adagrad with one step size for each
    piece: those of few pairs move little in all, those of none stay, and so do rows of zeros.

    Source: van den Oord et al. 2018 (InfoNCE); Duchi et al. 2011 (Adagrad).
    """
    found: Embeddings = embeddings.copy()
    silent = np.abs(embeddings).max(axis=1) == 0
    squares = np.full(len(found), _TINY, np.float32)
    numbers = np.unique(np.asarray(subjects), return_inverse=True)[1]
    draw = np.random.default_rng(learning.seed)
    for _ in range(learning.epochs):
        # A last batch of a few pairs has too few wrong answers to learn from.
        parts = max(1, round(len(first) / learning.batch_size))
        for batch in np.array_split(draw.permutation(len(first)), parts):
            texts = [first[row] for row in batch] + [second[row] for row in batch]
            pieces, counts = count_pieces(texts)
            gradient = _gradient(found[pieces], counts, numbers[batch], learning.scale)
            gradient[silent[pieces]] = 0
            squares[pieces] += np.mean(gradient**2, axis=1)
            found[pieces] -= learning.learning_rate * gradient / np.sqrt(squares[pieces])[:, None]
    return found


def count_pieces(texts: Pieces) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return the different pieces of some texts, and how often each text has each, shape (texts, pieces)."""
    pieces, places = np.unique(np.concatenate(texts), return_inverse=True)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    counts = np.bincount(rows * len(pieces) + places, minlength=len(texts) * len(pieces))
    return pieces, counts.reshape(len(texts), len(pieces)).astype(np.float32)


def _gradient(
    embeddings: Embeddings, counts: npt.NDArray[np.float32], subjects: npt.NDArray[np.int64], scale: float
) -> Embeddings:
    """Return how the loss of a batch changes with the embeddings of its pieces.

    Args:
        counts: of pieces, shape (2 n, pieces): n first texts, then their n partners.
    """
    half = len(subjects)
    sums = counts @ embeddings
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _TINY)
    units = sums / lengths
    logits = scale * (units[:half] @ units[half:].T)
    same = subjects[:, None] == subjects[None, :]
    np.fill_diagonal(same, val=False)
    logits[same] = -np.inf
    errors = (_softmax(logits) + _softmax(logits.T).T) / 2
    errors[np.arange(half), np.arange(half)] -= 1
    errors *= scale / half
    of_units = np.vstack([errors @ units[half:], errors.T @ units[:half]])
    of_sums = (of_units - units * np.sum(units * of_units, axis=1, keepdims=True)) / lengths
    gradient: Embeddings = counts.T @ of_sums
    return gradient


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the shares of each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares
