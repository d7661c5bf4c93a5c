from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest

from evaluation.experiment import Experiment, Query, SystemResult
from evaluation.measures import parse_measures
from evaluation.report import judge
from evaluation.stored_runs import (
    judged_by,
    name_results,
    read_experiment,
    read_runs,
    store_experiment,
    with_runs,
)
from evaluation.trec_files import write_run
from tests.evaluation.judging import DATA, experiment


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    given = experiment()
    store_experiment(tmp_path / "runs", given, judge(given, parse_measures([])))
    return tmp_path / "runs"


def test_ir_measures_finds_the_reported_figures_in_the_stored_files(stored: Path) -> None:
    report = json.loads((stored / "report.json").read_text(encoding="utf-8"))
    for system, figures in report["systems"].items():
        found = ir_measures.calc_aggregate(
            [ir_measures.parse_measure(name) for name in figures],
            ir_measures.read_trec_qrels(str(stored / "qrels.txt")),
            ir_measures.read_trec_run(str(stored / f"{system}.run")),
        )
        assert {str(measure): value for measure, value in found.items()} == pytest.approx(figures)


def test_what_each_query_had_is_kept(stored: Path) -> None:
    with (stored / "per_query.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row.values()) for row in csv.DictReader(lines, delimiter="\t")]
    assert ("q2", "releve", "RR", "0.5") in rows
    assert len(rows) == 2 * 6 * 3


def test_stored_runs_compare_as_they_did(stored: Path) -> None:
    measures = parse_measures([])
    again = read_experiment(stored / "qrels.txt", [stored / "releve.run", stored / "popularity.run"], 7, "c")
    before, after = judge(experiment(), measures), judge(again, measures)
    assert after.systems == before.systems
    assert after.comparisons == before.comparisons


def test_runs_of_one_name_are_told_apart_by_their_files_and_folders(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a/releve.run", "b/releve.run", "b/other.run")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        write_run(path, "releve", {"q1": {"ana": 1.0}})
    assert [result.name for result in name_results(read_runs(paths))] == ["releve", "b/releve", "other"]
    assert name_results(read_runs(paths[:1]), taken=["releve"])[0].name == "a/releve"
    assert name_results(read_runs(paths[:1]), taken=["releve", "a/releve"])[0].name == "releve-2"


def test_a_system_may_be_called_anything_and_stays_within_the_folder(tmp_path: Path) -> None:
    given = experiment()
    strange = replace(given, results=[replace(given.results[0], name="../b/releve")])
    store_experiment(tmp_path / "runs", strange, judge(strange, parse_measures(["RR"])))
    assert (tmp_path / "runs" / ".._b_releve.run").exists()


def test_ids_with_white_space_are_found_again_in_a_run_from_a_file(tmp_path: Path) -> None:
    run = {"q 1": {"Ana Li": 1.0}}
    asked = Experiment(DATA, [Query("q 1", "")], {"q 1": {"Ana Li": 1}}, [SystemResult("a", run, {})], 1, "c")
    write_run(tmp_path / "b.run", "b", run)
    beside = with_runs(asked, read_runs([tmp_path / "b.run"]))
    assert beside.results[1] == SystemResult("b", run, {})


def test_other_judgements_change_the_version(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("q1 0 bob 1\n")
    data = judged_by(DATA, tmp_path / "mine.txt")
    assert data.version.startswith("v1+")
    assert data.description == "four questions; judgements from mine.txt"
