"""The tables of a report: the same rows for the terminal, the page and the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.encoder_measures import EncoderReport
from evaluation.report import Report


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows of text under a heading; the first column names, the others are figures."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables_of(report: Report) -> list[ReportTable]:
    """Return every table that has rows, the most asked for first."""
    tables = [
        accuracy_table(report),
        comparisons_table(report),
        slices_table(report),
        exposure_table(report),
        latency_table(report),
    ]
    return [table for table in tables if table.rows]


def accuracy_table(report: Report) -> ReportTable:
    """Return each system's figures."""
    rows = [
        [system, *(figure(values[measure]) for measure in report.measures)] for system, values in report.systems.items()
    ]
    return ReportTable("accuracy", f"Accuracy over {report.queries} queries", ["system", *report.measures], rows)


def comparisons_table(report: Report) -> ReportTable:
    """Return what separates the compared system from each other one."""
    rows = [
        [
            found.other,
            found.measure,
            f"{found.difference:+.4f}",
            f"{found.low:+.4f} to {found.high:+.4f}",
            probability(found.p),
            probability(found.p_holm),
        ]
        for found in report.comparisons
    ]
    columns = ["against", "measure", "difference", "95 % interval", "p", "p (Holm)"]
    return ReportTable("comparisons", f"{report.compared} against the others", columns, rows)


def slices_table(report: Report) -> ReportTable:
    """Return the first measure of each system over each slice."""
    measure = report.measures[0]
    rows = [
        [f"{name}: {value}", str(part.queries), *(figure(part.systems[system][measure]) for system in report.systems)]
        for name, values in report.slices.items()
        for value, part in values.items()
    ]
    return ReportTable("slices", f"{measure} by slice of the queries", ["slice", "queries", *report.systems], rows)


def exposure_table(report: Report) -> ReportTable:
    """Return whom each system recommends, in figures."""
    rows = [
        [system, f"{found.gini:.3f}", f"{found.top_ten_share:.1%}", str(found.people), str(found.candidates)]
        for system, found in report.exposure.items()
    ]
    columns = ["system", "Gini", "share of the top ten", "people recommended", "candidates"]
    return ReportTable("exposure", "Exposure, over the first ten of each query", columns, rows)


def latency_table(report: Report) -> ReportTable:
    """Return how long each system took."""
    rows = [[system, f"{found.median:.1f}", f"{found.p95:.1f}"] for system, found in report.latency_ms.items()]
    return ReportTable("latency", "Latency, milliseconds a query", ["system", "median", "95th percentile"], rows)


def encoder_table(report: EncoderReport) -> ReportTable:
    """Return the figures of an encoder, each with its interval."""
    rows = [
        [name, figure(value), "{:.4f} to {:.4f}".format(*report.intervals[name])]
        for name, value in report.measures.items()
    ]
    title = f"{report.encoder} on {report.pairs} pairs"
    return ReportTable("encoder", title, ["measure", "value", "95 % interval"], rows)


def provenance(report: Report | EncoderReport) -> dict[str, str]:
    """Return what the figures stand on, by name."""
    return {
        "data": report.data.name,
        "version": report.data.version,
        "about": report.data.description,
        "seed": str(report.seed),
        "Relève": report.release,
        "command": report.command,
    }


def figure(value: float) -> str:
    """Return a measure as it is shown."""
    return f"{value:.4f}"


def probability(value: float) -> str:
    """Return a p value as it is shown: never as 0."""
    shown = f"{value:.4f}"
    return shown if float(shown) else "< 0.0001"
