"""A report on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluation.encoder_measures import EncoderReport
from evaluation.report import Report
from evaluation.report_tables import ReportTable, encoder_table, provenance, tables_of


def print_report(console: Console, report: Report) -> None:
    """Print what the figures stand on, then every table."""
    print_facts(console, provenance(report))
    for note in report.notes:
        console.print(Text(note, style="yellow"))
    for table in tables_of(report):
        print_table(console, table)


def print_facts(console: Console, facts: dict[str, str]) -> None:
    """Print names and values in two columns."""
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(ratio=1, overflow="fold")
    for name, value in facts.items():
        shown.add_row(name, Text(value))
    console.print(shown)


def print_table(console: Console, table: ReportTable) -> None:
    """Print a table; its names on the left, its figures on the right."""
    console.print(Text(f"\n{table.title}", style="bold underline"))
    shown = Table(box=None, padding=(0, 2, 0, 0))
    for number, column in enumerate(table.columns):
        shown.add_column(Text(column), justify="left" if number == 0 else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def print_encoder_report(console: Console, report: EncoderReport) -> None:
    """Print what one encoder reached on one file."""
    print_facts(console, provenance(report))
    print_table(console, encoder_table(report))
