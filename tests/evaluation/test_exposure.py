from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.exposure import Exposure, gini, measure_exposure, top_share


def test_gini_by_hand() -> None:
    assert gini([1, 1, 1, 1]) == 0
    # One of four has all: (n - 1) / n.
    assert gini([0, 0, 0, 4]) == 0.75
    # 2 (1·1 + 2·2 + 3·3 + 4·4) / (4 · 10) - 5/4 = 1.5 - 1.25.
    assert gini([4, 2, 1, 3]) == pytest.approx(0.25)
    assert gini([]) == gini([0, 0]) == 0


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any))
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    people = len(counts)
    differences = sum(abs(one - other) for one in counts for other in counts)
    assert gini(counts) == pytest.approx(differences / (2 * people * sum(counts)))


def test_top_share_by_hand() -> None:
    assert top_share([2, 5, 3], people=2) == 0.8
    assert top_share([1] * 20, people=10) == 0.5
    assert top_share([], people=10) == 0


def test_exposure_counts_the_first_ten_of_each_judged_query_and_all_candidates() -> None:
    scores = {f"p{place:02}": 100.0 - place for place in range(12)}
    run = {"q1": scores, "q2": {"p00": 1.0, "p01": 0.5}, "q3": {"p50": 1.0}}
    found = measure_exposure(run, ["q1", "q2"], candidates=20)
    # p00 and p01 twice, p02 to p09 once: twelve recommendations of ten people; ten of twenty never.
    # Ordered: ten 0, eight 1 (ranks 11-18, sum 116), two 2 (ranks 19, 20): 2 (116 + 78) / (20 · 12) - 21/20.
    assert found == Exposure(gini=pytest.approx(2 * 194 / 240 - 1.05), top_ten_share=1.0, people=10, candidates=20)


def test_candidates_are_at_least_those_recommended() -> None:
    assert measure_exposure({"q1": {"a": 1.0, "b": 2.0}}, ["q1"], candidates=1).candidates == 2


def test_a_system_that_names_nobody_has_no_exposure() -> None:
    assert measure_exposure({}, ["q1"], candidates=3) == Exposure(0.0, 0.0, 0, 3)
