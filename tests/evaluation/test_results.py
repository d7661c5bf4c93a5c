from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evaluation import results
from evaluation.encoder_measures import EncoderReport
from evaluation.experiment import Data
from evaluation.measures import parse_measures
from evaluation.report import judge
from evaluation.stored_runs import store_experiment, store_report
from models.errors import InvalidInputError
from tests.evaluation.judging import experiment

PAGE = f"# Results\n\nBy hand.\n\n{results.BEGIN}\nold\n{results.END}\n\n## After\n"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    given = experiment()
    store_experiment(tmp_path / "runs" / "toy", given, judge(given, parse_measures(["RR", "P@1"])))
    encoder = EncoderReport(
        Data("sts.csv", "v2", "pairs"), "tiny", 4, {"spearman": 0.8}, {"spearman": (0.5, 0.9)}, 1, "releve x", "0.1"
    )
    store_report(tmp_path / "runs" / "encoders" / "sts", encoder.to_json())
    return tmp_path / "runs"


def test_the_page_keeps_what_is_outside_the_marks(runs: Path) -> None:
    page = results.between_marks(PAGE, results.show_runs(runs))
    assert page.startswith("# Results\n\nBy hand.\n\n")
    assert page.endswith(f"\n{results.END}\n\n## After\n")
    assert "old" not in page
    assert results.between_marks(page, results.show_runs(runs)) == page


def test_each_run_shows_its_figures_with_data_version_seed_and_command(runs: Path) -> None:
    shown = results.show_runs(runs)
    assert shown.index("### encoders/sts") < shown.index("### toy")
    assert "toy, version `v1`: four questions. Seed 7, Relève" in shown
    assert "```sh\nreleve evaluate toy\n```" in shown
    assert "| releve | 0.8333 | 0.6667 |" in shown
    assert "| popularity | RR | +0.3333 | +0.0000 to +0.5000 | 0.5000 | 0.5000 |" in shown
    assert "| popularity | P@1 |" not in shown
    assert "| spearman | 0.8000 | 0.5000 to 0.9000 |" in shown


def test_a_command_is_shown_without_the_folders_of_the_machine() -> None:
    command = "releve evaluate compare --qrels /data/x/q.txt --run 'my runs/a.run' --top 10"
    assert results.shown_command(command) == "releve evaluate compare --qrels q.txt --run 'my runs/a.run' --top 10"


def test_without_stored_runs_the_page_says_so(tmp_path: Path) -> None:
    assert results.show_runs(tmp_path) == results.show_overview(tmp_path) == "No run is stored yet."


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="has no lines"):
        results.between_marks("# Results\n", "x")


def test_a_report_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    store_report(tmp_path / "broken", {"data": {}})
    with pytest.raises(InvalidInputError, match=r"broken/report\.json is no report"):
        results.show_runs(tmp_path)


def test_the_command_writes_the_page(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = runs.parent / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["results", str(runs), "--page", str(page)])
    results.main()
    assert "| releve | 0.8333 |" in page.read_text(encoding="utf-8")


def test_the_page_of_results_has_the_marks() -> None:
    assert results.between_marks(results.PAGE.read_text(encoding="utf-8"), "x")


def test_with_details_the_page_has_one_table_over_all_runs_of_a_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("backtest-a", "backtest-b"):
        given = experiment()
        store_experiment(tmp_path / "runs" / name, given, judge(given, parse_measures(["RR", "P@1"])))
    page, details = tmp_path / "page.md", tmp_path / "details.md"
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "runs"), "--page", str(page), "--details", str(details)])
    results.main()
    shown = page.read_text(encoding="utf-8")
    assert "backtest, RR:" in shown
    # Four queries tell nothing for sure: no mark at the figure of the other.
    assert "| a | 3 | 0.8333 | 0.5000 |" in shown
    assert "| **mean** |  | **0.8333** | **0.5000** |" in shown
    assert "surely ahead of the best other system of each on 0 and surely behind it on 0" in shown
    assert "### backtest-b" in details.read_text(encoding="utf-8")
