import numpy as np
import pytest

from recommender.encoders import own_learning
from recommender.encoders.own_learning import OwnLearning, count_pieces, learn_pairs, weigh_by_frequency


def pieces(*texts):
    return [np.array(text, np.int64) for text in texts]


def test_a_piece_weighs_less_the_more_often_it_occurs_and_grammar_less_than_it_occurs():
    table = np.ones((4, 2), np.float32)

    weighed = weigh_by_frequency(table, pieces([0] * 998 + [1, 1]), np.array([3]))

    # 0.002 / (0.002 + share): shares 0.998, 0.002, 0, and 0.002 for grammar
    assert weighed[:, 0] == pytest.approx([0.002, 0.5, 1, 0.5], rel=1e-3)


def test_pieces_are_counted_for_each_text():
    found, counts = count_pieces(pieces([5, 2, 5], [2]))

    assert found.tolist() == [2, 5]
    assert counts.tolist() == [[1, 2], [1, 0]]


def loss(table, counts, subjects, scale):
    sums = counts @ table
    units = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    half = len(subjects)
    logits = scale * units[:half] @ units[half:].T
    logits[(subjects[:, None] == subjects) & ~np.eye(half, dtype=bool)] = -np.inf
    both = [np.diagonal(side) - np.log(np.exp(side).sum(axis=1)) for side in (logits, logits.T)]
    return -np.mean(both)


def test_the_gradient_is_that_of_the_loss():
    draw = np.random.default_rng(1)
    table = draw.standard_normal((6, 3))
    counts = draw.integers(0, 3, (8, 6)).astype(float) + np.eye(8, 6)
    subjects = np.array([0, 1, 1, 2])

    found = own_learning._gradient(table, counts, subjects, 5.0)

    step = 1e-6
    for row, column in np.ndindex(*table.shape):
        moved = table.copy()
        moved[row, column] += step
        slope = (loss(moved, counts, subjects, 5.0) - loss(table, counts, subjects, 5.0)) / step
        assert found[row, column] == pytest.approx(slope, abs=1e-4)


def test_partners_come_closer_and_what_is_not_in_the_pairs_stays():
    draw = np.random.default_rng(2)
    table = draw.standard_normal((10, 8)).astype(np.float32)
    table[0] = 0
    first, second = pieces(*([n, 0] for n in range(1, 5))), pieces(*([n] for n in range(5, 9)))

    found = learn_pairs(table, first, second, list("abcd"), OwnLearning(epochs=50, learning_rate=0.05))

    units = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    assert np.argmax(units[1:5] @ units[5:9].T, axis=1).tolist() == [0, 1, 2, 3]
    assert found[0].tolist() == [0] * 8
    assert found[9].tolist() == table[9].tolist()


def test_texts_of_one_subject_are_not_told_apart():
    table = np.random.default_rng(3).standard_normal((4, 4)).astype(np.float32)

    found = learn_pairs(table, pieces([0], [1]), pieces([2], [3]), ["same", "same"], OwnLearning())

    assert found == pytest.approx(table)
