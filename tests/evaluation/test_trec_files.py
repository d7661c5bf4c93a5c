from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.trec_files import file_id, in_order, rankings, read_qrels, read_run, write_qrels, write_run
from models.errors import InvalidInputError


def test_equal_scores_are_ordered_as_trec_eval_does_the_last_id_first() -> None:
    assert in_order({"a": 1.0, "c": 2.0, "b": 2.0, "B": 2.0}) == ["c", "b", "B", "a"]


def test_scores_that_differ_beyond_32_bits_are_equal() -> None:
    assert in_order({"a": 1.0 + 1e-12, "b": 1.0}) == ["b", "a"]
    assert in_order({"a": 1.0 + 1e-6, "b": 1.0}) == ["a", "b"]


def test_a_ranking_holds_its_candidates_in_order_with_scores_of_32_bits() -> None:
    ranked = rankings({"q": {"a": 0.1, "b": 0.2}})["q"]
    assert list(ranked) == ["b", "a"]
    assert ranked["a"] == pytest.approx(0.1, abs=1e-8)
    assert ranked["a"] != 0.1


def test_a_run_is_written_in_six_columns_best_first(tmp_path: Path) -> None:
    write_run(tmp_path / "a.run", "my system", {"q 1": {"p1": 0.5, "p2": 1.5}})
    assert (tmp_path / "a.run").read_text() == "q%201 Q0 p2 1 1.5 my%20system\nq%201 Q0 p1 2 0.5 my%20system\n"


def test_judgements_are_written_in_four_columns(tmp_path: Path) -> None:
    write_qrels(tmp_path / "qrels.txt", {"q1": {"p1": 2, "p2": 0}})
    assert (tmp_path / "qrels.txt").read_text() == "q1 0 p1 2\nq1 0 p2 0\n"


def test_a_run_is_read_with_its_name_and_its_ranks_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "file.run"
    path.write_text("q1 Q0 p1 7 1.5 bm25\n\nq1\tQ0\tp2\t1\t-2e3\tbm25\n")
    assert read_run(path) == ("bm25", {"q1": {"p1": 1.5, "p2": -2000.0}})


def test_a_run_of_many_names_has_that_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "fused.v2.run.gz"
    with gzip.open(path, "wt") as lines:
        lines.write("q1 Q0 p1 1 1 one\nq1 Q0 p2 2 0 two\n")
    assert read_run(path)[0] == "fused.v2"


def test_judgements_are_read_as_trec_and_as_beir_have_them(tmp_path: Path) -> None:
    trec, beir = tmp_path / "qrels.txt", tmp_path / "test.tsv"
    trec.write_text("q1 0 p1 2\nq1 0 p2 -1\n")
    beir.write_text("query-id\tcorpus-id\tscore\r\nq1\tp1\t2\r\nq 1\tp2\t0\r\n")
    assert read_qrels(trec) == {"q1": {"p1": 2, "p2": -1}}
    assert read_qrels(beir) == {"q1": {"p1": 2}, "q 1": {"p2": 0}}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q1 Q0 p1 1 1.0", "bad.run, line 2: a line of a run has 6 columns"),
        ("q1 Q0 p1 1 high bm25", "line 2: 'high' is no score"),
        ("q1 Q0 p1 1 nan bm25", "line 2: 'nan' is no score"),
        ("q1 Q0 p0 1 1 bm25", "line 2: candidate 'p0' comes twice"),
    ],
)
def test_a_line_that_is_no_line_of_a_run_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "bad.run"
    path.write_text(f"q1 Q0 p0 1 1 bm25\n{line}\n")
    with pytest.raises(InvalidInputError, match=said):
        read_run(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q1 p1", "line 1: a judgement is"),
        ("q1 0 p1 high", "line 1: 'high' is no grade"),
        ("q1 0 p1 1\nq1 0 p1 2", "line 2: candidate 'p1' comes twice"),
        ("", "holds no judgements"),
    ],
)
def test_a_line_that_is_no_judgement_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text(line)
    with pytest.raises(InvalidInputError, match=said):
        read_qrels(path)


def test_a_file_that_is_no_text_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    path.write_bytes(b"q1 Q0 p\xff 1 1 x\n")
    with pytest.raises(InvalidInputError, match=r"a\.run cannot be read as text"):
        read_run(path)
    path = tmp_path / "a.run.gz"
    path.write_bytes(gzip.compress(b"q1 Q0 p 1 1 x\n")[:-9])
    with pytest.raises(InvalidInputError, match=r"a\.run\.gz cannot be read as text"):
        read_run(path)


IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="%"), min_size=1, max_size=5)


@given(st.dictionaries(IDS, st.dictionaries(IDS, st.floats(-1e6, 1e6, width=32), min_size=1), min_size=1))
def test_a_run_comes_back_from_its_file_but_for_white_space(run: dict[str, dict[str, float]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.run"
        write_run(path, "a", run)
        name, found = read_run(path)
    assert name == "a"
    assert rankings(found) == {
        file_id(query): {file_id(candidate): score for candidate, score in scores.items()}
        for query, scores in rankings(run).items()
    }
