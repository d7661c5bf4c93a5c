"""Sums and maxima by group: what columns of votes and helps say of each person or thread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def count(groups: npt.NDArray[np.integer], size: int, weights: Numbers | None = None) -> Numbers:
    """Return how many rows each group has, or the sum of their weights."""
    counts: Numbers = np.bincount(groups, weights, size).astype(np.float64, copy=False)
    return counts


def largest_of(values: Numbers, groups: Places, size: int) -> Numbers:
    """Return the largest value of each group, at least 0; of each column where the values have several."""
    largest = np.zeros((size, *values.shape[1:]))
    np.maximum.at(largest, groups, values)
    return largest


def top_mean(values: Numbers, groups: Places, size: int, most: int = 3) -> Numbers:
    """Return the mean of the largest values of each group, missing ones counting zero."""
    ordered, rank, values = _largest_first(values, groups)
    taken = rank < most
    return count(ordered[taken], size, values[taken]) / most


def fading_sum(values: Numbers, groups: Places, size: int) -> Numbers:
    """Return the sum of each group's values, largest first, each next one counting a tenth less."""
    ordered, rank, values = _largest_first(values, groups)
    return count(ordered, size, values * 0.9**rank)


def beside_best(values: Numbers) -> Numbers:
    """Return the values over the largest of them; zeros where none is above 0."""
    best = values.max(initial=0.0)
    relative: Numbers = values / best if best > 0 else np.zeros(len(values))
    return relative


def ranks_within(ordered: npt.NDArray[np.integer]) -> Places:
    """Return the place of each row within its group, from 0; rows of one group stand together."""
    ranks: Places = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return ranks


def _largest_first(values: Numbers, groups: Places) -> tuple[Places, Places, Numbers]:
    """Return the groups in order, the rank of each row within its group, and the values in that order."""
    order = np.lexsort((-values, groups))
    return groups[order], ranks_within(groups[order]), values[order]
