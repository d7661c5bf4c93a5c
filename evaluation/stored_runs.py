"""Experiments as folders of files: runs, judgements, report and per-query results; and others' runs read in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from evaluation.experiment import Data, Experiment, Qrels, Query, Run, SystemResult
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


def read_results(paths: Iterable[Path], taken: Iterable[str] = ()) -> list[SystemResult]:
    """Read runs of TREC, each under a name of its own: its tag, or the name of its file where the tag is taken.

    Raises:
        InvalidInputError: a file holds no run.
    """
    names = set(taken)
    results = []
    for path in paths:
        tag, run = read_run(path)
        name = _free_name(tag, path, names)
        names.add(name)
        results.append(SystemResult(name, run, {}))
    return results


def read_experiment(qrels_path: Path, run_paths: Sequence[Path], seed: int, command: str) -> Experiment:
    """Return the experiment that judgements and runs of TREC make; its queries are those of the judgements."""
    qrels = read_qrels(qrels_path)
    results = read_results(run_paths)
    names = ", ".join(result.name for result in results)
    data = Data(qrels_path.name, content_version([qrels_path, *run_paths]), f"runs read from files: {names}")
    return Experiment(data, [Query(query_id, "") for query_id in qrels], qrels, results, seed, command)


def with_results(experiment: Experiment, results: Sequence[SystemResult]) -> Experiment:
    """Return the experiment with runs from files beside its own; their ids may be those of our own files."""
    known = _known_ids(experiment)
    added = [replace(result, run=_with_known_ids(result.run, known)) for result in results]
    return replace(experiment, results=[*experiment.results, *added])


def with_qrels(data: Data, qrels_path: Path) -> tuple[Data, Qrels]:
    """Return other judgements for the same questions, and what the figures then stand on."""
    added = f"{data.description}; judgements from {qrels_path.name}"
    version = f"{data.version}+{content_version([qrels_path])}"
    return replace(data, version=version, description=added), read_qrels(qrels_path)


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
