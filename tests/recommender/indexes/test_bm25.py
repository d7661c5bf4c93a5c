import numpy as np
import pytest

from recommender.indexes.bm25 import Postings, Visible, hash_terms, score_words
from recommender.indexes.index import WordQuery


@pytest.fixture
def postings():
    """Lock is in rows 0 and 2, gate in row 2."""
    hashes = hash_terms(["lock", "gate"])
    rows = {hashes[0]: ([0, 2], [1, 3]), hashes[1]: ([2], [2])}
    terms = np.sort(hashes)
    return Postings(
        terms,
        np.cumsum([0, *(len(rows[term][0]) for term in terms)]),
        np.concatenate([np.array(rows[term][0], np.int32) for term in terms]),
        np.concatenate([np.array(rows[term][1], np.uint16) for term in terms]),
    )


def test_the_hash_of_a_term_never_changes():
    assert hash_terms(["lock", "écluse"]).tolist() == [101840856560334716, 5693426146979803055]
    assert hash_terms([]).tolist() == []


def test_a_term_gives_its_rows_and_counts(postings):
    rows, counts = postings.of(hash_terms(["lock"])[0])

    assert (rows.tolist(), counts.tolist()) == ([0, 2], [1, 3])
    assert postings.of(hash_terms(["dredge"])[0])[0].size == 0


def test_rows_that_are_not_visible_score_nothing_and_count_for_nothing(postings):
    lengths = np.array([4, 50, 4], np.int32)
    visible = Visible.from_mask(np.array([True, False, False]), lengths)
    scores, bound = score_words(postings, WordQuery([("lock", "gate")]), visible)

    # N = n = 1: idf = ln(1 + 0.5 / 1.5) = 0.287682; f = 1, length = mean: 0.287682 x 2.2 / 2.2
    assert scores.tolist() == pytest.approx([0.2876821, 0, 0], abs=1e-7)
    # However often a word is repeated, it adds less than idf x 2.2.
    assert bound == pytest.approx(0.2876821 * 2.2, abs=1e-6)


def test_nothing_visible_scores_nothing(postings):
    visible = Visible.from_mask(np.zeros(3, np.bool_), np.array([4, 4, 4], np.int32))

    scores, bound = score_words(postings, WordQuery([("lock",)]), visible)
    assert scores.tolist() == [0, 0, 0]
    # N = n = 0: idf = ln(1 + 0.5 / 0.5) = 0.693147.
    assert bound == pytest.approx(0.6931472 * 2.2, abs=1e-6)


def test_passages_without_words_have_a_mean_length_of_zero():
    visible = Visible.from_mask(np.ones(2, np.bool_), np.zeros(2, np.int32))

    assert visible.norms.tolist() == pytest.approx([0.3, 0.3])
