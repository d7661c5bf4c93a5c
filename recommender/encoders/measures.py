"""Measures of an encoder: rank correlation with judged similarity, and finding each text's partner."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recommender.indexes.index import Embeddings

# Cosines of so many texts with all partners are in memory together.
_ROWS_AT_ONCE = 1_000

Encode = Callable[[Sequence[str]], Embeddings]
"""Rows of unit length or zero, so that a dot product is a cosine."""


def rank_correlation(found: npt.ArrayLike, judged: npt.ArrayLike) -> float:
    """Return Spearman's correlation, ties by mean rank; 0 when either side is constant."""
    ranks = [_mean_ranks(np.asarray(values, np.float64)) for values in (found, judged)]
    first, second = (values - values.mean() for values in ranks)
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length else 0.0


def similarity_correlation(encode: Encode, path: Path) -> float:
    """Return Spearman's correlation of cosines with judgements in a CSV of sentence1, sentence2 and score."""
    return crossed_correlation(encode, path, path)


def crossed_correlation(encode: Encode, first_path: Path, second_path: Path) -> float:
    """Return Spearman's correlation of cosines across two CSV files that hold the same pairs, say in two languages.

    Args:
        first_path: its first sentences are compared.
        second_path: with its second ones, and by its judgements.
    """
    firsts, seconds = _read_judged(first_path), _read_judged(second_path)
    first, second = encode([row["sentence1"] for row in firsts]), encode([row["sentence2"] for row in seconds])
    return rank_correlation(np.sum(first * second, axis=1), [float(row["score"]) for row in seconds])


def partner_accuracy(encode: Encode, texts: Sequence[str], partners: Sequence[str]) -> float:
    """Return the share of texts whose nearest among the partners is their own, at the same place."""
    return float(np.mean(partners_found(encode(texts), encode(partners))))


def partners_found(embeddings: Embeddings, partners: Embeddings) -> npt.NDArray[np.bool_]:
    """Return for each embedding whether the nearest among the partners is its own, at the same place."""
    starts = range(0, len(embeddings), _ROWS_AT_ONCE)
    nearest = [np.argmax(embeddings[start : start + _ROWS_AT_ONCE] @ partners.T, axis=1) for start in starts]
    found: npt.NDArray[np.bool_] = np.concatenate(nearest) == np.arange(len(embeddings))
    return found


def partner_reciprocal_rank(encode: Encode, texts: Sequence[str], partners: Sequence[str]) -> float:
    """Return the mean reciprocal rank of each text's own partner among all partners; ties count against it."""
    return float(np.mean(partner_reciprocal_ranks(encode, texts, partners)))


def partner_reciprocal_ranks(encode: Encode, texts: Sequence[str], partners: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the reciprocal rank of each text's own partner among all partners; ties count against it."""
    cosines = encode(texts) @ encode(partners).T
    ranks: npt.NDArray[np.float64] = 1 / np.sum(cosines >= np.diagonal(cosines)[:, None], axis=1)
    return ranks


def _read_judged(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _mean_ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the rank of each value from 0, equal values sharing the mean of theirs."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: npt.NDArray[np.float64] = ((ends - counts + ends - 1) / 2)[codes]
    return ranks
