"""`releve evaluate` as a person types it; the systems and their questions are small ones made here."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import evaluating
from api.cli.failing import explain
from api.cli.main import app
from evaluation.experiment import Data, Query
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.report import Report
from models.errors import InvalidInputError

ROOT = Path(__file__).parents[2]
NAMES = ("releve", "popularity")


@dataclass
class Fixed:
    """Ranks the same people whatever is asked."""

    name: str
    people: list[str]

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        return [(person, float(-place)) for place, person in enumerate(self.people)][:top]


@dataclass
class Preparing:
    """Stands for prepare_backtest and prepare_collection, and remembers how it was called."""

    path: Path | None = None
    options: PrepareOptions = field(default_factory=PrepareOptions)
    closed: int = 0

    def __call__(self, path: Path | None, options: PrepareOptions) -> Prepared:
        self.path, self.options = path, options
        systems = [Fixed("releve", ["ana", "bob", "eve"]), Fixed("popularity", ["bob", "eve", "ana"])]
        queries = [Query("q1", "vanne", "fr"), Query("q2", "pump", "en")]
        qrels = {"q1": {"ana": 1}, "q2": {"bob": 1}}
        return Prepared(Data("toy", "v1", "made here"), queries, qrels, systems, 5, self.close)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def preparing(monkeypatch: pytest.MonkeyPatch) -> Preparing:
    made = Preparing()
    monkeypatch.setattr(evaluating, "prepare_backtest", made)
    monkeypatch.setattr(evaluating, "prepare_collection", made)
    monkeypatch.setattr(evaluating, "prepare_linked_questions", made)
    return made


def evaluate(*arguments: str | Path, home: Path | None = None) -> Result:
    environment = {"RELEVE_HOME": str(home or "nowhere"), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], env=environment)


def shown(*arguments: str | Path) -> dict[str, Any]:
    result = evaluate(*arguments, "--json")
    assert result.exit_code == 0, result.output + repr(result.exception)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def said(*arguments: str | Path) -> str:
    """Return the line that ends a command that cannot do what it was asked."""
    result = evaluate(*arguments)
    assert isinstance(result.exception, Exception)
    code, line = explain(result.exception)
    assert code == 2
    return line


def test_a_backtest_prints_the_documented_json(preparing: Preparing) -> None:
    found = shown("backtest", "threads.jsonl", "--measure", "MRR", "--seed", "3")
    assert found["data"] == {"name": "toy", "version": "v1", "description": "made here"}
    assert found["queries"] == 2
    # releve has ana first and bob second: (1 + 1/2) / 2; popularity has bob first and ana third: (1/3 + 1) / 2.
    assert found["systems"] == {"releve": {"RR": 0.75}, "popularity": {"RR": pytest.approx(2 / 3)}}
    assert found["comparisons"][0]["difference"] == pytest.approx(0.75 - 2 / 3)
    assert set(found["latency_ms"]) == set(found["exposure"]) == set(NAMES)
    assert found["exposure"]["releve"]["candidates"] == 5
    assert found["seed"] == 3
    assert found["command"] == "releve evaluate backtest threads.jsonl --measure MRR --seed 3 --json"
    assert set(found["slices"]) == {"language"}
    assert Report.from_json(found).compared == "releve"
    assert preparing.closed == 1


def test_options_reach_what_prepares_the_backtest(preparing: Preparing, tmp_path: Path) -> None:
    chosen = ["--intent", "routing", "--system", "releve", "--system", "model2", "--encoder", "words", "--seed", "9"]
    evaluate("backtest", "threads.jsonl", "--from", "2024-06-30", *chosen, home=tmp_path)
    assert preparing.path == Path("threads.jsonl")
    assert preparing.options == PrepareOptions(
        start=datetime(2024, 6, 30, tzinfo=UTC),
        intent="routing",
        systems=("releve", "model2"),
        seed=9,
        encoder="words",
        home=tmp_path,
    )


def test_without_path_the_store_of_the_settings_is_tested(preparing: Preparing, tmp_path: Path) -> None:
    assert evaluate("backtest", "--from", "0.8", home=tmp_path).exit_code == 0
    assert preparing.path is None
    assert (preparing.options.home, preparing.options.start, preparing.options.encoder) == (tmp_path, 0.8, "bundled")


def test_a_collection_is_judged_alike(preparing: Preparing) -> None:
    found = shown("collection", "folder", "--top", "1", "--measure", "RR", "--compared", "popularity")
    assert preparing.path == Path("folder")
    # Only the first of each ranking is left.
    assert found["systems"] == {"releve": {"RR": 0.5}, "popularity": {"RR": 0.5}}
    assert found["comparisons"][0]["system"] == "popularity"


def test_top_all_ranks_every_candidate(preparing: Preparing, tmp_path: Path) -> None:
    shown("collection", "folder", "--top", "all", "--runs", tmp_path / "runs")
    assert len((tmp_path / "runs" / "releve.run").read_text().splitlines()) == 6


@pytest.mark.usefixtures("preparing")
def test_runs_are_stored_and_can_be_compared_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    before = shown("backtest", "--runs", runs)
    stored = json.loads((runs / "report.json").read_text(encoding="utf-8"))
    assert stored == before
    after = shown(
        "compare", "--qrels", runs / "qrels.txt", "--run", runs / "popularity.run", "--run", runs / "releve.run"
    )
    assert after["systems"] == before["systems"]
    assert after["comparisons"] == before["comparisons"]


@pytest.mark.usefixtures("preparing")
def test_someone_elses_run_and_judgements_join_the_comparison(tmp_path: Path) -> None:
    (tmp_path / "theirs.run").write_text("q1 Q0 eve 1 1.0 releve\nq2 Q0 eve 1 1.0 releve\n")
    (tmp_path / "mine.txt").write_text("q1 0 eve 1\n")
    found = shown(
        "collection", "d", "--run", tmp_path / "theirs.run", "--qrels", tmp_path / "mine.txt", "--measure", "RR"
    )
    assert found["queries"] == 1
    assert found["systems"]["theirs"] == {"RR": 1.0}
    assert found["systems"]["releve"] == {"RR": pytest.approx(1 / 3)}
    assert "theirs" not in found["latency_ms"]
    assert found["data"]["version"].startswith("v1+")


@pytest.mark.usefixtures("preparing")
def test_the_page_is_written_and_the_terminal_shows_tables(tmp_path: Path) -> None:
    result = evaluate("backtest", "--html", tmp_path / "report.html")
    assert "Accuracy over 2 queries" in result.stdout
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--top", "0"], "Error: --top 0 is no depth; write a number from 1 on, or all."),
        (["--from", "yesterday"], "Error: --from yesterday is neither a day nor a share;"),
        (["--from", "1.5"], "Error: --from 1.5 is neither a day nor a share;"),
        (["--from", "nan"], "Error: --from nan is neither a day nor a share;"),
        (["--measure", "Best"], "Error: No measure named 'Best';"),
        (
            ["--html", "no/such/report.html"],
            "Error: There is no folder no/such to write report.html in; make it first.",
        ),
        (["--run", "no.run"], "Error: No such file or directory: no.run"),
        (["--qrels", "no.txt"], "Error: No such file or directory: no.txt"),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(preparing: Preparing, arguments: list[str], line: str) -> None:
    assert said("backtest", "threads.jsonl", *arguments).startswith(line)
    assert preparing.path is None


@pytest.mark.usefixtures("preparing")
def test_runs_cannot_be_stored_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert said("backtest", "--runs", tmp_path / "file").endswith("is no folder; name one to make or to write in.")


def test_an_encoder_is_measured_on_sts_and_bitext(tmp_path: Path) -> None:
    sts, bitext = tmp_path / "sts.csv", tmp_path / "pairs.jsonl"
    sts.write_text(
        "sentence1,sentence2,score\nThe pump is broken.,The pump is broken.,5\nThe pump is broken.,A cat sleeps.,0\n"
    )
    bitext.write_text('{"fr": "la pompe", "en": "the pump"}\n{"fr": "le chat", "en": "the cat"}\n')
    found = shown("sts", sts, "--runs", tmp_path / "runs")
    assert found["measures"] == {"spearman": pytest.approx(1.0)}
    assert json.loads((tmp_path / "runs" / "report.json").read_text(encoding="utf-8")) == found
    assert shown("bitext", bitext)["measures"] == {"fr_to_en": 1.0, "en_to_fr": 1.0}
    assert "spearman" in evaluate("sts", sts).stdout
    assert (
        said("sts", sts, "--encoder", "words")
        == "Error: 'words' is no encoder; name one with --encoder, such as bundled."
    )


def test_a_share_and_a_day_begin_a_backtest() -> None:
    assert evaluating.parse_start("0") == 0.0
    assert evaluating.parse_start("2024-06-30T12:00:00+02:00") == datetime.fromisoformat("2024-06-30T12:00:00+02:00")
    with pytest.raises(InvalidInputError):
        evaluating.parse_start("1")


def test_help_imports_neither_plots_nor_measures() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from api.cli.main import app\n"
        "assert CliRunner().invoke(app, ['evaluate', 'backtest', '--help']).exit_code == 0\n"
        "print(sorted({'matplotlib', 'ir_measures', 'numpy', 'scipy', 'evaluation'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_similar_asks_for_linked_questions_and_needs_a_file(preparing: Preparing) -> None:
    assert shown("backtest", "threads.jsonl", "--similar", "--questions", "20")["queries"] == 2
    assert (preparing.path, preparing.options.questions) == (Path("threads.jsonl"), 20)
    assert "--similar needs a file of threads with links" in said("backtest", "--similar")
