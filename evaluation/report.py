"""The report on an experiment: what each system reached, how sure the differences are, whom it recommends, how fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from typing import Any, Final, Self

import numpy as np
from ir_measures import Measure

from evaluation.experiment import Data, Experiment, Qrels, SystemResult
from evaluation.exposure import Exposure, measure_exposure
from evaluation.measures import is_mean, measure_queries, summarise
from evaluation.significance import Floats, bootstrap_interval, holm, randomisation_p
from evaluation.slices import slice_queries
from models.errors import InvalidInputError

PRODUCT: Final = "releve"

PerQuery = Mapping[str, Mapping[str, Mapping[str, float]]]
"""System -> measure -> query id -> value."""

Figures = Mapping[str, Mapping[str, float]]
"""System -> measure -> value."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system against another by one measure, over the same queries."""

    system: str
    other: str
    measure: str
    difference: float
    """Of the means, system minus other."""
    low: float
    high: float
    """Ends of the 95 % bootstrap interval of the difference."""
    p: float
    """Of the paired randomisation test."""
    p_holm: float
    """Corrected for all comparisons by this measure."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures over some of the queries."""

    queries: int
    systems: Figures


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the answers of one system took, one by one, warm."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Report:
    """An experiment, judged. Every mapping from systems keeps their order."""

    data: Data
    queries: int
    """How many were judged."""
    measures: tuple[str, ...]
    compared: str
    systems: Figures
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]
    """System -> measure -> ends of the 95 % bootstrap interval."""
    comparisons: tuple[Comparison, ...]
    slices: Mapping[str, Mapping[str, Slice]]
    exposure: Mapping[str, Exposure]
    latency_ms: Mapping[str, Latency]
    seed: int
    command: str
    release: str
    """Version of Relève."""
    notes: tuple[str, ...] = ()
    per_query: PerQuery = field(default_factory=dict, repr=False)
    """Kept beside the report, not in its JSON."""

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape, without what each query had."""
        return {name: value for name, value in asdict(replace(self, per_query={})).items() if name != "per_query"}

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Self:
        """Return the report that was written in the documented shape; what each query had is not in it."""
        read = dict(shown)
        read["data"] = Data(**shown["data"])
        read["measures"] = tuple(shown["measures"])
        read["notes"] = tuple(shown["notes"])
        read["comparisons"] = tuple(Comparison(**comparison) for comparison in shown["comparisons"])
        read["intervals"] = {
            system: {measure: (ends[0], ends[1]) for measure, ends in measured.items()}
            for system, measured in shown["intervals"].items()
        }
        read["slices"] = {
            name: {value: Slice(**part) for value, part in values.items()} for name, values in shown["slices"].items()
        }
        read["exposure"] = {system: Exposure(**found) for system, found in shown["exposure"].items()}
        read["latency_ms"] = {system: Latency(**found) for system, found in shown["latency_ms"].items()}
        return cls(**read)


def judge(
    experiment: Experiment, measures: Sequence[Measure], compared: str = PRODUCT, candidates: int | None = None
) -> Report:
    """Judge every system of an experiment, and compare one with each other.

    Queries without judgements are left out; a query that a system does not answer counts as found nothing.

    Args:
        compared: Name of the system that all others are compared with; the first, where there is none of that name.
        candidates: How many people could be recommended, where known; those of any run otherwise.

    Raises:
        InvalidInputError: no query has judgements, or two systems have one name.
    """
    names = [result.name for result in experiment.results]
    if len(set(names)) < len(names):
        message = f"Two systems are named alike: {', '.join(sorted(names))}; give each a name of its own."
        raise InvalidInputError(message)
    qrels = judged_qrels(experiment)
    per_query = {result.name: measure_queries(measures, qrels, result.run) for result in experiment.results}
    against = compared if compared in per_query else next(iter(per_query), compared)
    people = candidates or _count_candidates(experiment.results)
    groups = _groups(experiment, qrels)
    return Report(
        data=experiment.data,
        queries=len(qrels),
        measures=tuple(str(measure) for measure in measures),
        compared=against,
        systems=_figures(measures, per_query, qrels),
        intervals=mean_intervals(measures, per_query, experiment.seed, groups),
        comparisons=compare_systems(measures, per_query, against, experiment.seed, groups),
        slices=_slices(experiment, measures, per_query),
        exposure={result.name: measure_exposure(result.run, qrels, people) for result in experiment.results},
        latency_ms={result.name: _latency(result) for result in experiment.results if result.latency_ms},
        seed=experiment.seed,
        command=experiment.command,
        release=version(PRODUCT),
        notes=_notes(experiment, qrels),
        per_query=per_query,
    )


def judged_qrels(experiment: Experiment) -> Qrels:
    """Return the judgements of the queries that were asked, in their order.

    Raises:
        InvalidInputError: there are none.
    """
    asked = [query.id for query in experiment.queries]
    qrels = {query_id: experiment.qrels[query_id] for query_id in asked if experiment.qrels.get(query_id)}
    if not qrels:
        message = f"No query of {experiment.data.name} has judgements; check that qrels and queries share their ids."
        raise InvalidInputError(message)
    return qrels


def _notes(experiment: Experiment, qrels: Qrels) -> tuple[str, ...]:
    """Return what a reader must know before reading the figures."""
    counts = {
        "Queries left out because they have no judgements": len(experiment.queries) - len(qrels),
        "Queries of the judgements left out because they were not asked": len(
            set(experiment.qrels) - {query.id for query in experiment.queries}
        ),
        "Queries that count 0 because their judgements name nobody relevant": sum(
            max(grades.values()) <= 0 for grades in qrels.values()
        ),
    }
    for result in experiment.results:
        silent = sum(not result.run.get(query_id) for query_id in qrels)
        counts[f"Queries that count 0 because {result.name} names nobody"] = silent
    return tuple(f"{what}: {count}." for what, count in counts.items() if count)


def _figures(measures: Sequence[Measure], per_query: PerQuery, query_ids: Iterable[str]) -> Figures:
    ids = list(query_ids)
    return {
        system: {
            str(measure): summarise(measure, (measured[str(measure)][query_id] for query_id in ids))
            for measure in measures
        }
        for system, measured in per_query.items()
    }


def _matrix(per_query: PerQuery, columns: Iterable[tuple[str, str]]) -> Floats:
    """Return the values of systems by measures, one query a row, one pair of system and measure a column."""
    return np.array([list(per_query[system][measure].values()) for system, measure in columns], np.float64).T


def _groups(experiment: Experiment, qrels: Qrels) -> list[str] | None:
    """Return the group of each judged query; None where every query is independent."""
    groups = {query.id: query.group for query in experiment.queries if query.id in qrels}
    if not any(groups.values()):
        return None
    return [group or query_id for query_id, group in groups.items()]


def mean_intervals(
    measures: Sequence[Measure], per_query: PerQuery, seed: int, groups: Sequence[str] | None = None
) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the interval of each mean, all from the same resamples."""
    found: dict[str, dict[str, tuple[float, float]]] = {system: {} for system in per_query}
    columns = [(system, str(measure)) for system in per_query for measure in filter(is_mean, measures)]
    if columns:
        low, high = bootstrap_interval(_matrix(per_query, columns), seed, groups=groups)
        for column, (system, measure) in enumerate(columns):
            found[system][measure] = (float(low[column]), float(high[column]))
    return found


