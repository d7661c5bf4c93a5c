"""Whether a difference between two systems could be chance: paired randomisation, Holm's correction, the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PERMUTATIONS: Final = 10_000
RESAMPLES: Final = 10_000
EXACT_UP_TO: Final = 12
"""Queries up to which every assignment of signs is tried: 4,096 of them."""

_ROWS_AT_ONCE: Final = 500
# Two sums of the same numbers in another order differ by less than this share of their size.
_ROUNDING: Final = 1e-9


def randomisation_p(
    differences: npt.ArrayLike, seed: int, permutations: int = PERMUTATIONS, groups: Sequence[str] | None = None
) -> Floats:
    """Return how likely a mean difference at least this large, either way, is if the two systems were exchangeable.

    Under that hypothesis the sign of each query's difference is a toss. With EXACT_UP_TO queries or fewer every
    assignment of signs is counted; otherwise as many random ones, and the observed one is counted among them, so that
    p is never 0.

    Args:
        differences: One query a row, one comparison a column; the signs are the same for every column.
        groups: Of each query; those of one group are not independent and get one sign together. None: each its own.

    Returns:
        One p a column.

    Source: Smucker, Allan and Carterette, "A comparison of statistical significance tests for information retrieval
    evaluation", CIKM 2007; the added one: Phipson and Smyth, SAGMB 9:1 (2010).
    """
    columns, _ = _grouped(_columns(differences), groups)
    queries = len(columns)
    observed = np.abs(columns.sum(axis=0))
    least = observed - _ROUNDING * np.abs(columns).sum(axis=0)
    exact = queries <= EXACT_UP_TO
    extreme = np.zeros(columns.shape[1])
    for signs in _every_sign(queries) if exact else _random_signs(queries, permutations, seed):
        extreme += np.count_nonzero(np.abs(signs @ columns) >= least, axis=0)
    return extreme / 2**queries if exact else (extreme + 1) / (permutations + 1)


def bootstrap_interval(
    values: npt.ArrayLike,
    seed: int,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    groups: Sequence[str] | None = None,
) -> tuple[Floats, Floats]:
    """Return the percentile interval of the mean over queries, drawn again with replacement.

    Args:
        values: One query a row, one thing to average a column; the same queries are drawn for every column.
        groups: Of each query; those of one group are not independent and are drawn together. None: each its own.

    Returns:
        The lower and the upper ends, one a column.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3; by groups: Davison and
    Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
    """
    return _percentiles(_resampled_means(_columns(values), seed, resamples, groups), confidence)


def average_interval(
    sets: Sequence[tuple[npt.ArrayLike, Sequence[str] | None]],
    seed: int,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> tuple[Floats, Floats]:
    """Return the interval of the average of the means of several sets, each drawn within itself.

    It says how sure the average is over these sets; how it goes in another set is for an interval that draws sets.

    Args:
        sets: the values of each, and the groups of its queries, as `bootstrap_interval` takes them.

    Source: Davison and Hinkley, Bootstrap Methods and their Application (1997), section 3.2.
    """
    means = [
        _resampled_means(_columns(values), seed + place, resamples, groups)
        for place, (values, groups) in enumerate(sets)
    ]
    return _percentiles(np.mean(means, axis=0), confidence)


def _resampled_means(columns: Floats, seed: int, resamples: int, groups: Sequence[str] | None) -> Floats:
    """Return the mean of each column in each resample."""
    sums, sizes = _grouped(columns, groups)
    # A mean over the queries drawn: groups may be of different sizes.
    drawn = _resampled_weights(len(sums), resamples, seed)
    return np.concatenate([weights @ sums / (weights @ sizes)[:, None] for weights in drawn])


def _percentiles(means: Floats, confidence: float) -> tuple[Floats, Floats]:
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return low, high


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for being several: below a level, all of them together err with at most that level.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979).
    """
    count = len(p_values)
    corrected = [0.0] * count
    highest = 0.0
    for rank, place in enumerate(sorted(range(count), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (count - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def _columns(values: npt.ArrayLike) -> Floats:
    """Return the values with one query a row, a single row of values as one column."""
    found = np.asarray(values, np.float64)
    return found[:, None] if found.ndim == 1 else found


def _grouped(columns: Floats, groups: Sequence[str] | None) -> tuple[Floats, Floats]:
    """Return the sums of the values of each group, and how many queries it has."""
    if groups is None:
        return columns, np.ones(len(columns))
    names, places = np.unique(np.array(groups, np.str_), return_inverse=True)
    sums = np.zeros((len(names), columns.shape[1]))
    np.add.at(sums, places, columns)
    return sums, np.bincount(places, minlength=len(names)).astype(np.float64)


def _every_sign(queries: int) -> Iterator[Floats]:
    bits = np.arange(2**queries)[:, None] >> np.arange(queries)
    yield (1 - 2 * (bits & 1)).astype(np.float64)


def _random_signs(queries: int, permutations: int, seed: int) -> Iterator[Floats]:
    random = np.random.default_rng(seed)
    for start in range(0, permutations, _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, permutations - start)
        yield (1 - 2 * random.integers(0, 2, (rows, queries), dtype=np.int8)).astype(np.float64)


def _resampled_weights(queries: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how much each query weighs in each resample; a row sums to 1."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, resamples - start)
        drawn = random.integers(0, queries, (rows, queries)) + queries * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * queries).reshape(rows, queries) / queries
