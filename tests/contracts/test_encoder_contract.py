"""What every Encoder promises, on every implementation."""

import numpy as np
import pytest

from recommender.encoders.encoder import Encoder
from recommender.encoders.static import StaticEncoder, save_static

TEXTS = ["the lock gate", "la vanne de l'écluse", "lock lock pump", "gate"]
WORDS = sorted({word for text in TEXTS for word in text.replace("'", " ' ").split()})


def make_tokenizer():
    """Split words at spaces and punctuation."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def make_table(dim: int):
    table = np.random.default_rng(4).standard_normal((len(WORDS) + 1, dim)).astype(np.float32)
    table[0] = 0
    return table


@pytest.fixture(scope="session")
def sentence_transformer_folder(tmp_path_factory):
    """A model without a network: the mean of the embeddings of its tokens."""
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    module = StaticEmbedding(make_tokenizer(), embedding_weights=make_table(8))
    sentence_transformers.SentenceTransformer(modules=[module], device="cpu").save(str(folder))
    return folder


@pytest.fixture(params=["static-int8", "static-float16", pytest.param("sentence-transformer", marks=pytest.mark.slow)])
def encoder(request, tmp_path) -> Encoder:
    if request.param == "sentence-transformer":
        from recommender.encoders.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(str(request.getfixturevalue("sentence_transformer_folder")))
    save_static(tmp_path, make_tokenizer(), make_table(8), "tiny", request.param.removeprefix("static-"))
    return StaticEncoder.load(tmp_path)


def test_each_text_gives_one_float32_row_of_unit_length(encoder):
    embeddings = encoder.encode(TEXTS)

    assert (embeddings.shape, embeddings.dtype) == ((4, encoder.dim), np.float32)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_texts_without_known_words_give_zeros(encoder):
    assert not encoder.encode(["", "  \n"]).any()


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_a_text_gives_the_same_embedding_alone_and_among_others(encoder):
    assert encoder.encode(TEXTS)[2] == pytest.approx(encoder.encode([TEXTS[2]])[0], abs=1e-6)


def test_an_embedding_is_the_mean_of_those_of_its_words(encoder):
    lock, pump, both = encoder.encode(["lock", "pump", "lock lock pump"])
    table = make_table(8)
    expected = 2 * table[1 + WORDS.index("lock")] + table[1 + WORDS.index("pump")]

    assert both == pytest.approx(expected / np.linalg.norm(expected), abs=0.02)
    assert not np.allclose(lock, pump, atol=0.1)


def test_the_id_names_the_encoder_and_stays_the_same(encoder):
    assert encoder.id.split(":")[0] in {"static", "sentence-transformers"}
    assert encoder.id == encoder.id
    assert encoder.dim == 8
