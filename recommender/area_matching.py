"""Matching: which of the areas found now is which of those there were, so that each keeps its identity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

# A cluster is an area when this share of those of its texts that were in one were in it.
_LEAST_OVERLAP: Final = 0.25
# A cluster with most of these texts from an area that people merged or pinned stays part of it.
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Matching:
    """The area of each cluster, and what became of the areas that no cluster is."""

    areas: Sequence[str | None]
    """For each cluster, the id of the area it was; None for a new one. Several may be one area."""
    gone: Mapping[str, int | None]
    """Areas that no cluster is, each with the cluster that holds most of its texts."""


def match_areas(
    clusters: npt.NDArray[np.int64], count: int, before: Sequence[str | None], kept_whole: Collection[str]
) -> Matching:
    """Return which cluster is which area, as many texts as possible keeping theirs.

    Args:
        clusters: the cluster of each text.
        count: how many clusters there are.
        before: the area that each text was in, None for a new text.
        kept_whole: areas that no finding takes apart.
    """
    areas = sorted({area for area in before if area is not None})
    places = {area: place for place, area in enumerate(areas)}
    overlap = np.zeros((count, len(areas)))
    for cluster, area in zip(clusters.tolist(), before, strict=True):
        if area is not None:
            overlap[cluster, places[area]] += 1
    sizes = np.maximum(overlap.sum(axis=1), 1)
    found: list[str | None] = [None] * count
    rows, columns = linear_sum_assignment(-overlap)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        shared = overlap[row, column]
        if 0 < shared >= _LEAST_OVERLAP * overlap[row].sum():
            found[row] = areas[column]
    for cluster in range(count):
        for area in sorted(set(kept_whole) & places.keys()):
            if overlap[cluster, places[area]] >= _MOST * sizes[cluster]:
                found[cluster] = area
    matched = set(found)
    gone = {area: int(np.argmax(overlap[:, places[area]])) if count else None for area in areas if area not in matched}
    return Matching(found, gone)
