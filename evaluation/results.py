"""Writes the stored runs into the page of results: all of each, or one table over all.

Usage: python -m evaluation.results RUNS_FOLDER [--page FILE] [--details FILE]. With --details, the page gets one table
for each kind of run (what its folder's name starts with, up to the first -), and FILE gets all of each run.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from evaluation.encoder_measures import EncoderReport
from evaluation.overview import group_runs, overview_table, sum_up
from evaluation.report import Report
from evaluation.report_tables import ReportTable, encoder_table, tables_of
from evaluation.stored_runs import REPORT
from models.errors import InvalidInputError

BEGIN: Final = "<!-- stored runs: begin -->"
END: Final = "<!-- stored runs: end -->"
"""What is between the two is written here; the rest of the page is its authors'."""

PAGE: Final = Path(__file__).parents[1] / "docs" / "results.md"
_DETAILS_HEAD: Final = "# Results, set by set\n\nWritten by `python -m evaluation.results RUNS --details FILE`.\n\n"
_NONE: Final = "No run is stored yet."


def main() -> None:
    """Write the page anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, help="folder that holds what `releve evaluate … --runs` stored")
    parser.add_argument("--page", type=Path, default=PAGE, help="page to write in; docs/results.md by default")
    parser.add_argument("--details", type=Path, help="page that takes all of each run, the other one table over all")
    options = parser.parse_args()
    try:
        shown = show_runs(options.runs)
        if options.details is not None:
            options.details.write_text(f"{_DETAILS_HEAD}{shown}\n", encoding="utf-8")
            shown = show_overview(options.runs)
        page = options.page.read_text(encoding="utf-8")
        options.page.write_text(between_marks(page, shown), encoding="utf-8")
    except InvalidInputError as error:
        parser.error(str(error))


def between_marks(page: str, shown: str) -> str:
    """Return the page with this between its marks, and the rest as it was.

    Raises:
        InvalidInputError: the page does not say where that goes.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"The page has no lines {BEGIN} and {END}; add them where the runs should go."
        raise InvalidInputError(message)
    return f"{before}{BEGIN}\n{shown}\n{END}{after}"


def show_overview(folder: Path) -> str:
    """Return one table for each kind of run, and in how many the compared system is surely ahead, in Markdown."""
    reports = {
        path.parent.relative_to(folder).as_posix(): report
        for path in sorted(folder.rglob(REPORT))
        if isinstance(report := _read(path), Report)
    }
    lines = []
    for kind, group in group_runs(reports).items():
        table = overview_table(kind, group)
        lines += [f"{table.title}:\n", *_markdown(table), "", sum_up(group), ""]
    return "\n".join(lines).rstrip("\n") or _NONE


def show_runs(folder: Path) -> str:
    """Return a section for each stored run, by name of folder, in Markdown."""
    sections = []
    for path in sorted(folder.rglob(REPORT)):
        name = path.parent.relative_to(folder).as_posix()
        sections.append("\n".join(_section(name if name != "." else folder.absolute().name, _read(path))))
    return "\n".join(sections).rstrip("\n") or _NONE


def _read(path: Path) -> Report | EncoderReport:
    try:
        shown: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return EncoderReport.from_json(shown) if "encoder" in shown else Report.from_json(shown)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} is no report of this version ({error}); run the evaluation again, or remove it."
        raise InvalidInputError(message) from error


def _section(name: str, report: Report | EncoderReport) -> Iterator[str]:
    data = report.data
    yield f"### {name}\n"
    yield f"{data.name}, version `{data.version}`: {data.description}. Seed {report.seed}, Relève {report.release}.\n"
    yield f"```sh\n{shown_command(report.command)}\n```\n"
    if isinstance(report, EncoderReport):
        tables = [encoder_table(report)]
    else:
        yield from (f"- {note}" for note in report.notes)
        if report.notes:
            yield ""
        tables = tables_of(_first_measure_compared(report))
    for table in tables:
        yield f"{table.title}:\n"
        yield from _markdown(table)
        yield ""


def _first_measure_compared(report: Report) -> Report:
    """Return the report with the comparisons by its first measure alone: the page is for reading, the JSON has all."""
    shown = tuple(comparison for comparison in report.comparisons if comparison.measure == report.measures[0])
    return replace(report, comparisons=shown)


def _markdown(table: ReportTable) -> Iterator[str]:
    yield _row(table.columns)
    yield "|" + "|".join("---" if number == 0 else "---:" for number in range(len(table.columns))) + "|"
    for row in table.rows:
        yield _row(row)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def shown_command(command: str) -> str:
    """Return a command without the folders of the machine it ran on."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in shlex.split(command)]
    return shlex.join(words)


if __name__ == "__main__":
    main()
