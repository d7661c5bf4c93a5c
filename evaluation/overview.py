"""One table over many stored runs: each system on each set by the first measure, and the mean over the sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.report import Comparison, Report
from evaluation.report_tables import ReportTable

_SURE = 0.05


def group_runs(reports: Mapping[str, Report]) -> dict[str, dict[str, Report]]:
    """Return the reports by what their names start with, such as backtest in backtest-chess, and by the rest."""
    groups: dict[str, dict[str, Report]] = {}
    for name, report in reports.items():
        kind, _, rest = name.partition("-")
        groups.setdefault(kind, {})[rest or name] = report
    return groups


def overview_table(kind: str, reports: Mapping[str, Report]) -> ReportTable:
    """Return a row for each set with every system's figure and how the one compared does beside the best other.

    A figure that the compared system is surely (p < 0.05, Holm) ahead of is marked +, one it is surely behind -.
    """
    first = next(iter(reports.values()))
    systems = [system for system in first.systems if all(system in report.systems for report in reports.values())]
    rows: list[Sequence[str]] = [
        (name, str(report.queries), *_figures(report, systems)) for name, report in reports.items()
    ]
    means = [
        sum(report.systems[system][report.measures[0]] for report in reports.values()) / len(reports)
        for system in systems
    ]
    rows.append(("**mean**", "", *(f"**{mean:.4f}**" for mean in means)))
    return ReportTable(kind, f"{kind}, {first.measures[0]}", ("set", "queries", *systems), tuple(rows))


def sum_up(reports: Mapping[str, Report]) -> str:
    """Return in how many sets the compared system is surely ahead of its best rival there, and surely behind."""
    best = [_beside_best(report) for report in reports.values()]
    compared = next(iter(reports.values())).compared
    sure = [comparison for comparison in best if comparison is not None and comparison.p_holm < _SURE]
    ahead = sum(comparison.difference > 0 for comparison in sure)
    return (
        f"Of {len(reports)} sets, {compared} is surely ahead of the best other system of each on {ahead} and surely "
        f"behind it on {len(sure) - ahead} (p < 0.05, paired randomisation, Holm)."
    )


def _figures(report: Report, systems: Sequence[str]) -> list[str]:
    measure = report.measures[0]
    found = {c.other: c for c in report.comparisons if c.measure == measure}
    return [f"{report.systems[system][measure]:.4f}{_mark(found.get(system))}" for system in systems]


def _mark(comparison: Comparison | None) -> str:
    if comparison is None or comparison.p_holm >= _SURE:
        return ""
    return " +" if comparison.difference > 0 else " -"


def _beside_best(report: Report) -> Comparison | None:
    """Return the comparison with the other system that has the highest figure."""
    others = [c for c in report.comparisons if c.measure == report.measures[0] and c.system == report.compared]
    return min(others, key=lambda comparison: comparison.difference, default=None)
