"""Traits of past questions, by which an experiment is looked at in slices."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

import numpy as np

from evaluation.past import Past
from recommender.analysis import query_words
from recommender.indexes.bm25 import find_words

COMMON_FROM: Final = 10
"""Earlier threads alike from which on the area of a question is common."""

ESTABLISHED_FROM: Final = 5
"""Earlier helps from which on a person is established."""


def describe_question(past: Past, title: str, grades: Mapping[int, int]) -> dict[str, str]:
    """Return the slices a question falls in.

    area: rare when fewer than COMMON_FROM earlier threads have a passage that holds at least half of the words of the
    question's title (of its text where it has none); common otherwise. An answer holds the words of its title too.
    candidates: newcomer when the best of those who are right had helped fewer than ESTABLISHED_FROM times before;
    established otherwise. The best is who has the highest grade and, of several, who helped most.
    """
    best = max(grades, key=lambda person: (grades[person], past.helps[person]))
    return {
        "area": "rare" if count_threads_alike(past, title) < COMMON_FROM else "common",
        "candidates": "newcomer" if past.helps[best] < ESTABLISHED_FROM else "established",
    }


def count_threads_alike(past: Past, title: str) -> int:
    """Return how many earlier threads have a passage with at least half of the words of a title."""
    snapshot, columns = past.ground.snapshot, past.ground.view.columns
    words = query_words(title)
    if snapshot is None or not words.alternatives:
        return 0
    visible = snapshot.visible(past.ground.spaces, past.query.at)
    parts = [rows for rows, _ in find_words(snapshot.columns.postings, words, visible.mask)]
    if not parts:
        return 0
    rows, held = np.unique(np.concatenate(parts), return_counts=True)
    alike = rows[held >= ceil(len(words.alternatives) / 2)]
    codes = past.ground.document_codes[snapshot.columns.documents[alike]]
    traces, _ = past.ground.view.by_document.of_codes(np.unique(codes[codes >= 0]))
    return len(np.unique(columns.threads[traces]))
