"""Judging many sets: each its report, and the average over the communities with its interval over communities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.experiment import Data, Experiment
from evaluation.measures import parse_measures
from evaluation.report import Comparison, Report, compare_systems, mean_intervals
from evaluation.significance import Floats, average_interval, holm, randomisation_p
from evaluation.succession.cases import Cases, Kind, set_name
from evaluation.succession.judging import SuccessionOptions, judge_cases
from models.errors import InvalidInputError

Read = Callable[[Path], Cases]
Store = Callable[[str, Experiment, Report], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A set that holds no case."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class SuccessionReport:
    """What was judged, set by set, and what was not."""

    sets: Sequence[tuple[Kind, Report]]
    average: Report
    """Over the communities, or where there are none over the histories of leadership; the report of a single set."""
    skipped: Sequence[Skipped]
    within: Sequence[Comparison] = ()
    """The differences of the average over these very sets: cases are drawn within each, no set is."""

    @property
    def cases(self) -> int:
        """How many cases there are in what is averaged."""
        kind = self._kind
        return sum(report.queries for own, report in self.sets if own is kind)

    @property
    def _kind(self) -> Kind:
        return min((kind for kind, _ in self.sets), key=list(Kind).index)

    def to_json(self) -> dict[str, Any]:
        """Return the documented shape."""
        return {
            **self.average.to_json(),
            "cases": self.cases,
            "comparisons_within": [asdict(comparison) for comparison in self.within],
            "sets": [{"kind": kind, **report.to_json(), "cases": report.queries} for kind, report in self.sets],
            "skipped": [{"name": one.name, "reason": one.reason} for one in self.skipped],
        }


def judge_sets(
    paths: Sequence[Path],
    read: Read,
    options: SuccessionOptions,
    store: Store | None = None,
    on_progress: Progress | None = None,
) -> SuccessionReport:
    """Judge one set after the other, each let go of before the next; a set without a case is skipped.

    Args:
        read: returns the cases of a path.
        store: called with what each set gave.

    Raises:
        InvalidInputError: no set holds a case, or a system or measure is unknown.
    """
    parse_measures(options.measures)
    sets: list[tuple[Kind, Report]] = []
    skipped: list[Skipped] = []
    for number, path in enumerate(paths):
        try:
            found = read(path)
        except InvalidInputError as error:
            if len(paths) == 1:
                raise
            skipped.append(Skipped(set_name(path), str(error)))
            continue
        with found:
            experiment, report = judge_cases(found, options)
            if store:
                store(path.name, experiment, report)
            sets.append((found.kind, report))
        if on_progress:
            on_progress(number + 1, len(paths))
    if not sets:
        message = "No set holds a case: " + " ".join(one.reason for one in skipped)
        raise InvalidInputError(message)
    return SuccessionReport(sets, average_of(sets), skipped, compare_within(sets))


def average_of(sets: Sequence[tuple[Kind, Report]]) -> Report:
    """Return the average over the communities, each counting the same, or over leadership where there are none.

    Intervals draw communities and tests toss their signs, for what is to be known is how it goes in another one.
    """
    reports = _averaged(sets)
    first = reports[0]
    if len(reports) == 1:
        return first
    per_set = {
        system: {
            measure: {f"{place}": report.systems[system][measure] for place, report in enumerate(reports)}
            for measure in first.measures
        }
        for system in first.systems
    }
    measures = parse_measures(first.measures)
    names = ", ".join(report.data.name for report in reports)
    what = "communities" if any(kind is Kind.COMMUNITY for kind, _ in sets) else "histories of leadership"
    cases = sum(report.queries for report in reports)
    return replace(
        first,
        data=Data(
            f"average of {len(reports)} {what}",
            "-".join(report.data.version for report in reports),
            f"{names}; {cases:,} cases, each set counting the same; intervals and tests are over the sets.",
        ),
        queries=len(reports),
        systems={
            system: {measure: sum(values.values()) / len(values) for measure, values in measured.items()}
            for system, measured in per_set.items()
        },
        intervals=mean_intervals(measures, per_set, first.seed),
        comparisons=compare_systems(measures, per_set, first.compared, first.seed),
        slices={},
        exposure={},
        latency_ms={},
        notes=(),
        per_query=per_set,
    )


def compare_within(sets: Sequence[tuple[Kind, Report]]) -> tuple[Comparison, ...]:
    """Return how the compared system differs from each other on the average over these sets; nothing for one set."""
    reports = _averaged(sets)
    first = reports[0]
    others = [system for system in first.systems if system != first.compared]
    if len(reports) == 1 or not others:
        return ()
    kind = min((kind for kind, _ in sets), key=list(Kind).index)
    found: list[Comparison] = []
    for measure in first.measures:
        per_set = [_differences(report, measure, others) for report in reports]
        groups = [[group_of(case, kind) for case in report.per_query[report.compared][measure]] for report in reports]
        low, high = average_interval(list(zip(per_set, groups, strict=True)), first.seed)
        # Of each case as much as it weighs in the average, so that a sum over all is the difference.
        shares = np.concatenate([own / len(own) / len(reports) for own in per_set])
        named = [f"{place}/{group}" for place, own in enumerate(groups) for group in own]
        p_values = randomisation_p(shares, first.seed, groups=named).tolist()
        for place, (other, corrected) in enumerate(zip(others, holm(p_values), strict=True)):
            found.append(
                Comparison(
                    system=first.compared,
                    other=other,
                    measure=measure,
                    difference=float(shares[:, place].sum()),
                    low=float(low[place]),
                    high=float(high[place]),
                    p=p_values[place],
                    p_holm=corrected,
                )
            )
    return tuple(found)


def group_of(case_id: str, kind: Kind) -> str:
    """Return what a case is drawn with: its handover in a community, the group in a history of leadership."""
    moment, _, whose = case_id.partition("/")
    return moment if kind is Kind.COMMUNITY else whose


def _differences(report: Report, measure: str, others: Sequence[str]) -> Floats:
    """Return the compared system minus each other one, one case a row."""
    own = np.array(list(report.per_query[report.compared][measure].values()), np.float64)
    theirs = [list(report.per_query[other][measure].values()) for other in others]
    return own[:, None] - np.array(theirs, np.float64).T


def _averaged(sets: Sequence[tuple[Kind, Report]]) -> list[Report]:
    communities = [report for kind, report in sets if kind is Kind.COMMUNITY]
    return communities or [report for _, report in sets]
