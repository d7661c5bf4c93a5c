import numpy as np
import pytest

from recommender.encoders.choose import load_encoder
from recommender.encoders.general_quality import GeneralCheck, compare_general, measure_general, read_general_pairs
from recommender.encoders.static import StaticEncoder


@pytest.fixture(scope="module")
def bundled():
    return load_encoder("bundled")


def test_the_general_sentences_are_many_and_different():
    sentences = [sentence for pair in read_general_pairs() for sentence in pair]

    assert len(set(sentences)) == len(sentences) >= 300
    assert all(sentence == sentence.strip() and sentence for sentence in sentences)


def test_an_unchanged_encoder_keeps_everything(bundled):
    quality = measure_general(bundled.encode)

    check = compare_general(quality, quality)

    assert quality.accuracy > 0.95
    assert check == GeneralCheck(quality.accuracy, quality.accuracy, pytest.approx(1.0))
    assert check.kept


def test_an_encoder_whose_pieces_were_exchanged_does_not(bundled):
    mixed = np.random.default_rng(1).permutation(bundled.piece_embeddings())

    check = compare_general(
        measure_general(bundled.encode),
        measure_general(StaticEncoder("mixed", bundled.tokenizer, mixed, None).encode),
    )

    assert check.accuracy_after < 0.5
    assert not check.kept


@pytest.mark.parametrize(
    ("after", "correlation", "kept"), [(0.98, 0.85, True), (0.97, 0.99, False), (0.99, 0.84, False)]
)
def test_too_many_lost_translations_or_too_different_similarities_are_a_loss(after, correlation, kept):
    assert GeneralCheck(0.99, after, correlation).kept is kept
