from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.significance import average_interval, bootstrap_interval, holm, randomisation_p


def test_with_three_queries_every_assignment_of_signs_is_counted() -> None:
    # Differences 3, 2, -1 sum to 4. Of the 8 sums ±3±2±1 (6, 4, 2, 0 and their opposites) four are at least 4.
    assert randomisation_p([3.0, 2.0, -1.0], seed=1) == pytest.approx([0.5])


def test_four_equal_differences_can_only_be_as_extreme_two_ways_of_sixteen() -> None:
    assert randomisation_p([0.1, 0.1, 0.1, 0.1], seed=1) == pytest.approx([2 / 16])


def test_no_difference_has_p_1() -> None:
    assert randomisation_p(np.zeros(5), seed=1) == pytest.approx([1.0])
    assert randomisation_p(np.zeros(50), seed=1) == pytest.approx([1.0])


def test_p_is_never_0_for_the_observed_signs_count_too() -> None:
    assert randomisation_p(np.ones(200), seed=1, permutations=99) == pytest.approx([1 / 100])


def test_random_signs_come_near_the_exact_p() -> None:
    # Thirteen differences of 1, nine of them for one side: P(|S| >= 5) of 13 tosses is 2 P(X >= 9) = 0.2668.
    differences = [1.0] * 9 + [-1.0] * 4
    assert randomisation_p(differences, seed=1) == pytest.approx([0.2668], abs=0.02)


def test_a_seed_gives_the_same_p_and_another_seed_another() -> None:
    differences = np.random.default_rng(0).normal(0.05, 1, 60)
    assert randomisation_p(differences, seed=3) == randomisation_p(differences, seed=3)
    assert randomisation_p(differences, seed=3) != randomisation_p(differences, seed=4)


def test_columns_are_tested_as_if_alone() -> None:
    both = np.random.default_rng(0).normal(0.1, 1, (40, 2))
    assert list(randomisation_p(both, seed=1)) == [
        *randomisation_p(both[:, 0], seed=1),
        *randomisation_p(both[:, 1], seed=1),
    ]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8))
def test_exact_p_is_the_share_of_signs_that_are_as_extreme(differences: list[int]) -> None:
    sums = [
        sum(s * d for s, d in zip(signs, differences, strict=True))
        for signs in product((1, -1), repeat=len(differences))
    ]
    expected = np.mean([abs(total) >= abs(sum(differences)) for total in sums])
    assert randomisation_p([d / 10 for d in differences], seed=1) == pytest.approx([expected])


def test_holm_multiplies_the_smallest_by_all_the_next_by_one_less_and_never_decreases() -> None:
    # 0.01 x 3 = 0.03; 0.03 x 2 = 0.06; 0.04 x 1 = 0.04, raised to 0.06.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(p_values: list[float]) -> None:
    corrected = holm(p_values)
    for p, found in zip(p_values, corrected, strict=True):
        assert p <= found <= min(1, p * len(p_values)) or found == pytest.approx(max(corrected))
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    assert [corrected[place] for place in order] == sorted(corrected)


def test_the_interval_of_a_constant_is_that_constant() -> None:
    low, high = bootstrap_interval([0.25] * 7, seed=1)
    assert (low, high) == (pytest.approx([0.25]), pytest.approx([0.25]))


def test_the_interval_of_ten_of_twenty_is_that_of_the_binomial() -> None:
    # Resampled means are X / 20 with X binomial(20, 0.5): P(X <= 5) = 0.021, P(X <= 6) = 0.058.
    low, high = bootstrap_interval([1.0] * 10 + [0.0] * 10, seed=1)
    assert (low, high) == (pytest.approx([0.3]), pytest.approx([0.7]))


def test_two_queries_resample_to_three_means() -> None:
    # 0 and 1 give means 0, 1/2, 1 with chances 1/4, 1/2, 1/4; the middle 40 % is 1/2 alone.
    assert bootstrap_interval([0.0, 1.0], seed=1) == (pytest.approx([0.0]), pytest.approx([1.0]))
    assert bootstrap_interval([0.0, 1.0], seed=1, confidence=0.4) == (pytest.approx([0.5]), pytest.approx([0.5]))


def test_the_same_queries_are_drawn_for_every_column() -> None:
    values = np.random.default_rng(0).normal(size=30)
    low, high = bootstrap_interval(np.column_stack([values, values + 1]), seed=1)
    assert low[1] - low[0] == pytest.approx(1)
    assert high[1] - high[0] == pytest.approx(1)


def test_queries_of_one_group_get_one_sign_together() -> None:
    # 3 and 2 belong together: the sums are ±5±1, and all four are at least as far from 0 as 4.
    assert randomisation_p([3.0, 2.0, -1.0], seed=1, groups=["a", "a", "b"]) == pytest.approx([1.0])
    assert randomisation_p([3.0, 2.0, -1.0], seed=1, groups=["a", "b", "c"]) == pytest.approx([0.5])


def test_queries_of_one_group_are_drawn_together_and_a_large_group_weighs_more() -> None:
    low, high = bootstrap_interval([1.0, 1.0, 1.0, 0.0], seed=1, groups=["a", "a", "a", "b"])
    # Drawn are a twice, b twice or both, in which three of four queries have 1.
    assert (low[0], high[0]) == (0.0, 1.0)
    alone, same = bootstrap_interval([1.0, 0.0, 0.5], seed=1, groups=["a", "a", "a"])
    assert (alone[0], same[0]) == pytest.approx((0.5, 0.5))


def test_the_average_over_sets_draws_within_each_and_counts_each_the_same() -> None:
    # The large set has one group and stays 1; the small one is 0, 0.5 or 1.
    low, high = average_interval([([1.0] * 5, ["a"] * 5), ([0.0, 1.0], None)], seed=1)
    assert (low[0], high[0]) == (0.5, 1.0)
    low, high = average_interval([([0.2, 0.4], ["a", "a"]), ([0.8], None)], seed=1)
    assert (low[0], high[0]) == pytest.approx((0.55, 0.55))
