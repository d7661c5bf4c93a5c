"""Measures of a ranking against judgements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranking: Sequence[str], judged: Mapping[str, int], depth: int = 10) -> float:
    """Return nDCG at this depth: the gain of each document is its judgement, discounted by log2 of its rank plus one.

    Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 20:4 (2002); the linear
    gain that trec_eval computes as ndcg_cut.
    """
    gains = [judged.get(document_id, 0) for document_id in ranking[:depth]]
    best = sorted(judged.values(), reverse=True)[:depth]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
