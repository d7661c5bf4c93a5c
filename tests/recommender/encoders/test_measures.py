import numpy as np
import pytest

from recommender.encoders.measures import partner_accuracy, partner_reciprocal_rank, rank_correlation

VECTORS = {"a": [1, 0], "b": [0.8, 0.6], "c": [0, 1]}


def encode(texts):
    return np.array([VECTORS[text] for text in texts], np.float32)


def test_rank_correlation_gives_ties_their_mean_rank():
    # Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5).
    assert rank_correlation([1, 2, 2, 9], [10, 20, 30, 40]) == pytest.approx(0.94868, abs=1e-5)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 1], [3, 2, 1]) == 0


def test_partners_are_those_at_the_same_place():
    assert partner_accuracy(encode, ["a", "b", "c"], ["a", "c", "b"]) == pytest.approx(1 / 3)
    # b: itself is nearer than c, so its partner c comes second; likewise b for c.
    assert partner_reciprocal_rank(encode, ["a", "b", "c"], ["a", "c", "b"]) == pytest.approx((1 + 1 / 3 + 1 / 2) / 3)
