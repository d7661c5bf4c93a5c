"""Exposure: whom a system puts forward, and how much of it falls on few people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.experiment import Run
from evaluation.trec_files import in_order

DEPTH: Final = 10
"""A candidate among so many first of a query is recommended."""

MOST_RECOMMENDED: Final = 10


@dataclass(frozen=True, slots=True)
class Exposure:
    """How concentrated the recommendations of one system are."""

    gini: float
    """0: every candidate as often; towards 1: one candidate always."""
    top_ten_share: float
    """Share of all recommendations that went to the ten most recommended."""
    people: int
    """How many were recommended at all."""
    candidates: int
    """Among how many."""


def measure_exposure(run: Run, queries: Iterable[str], candidates: int) -> Exposure:
    """Return the exposure over the first DEPTH of each query.

    Args:
        candidates: How many people could be recommended; those never recommended count in the Gini coefficient.
    """
    counts = Counter(person for query_id in queries for person in in_order(run.get(query_id, {}))[:DEPTH])
    total = max(candidates, len(counts))
    return Exposure(
        gini=gini([*counts.values(), *[0] * (total - len(counts))]),
        top_ten_share=top_share(list(counts.values()), MOST_RECOMMENDED),
        people=len(counts),
        candidates=total,
    )


def gini(counts: Sequence[int]) -> float:
    """Return the Gini coefficient: half the mean difference between two people, over the mean.

    Source: Gini (1912), by the ordered sum: (2 Σ i·xᵢ) / (n Σ xᵢ) − (n + 1) / n for x in increasing order.
    """
    ordered = np.sort(np.asarray(counts, np.float64))
    total = float(ordered.sum())
    if not total:
        return 0.0
    people = len(ordered)
    return float(2 * (np.arange(1, people + 1) @ ordered) / (people * total) - (people + 1) / people)


def top_share(counts: Sequence[int], people: int) -> float:
    """Return the share of all recommendations that went to the most recommended people; 0 when there were none."""
    total = sum(counts)
    return sum(sorted(counts, reverse=True)[:people]) / total if total else 0.0
