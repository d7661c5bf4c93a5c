"""How areas are measured."""

from __future__ import annotations

import pytest

from evaluation.areas import agree, kept_share


def test_the_same_parts_agree_wholly_and_one_part_with_nothing() -> None:
    same = agree(["a", "a", "b", "b"], ["x", "x", "y", "y"])
    assert (same.information, same.rand, same.purity) == pytest.approx((1.0, 1.0, 1.0))
    one = agree(["a", "a", "a", "a"], ["x", "x", "y", "y"])
    assert (one.information, one.rand, one.purity) == pytest.approx((0.0, 0.0, 0.5))


def test_the_adjusted_rand_index_is_that_of_a_hand_count() -> None:
    found, known = ["a", "a", "a", "b", "b", "c"], ["x", "x", "y", "x", "x", "y"]
    both, ones, twos, total = 2, 4, 7, 15
    expected = ones * twos / total
    assert agree(found, known).rand == pytest.approx((both - expected) / ((ones + twos) / 2 - expected))


def test_a_document_keeps_its_area_or_not() -> None:
    assert kept_share({"d1": "a", "d2": "b"}, {"d1": "a", "d2": "c", "d3": "a"}) == 0.5
