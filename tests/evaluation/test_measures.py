from __future__ import annotations

import tempfile
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.measures import is_mean, measure_queries, parse_measure, parse_measures, summarise
from evaluation.trec_files import write_qrels, write_run
from models.errors import InvalidInputError

QRELS = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}, "q3": {"d": 0}}
RUN = {"q1": {"x": 3.0, "a": 2.0, "b": 1.0}, "q4": {"a": 1.0}}


def measured(name: str, run: dict[str, dict[str, float]] = RUN) -> dict[str, float]:
    measure = parse_measure(name)
    return dict(measure_queries([measure], QRELS, run)[str(measure)])


def test_the_default_measures_carry_the_names_of_ir_measures() -> None:
    assert [str(measure) for measure in parse_measures([])] == ["RR", "P@1", "P@5", "nDCG@10", "R@10", "AP"]


def test_mrr_and_map_stand_for_rr_and_ap_and_count_once() -> None:
    assert [str(measure) for measure in parse_measures(["MRR", "RR", "MAP"])] == ["RR", "AP"]


@pytest.mark.parametrize(
    "name", ["nDCG@10", "P(rel=2)@5", "nDCG(dcg='exp-log2')@5", "SetF(beta=0.5)", "RR@10", "AP(rel=2)"]
)
def test_a_name_means_what_ir_measures_means_by_it(name: str) -> None:
    assert parse_measure(name) == ir_measures.parse_measure(name)


@pytest.mark.parametrize(
    "name", ["Best", "P", "P@x", "P(2)@5", "P(rel=open('x'))@5", "P(relevant=2)@5", "RR@0.5", "alpha_nDCG@10", ""]
)
def test_a_measure_that_cannot_be_computed_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidInputError, match="measure"):
        parse_measure(name)


def test_each_query_of_the_judgements_counts_and_one_not_answered_counts_0() -> None:
    # q1: a is second, so 1/2; q2 is not answered; q3 has nobody relevant; q4 has no judgements.
    assert measured("RR") == {"q1": 0.5, "q2": 0.0, "q3": 0.0}
    assert summarise(parse_measure("RR"), measured("RR").values()) == pytest.approx(1 / 6)


def test_ndcg_has_the_gains_of_the_grades_by_hand() -> None:
    # Gains 0, 2, 1: 2 / log2(3) + 1 / log2(4) = 1.7619; ideal 2 + 1 / log2(3) = 2.6309.
    assert measured("nDCG@10")["q1"] == pytest.approx(0.66967, abs=1e-5)
    assert measured("nDCG@1")["q1"] == 0


def test_of_tied_candidates_the_last_id_comes_first_as_in_trec_eval() -> None:
    assert measured("RR", {"q1": {"a": 1.0, "x": 1.0}})["q1"] == 0.5
    assert measured("RR", {"q1": {"a": 1.0, "B": 1.0}})["q1"] == 1.0


def test_a_query_with_an_empty_answer_counts_0() -> None:
    assert measured("P@5", {"q1": {}, "q2": {"c": 1.0}}) == {"q1": 0.0, "q2": 0.2, "q3": 0.0}


def test_a_query_for_which_a_measure_is_not_defined_counts_0() -> None:
    assert measured("Accuracy", {"q3": {"d": 1.0, "e": 0.5}})["q3"] == 0


def test_counts_are_summed_and_means_are_means() -> None:
    assert summarise(parse_measure("NumRet"), [3.0, 1.0]) == 4
    assert not is_mean(parse_measure("NumRet"))
    assert is_mean(parse_measure("AP"))


PEOPLE = st.sampled_from("abcdefgh")
SCORES = st.sampled_from([0.0, 0.1, 0.1 + 1e-12, 0.5, 1.0, 2.0])
QUERIES = st.sampled_from(["1", "2", "3"])
NAMES = ["RR", "P@1", "P@5", "nDCG@10", "R@10", "AP", "P(rel=2)@5", "Success@3", "Rprec", "RR@10", "Judged@3", "NumRet"]


@given(
    st.dictionaries(QUERIES, st.dictionaries(PEOPLE, st.integers(0, 3), min_size=1), min_size=1),
    st.dictionaries(QUERIES, st.dictionaries(PEOPLE, SCORES, min_size=1), min_size=1),
)
def test_ir_measures_reads_the_same_figures_out_of_the_files(
    qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> None:
    measures = parse_measures(NAMES)
    ours = measure_queries(measures, qrels, run)
    with tempfile.TemporaryDirectory() as folder:
        write_qrels(Path(folder) / "qrels.txt", qrels)
        write_run(Path(folder) / "a.run", "a", run)
        theirs = ir_measures.calc(
            [ir_measures.parse_measure(name) for name in NAMES],
            list(ir_measures.read_trec_qrels(f"{folder}/qrels.txt")),
            list(ir_measures.read_trec_run(f"{folder}/a.run")),
        )
    assert {(m.query_id, str(m.measure)): m.value for m in theirs.per_query} == {
        (query_id, name): value for name, values in ours.items() for query_id, value in values.items()
    }
    for measure in measures:
        assert summarise(measure, ours[str(measure)].values()) == pytest.approx(theirs.aggregated[measure])
