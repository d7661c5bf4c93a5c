"""The report on succession, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from evaluation.report import Report
from evaluation.report_tables import ReportTable, accuracy_table, comparisons_table, figure, provenance
from evaluation.succession.cases import Kind
from evaluation.succession.overall import SuccessionReport
from evaluation.terminal_report import print_facts, print_report, print_table


def print_succession(console: Console, report: SuccessionReport) -> None:
    """Print the report of a single set; of several, one table over all and what the average separates."""
    for skipped in report.skipped:
        console.print(Text(f"Skipped {skipped.name}: {skipped.reason}", style="yellow"))
    if len(report.sets) == 1:
        print_report(console, report.average)
        return
    for _, own in report.sets:
        print_facts(console, {"data": own.data.name, "about": own.data.description})
        for note in own.notes:
            console.print(Text(note, style="yellow"))
    for kind in Kind:
        reports = [own for found, own in report.sets if found is kind]
        for measure in report.average.measures if reports else ():
            print_table(console, sets_table(kind, reports, measure))
    print_facts(console, provenance(report.average))
    print_table(console, replace(accuracy_table(report.average), title=report.average.data.name.capitalize()))
    within = replace(report.average, comparisons=tuple(report.within))
    title = f"{report.average.compared} against the others"
    print_table(console, replace(comparisons_table(within), title=f"{title}, on the average of these sets"))
    print_table(console, replace(comparisons_table(report.average), title=f"{title}, as it would go in another set"))


def sets_table(kind: Kind, reports: Sequence[Report], measure: str) -> ReportTable:
    """Return a row for each set with every system's figure."""
    systems = list(reports[0].systems)
    rows = [
        [own.data.name, str(own.queries), *(figure(own.systems[system][measure]) for system in systems)]
        for own in reports
    ]
    return ReportTable(kind, f"{measure}, {kind}", ["set", "cases", *systems], rows)
