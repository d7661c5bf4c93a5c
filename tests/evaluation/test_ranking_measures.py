import pytest

from evaluation.ranking_measures import ndcg


def test_ndcg_discounts_the_gains_by_the_logarithm_of_the_rank():
    # Gains 0, 2, 1: 2 / log2(3) + 1 / log2(4) = 1.7619; ideal 2 + 1 / log2(3) = 2.6309.
    assert ndcg(["c", "a", "b"], {"a": 2, "b": 1}) == pytest.approx(0.66967, abs=1e-5)


def test_a_perfect_ranking_has_1_and_one_that_finds_nothing_0():
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg([], {"a": 1}) == 0


def test_documents_beyond_the_depth_count_neither_as_found_nor_as_ideal():
    assert ndcg(["x", "a"], {"a": 1}, depth=1) == 0
    assert ndcg(["a"], {"a": 1, "b": 1}, depth=1) == 1
