"""Slices: groups of queries that a mean over all would hide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from evaluation.experiment import Query

SHORT_WORDS: Final = 5
MEDIUM_WORDS: Final = 15
"""Up to so many words a question is short, medium; beyond, long. Titles of questions are mostly short or medium."""

Slices = Mapping[str, Mapping[str, list[str]]]
"""Name of the slice -> value -> query ids."""


def slice_queries(queries: Iterable[Query]) -> Slices:
    """Return the queries by language, by length and by each of their traits.

    A slice in which all queries have one value says nothing that the whole does not, and is left out.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    count = 0
    for query in queries:
        count += 1
        for name, value in (("language", query.language or "unknown"), ("length", length_of(query.text))):
            found[name][value].append(query.id)
        for name, value in query.traits.items():
            found[name][value].append(query.id)
    return {
        name: dict(sorted(values.items()))
        for name, values in found.items()
        if any(len(ids) < count for ids in values.values())
    }


def length_of(text: str) -> str:
    """Return whether a text is short, medium, long, or none at all."""
    words = len(text.split())
    if not words:
        return "none"
    if words <= SHORT_WORDS:
        return "short"
    return "medium" if words <= MEDIUM_WORDS else "long"
