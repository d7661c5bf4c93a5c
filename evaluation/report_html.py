"""A report as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from evaluation.plots import plots_of
from evaluation.report import Report
from evaluation.report_tables import ReportTable, provenance, tables_of

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #ccc; --quiet: #595959; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --paper: #141414; --line: #444; --quiet: #a8a8a8; } }
body { color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 60rem; padding: 1rem; }
h1, h2 { line-height: 1.2; }
svg { height: auto; max-width: 100%; width: 48rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { color: var(--quiet); padding: 0.3rem 0; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0; text-align: right; }
th:first-child, td:first-child { text-align: left; }
th[scope=row] { font-weight: normal; }
.wide { overflow-x: auto; }
summary { cursor: pointer; }
dl { display: grid; gap: 0.2rem 1rem; grid-template-columns: max-content 1fr; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
"""

_READING: Final = {
    "accuracy": "Whiskers are 95 % bootstrap intervals over the queries.",
    "comparisons": "An interval away from 0, with a small p after Holm's correction, is unlikely to be chance.",
    "slices": "Small slices move a lot: look at the number of queries before the difference.",
    "exposure": "Two systems equally right differ in whom they burden: a Gini of 1 means always the same person.",
    "latency": "One query at a time; the scale is logarithmic.",
}


def report_page(report: Report) -> str:
    """Return the report as an HTML document."""
    plots = dict(plots_of(report))
    sections = "".join(
        _section(table, plots[table.name](report) if table.name in plots else "") for table in tables_of(report)
    )
    title = f"{report.data.name}: {report.queries} queries, {len(report.systems)} systems"
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in provenance(report).items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<dl>{facts}</dl>\n{_notes(report.notes)}{sections}</main>\n</body>\n</html>\n"
    )


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>\n" if items else ""


def _section(table: ReportTable, plot: str) -> str:
    """Return a plot with its table; the table is open where it stands alone, and for accuracy."""
    opened = " open" if not plot or table.name == "accuracy" else ""
    return (
        f'<section aria-labelledby="{table.name}">\n<h2 id="{table.name}">{escape(table.title)}</h2>\n'
        f"<p>{escape(_READING[table.name])}</p>\n{plot}\n"
        f"<details{opened}><summary>Table</summary>\n{_table(table)}</details>\n</section>\n"
    )


def _table(table: ReportTable) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>\n'
        for row in table.rows
    )
    return (
        f'<div class="wide"><table><caption>{escape(table.title)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
