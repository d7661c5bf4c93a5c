"""Experiments as folders of files: runs, judgements, report and per-query results; and others' runs read in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from evaluation.experiment import Data, Experiment, Query, Run, SystemResult
from evaluation.provenance import content_version
from evaluation.report import Report, judged_qrels
from evaluation.trec_files import file_id, read_qrels, read_run, write_per_query, write_qrels, write_run

REPORT: Final = "report.json"
QRELS: Final = "qrels.txt"
PER_QUERY: Final = "per_query.tsv"


def store_experiment(folder: Path, experiment: Experiment, report: Report) -> None:
    """Write NAME.run for each system, the judgements that counted, the report, and what each query had."""
    folder.mkdir(parents=True, exist_ok=True)
    for result in experiment.results:
        file_name = re.sub(r"[^\w.-]", "_", result.name)
        write_run(folder / f"{file_name}.run", result.name, result.run)
    write_qrels(folder / QRELS, judged_qrels(experiment))
    write_per_query(folder / PER_QUERY, report.per_query)
    store_report(folder, report.to_json())


def store_report(folder: Path, shown: dict[str, Any]) -> None:
    """Write a report in its JSON shape."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class FileRun(NamedTuple):
    """A run as its file has it."""

    path: Path
    tag: str
    run: Run


def read_runs(paths: Iterable[Path]) -> list[FileRun]:
    """Read runs of TREC.

    Raises:
        InvalidInputError: a file holds no run.
    """
    return [FileRun(path, *read_run(path)) for path in paths]


def name_results(runs: Iterable[FileRun], taken: Iterable[str] = ()) -> list[SystemResult]:
    """Return each run under a name of its own: its tag, or where that is taken the name of its file."""
    names = set(taken)
    results = []
    for path, tag, run in runs:
        name = _free_name(tag, path, names)
        names.add(name)
        results.append(SystemResult(name, run, {}))
    return results


def read_experiment(qrels_path: Path, run_paths: Sequence[Path], seed: int, command: str) -> Experiment:
    """Return the experiment that judgements and runs of TREC make; its queries are those of the judgements."""
    qrels = read_qrels(qrels_path)
    results = name_results(read_runs(run_paths))
    names = ", ".join(result.name for result in results)
    data = Data(qrels_path.name, content_version([qrels_path, *run_paths]), f"runs read from files: {names}")
    return Experiment(data, [Query(query_id, "") for query_id in qrels], qrels, results, seed, command)


def with_runs(experiment: Experiment, runs: Sequence[FileRun]) -> Experiment:
    """Return the experiment with runs from files beside its own; their ids may be those of our own files."""
    known = _known_ids(experiment)
    named = name_results(runs, [result.name for result in experiment.results])
    added = [replace(result, run=_with_known_ids(result.run, known)) for result in named]
    return replace(experiment, results=[*experiment.results, *added])


def judged_by(data: Data, qrels_path: Path) -> Data:
    """Return what the figures stand on when the judgements come from a file."""
    described = f"{data.description}; judgements from {qrels_path.name}"
    return replace(data, version=f"{data.version}+{content_version([qrels_path])}", description=described)


def _free_name(tag: str, path: Path, taken: set[str]) -> str:
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    candidates = [tag, stem, f"{path.absolute().parent.name}/{stem}"]
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*candidates, *numbered) if name not in taken)


def _known_ids(experiment: Experiment) -> dict[str, str]:
    """Return the ids that files cannot hold as they are, by the form they have there."""
    ids = {query.id for query in experiment.queries} | set(experiment.qrels)
    rows: list[Iterable[str]] = [*experiment.qrels.values()]
    for result in experiment.results:
        rows += result.run.values()
    ids.update(candidate for row in rows for candidate in row)
    return {written: found for found in ids if (written := file_id(found)) != found}


def _with_known_ids(run: Run, known: dict[str, str]) -> Run:
    return {
        known.get(query_id, query_id): {known.get(candidate, candidate): score for candidate, score in scores.items()}
        for query_id, scores in run.items()
    }