def compare_systems(
    measures: Sequence[Measure], per_query: PerQuery, compared: str, seed: int, groups: Sequence[str] | None = None
) -> tuple[Comparison, ...]:
    """Return one system against each other one, measure by measure, all from the same signs and resamples."""
    others = [system for system in per_query if system != compared]
    columns = [(other, str(measure)) for measure in filter(is_mean, measures) for other in others]
    if not columns:
        return ()
    own = _matrix(per_query, [(compared, measure) for _, measure in columns])
    differences = own - _matrix(per_query, columns)
    p_values = randomisation_p(differences, seed, groups=groups).tolist()
    low, high = bootstrap_interval(differences, seed, groups=groups)
    corrected = [
        p for start in range(0, len(columns), len(others)) for p in holm(p_values[start : start + len(others)])
    ]
    return tuple(
        Comparison(
            system=compared,
            other=other,
            measure=measure,
            difference=float(differences[:, column].mean()),
            low=float(low[column]),
            high=float(high[column]),
            p=p_values[column],
            p_holm=corrected[column],
        )
        for column, (other, measure) in enumerate(columns)
    )


def _slices(experiment: Experiment, measures: Sequence[Measure], per_query: PerQuery) -> dict[str, dict[str, Slice]]:
    queries = [query for query in experiment.queries if experiment.qrels.get(query.id)]
    return {
        name: {value: Slice(len(ids), _figures(measures, per_query, ids)) for value, ids in values.items()}
        for name, values in slice_queries(queries).items()
    }


def _latency(result: SystemResult) -> Latency:
    median, p95 = np.percentile(list(result.latency_ms.values()), [50, 95])
    return Latency(float(median), float(p95))


def _count_candidates(results: Iterable[SystemResult]) -> int:
    return len({candidate for result in results for scores in result.run.values() for candidate in scores})
