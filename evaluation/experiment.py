"""What an experiment is: questions with judgements, the systems that answered them, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> candidate id -> grade."""

Run = Mapping[str, Mapping[str, float]]
"""Query id -> candidate id -> score, higher is better. Equal scores: see `evaluation.trec_files.in_order`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to ask of every system."""

    id: str
    text: str
    language: str | None = None
    asker: str | None = None
    at: datetime | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    """Slice name -> value, such as {"area": "rare", "candidates": "newcomer"}."""
    group: str | None = None
    """Queries of one group are not independent: tests and intervals draw whole groups. None: independent of others."""


class System(Protocol):
    """Something that ranks candidates for a query."""

    name: str

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return candidates with their scores, best first; every candidate when `top` is None."""
        ...


@dataclass
class Data:
    """What an experiment was run on."""

    name: str
    version: str
    """Hash of the content of the files."""
    description: str


@dataclass
class SystemResult:
    """What one system answered, and how long each answer took."""

    name: str
    run: Run
    latency_ms: Mapping[str, float]
    """By query id; empty for a run that was read from a file."""


@dataclass
class Experiment:
    """Everything that judging needs, and everything that repeating needs."""

    data: Data
    queries: Sequence[Query]
    qrels: Qrels
    results: Sequence[SystemResult]
    seed: int
    command: str


def run_systems(
    data: Data,
    queries: Sequence[Query],
    qrels: Qrels,
    systems: Sequence[System],
    top: int | None,
    seed: int,
    command: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> Experiment:
    """Ask every system every question, one system after the other, and time each answer.

    Args:
        top: How deep a run goes; None for every candidate.
        on_progress: Told how many of all answers are there.
    """
    total = len(queries) * len(systems)
    results = []
    for number, system in enumerate(systems):
        run: dict[str, Mapping[str, float]] = {}
        latency_ms: dict[str, float] = {}
        for asked, query in enumerate(queries, start=1):
            started = time.perf_counter()
            ranking = system.rank(query, top)
            latency_ms[query.id] = 1000 * (time.perf_counter() - started)
            run[query.id] = dict(ranking)
            if on_progress:
                on_progress(number * len(queries) + asked, total)
        results.append(SystemResult(system.name, run, latency_ms))
    return Experiment(data, queries, qrels, results, seed, command)
