import numpy as np
import pytest

from recommender.encoders.measures import (
    crossed_correlation,
    partner_accuracy,
    partner_reciprocal_rank,
    rank_correlation,
    similarity_correlation,
)

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


def test_first_sentences_of_one_file_are_compared_with_second_sentences_of_the_other(tmp_path):
    first, second = tmp_path / "fr.csv", tmp_path / "en.csv"
    first.write_text("sentence1,sentence2,score\na,a,9\na,a,9\na,a,9\n", encoding="utf-8")
    second.write_text("sentence1,sentence2,score\nc,a,3\nc,b,2\nc,c,1\n", encoding="utf-8")

    assert crossed_correlation(encode, first, second) == pytest.approx(1)
    assert similarity_correlation(encode, second) == pytest.approx(-1)
