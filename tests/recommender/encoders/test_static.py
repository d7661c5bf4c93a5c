import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from models.errors import InvalidInputError
from recommender.encoders import static
from recommender.encoders.static import StaticEncoder, save_static


@pytest.fixture
def tokenizer():
    made = Tokenizer(models.WordLevel({"[UNK]": 0, "lock": 1, "gate": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


TABLE = np.array([[0, 0], [3, 4], [1, 0]], np.float32)


@pytest.mark.parametrize("precision", ["int8", "float16"])
def test_the_embedding_of_a_text_is_the_direction_of_the_sum_of_its_tokens(tmp_path, tokenizer, precision):
    save_static(tmp_path, tokenizer, TABLE, "tiny", precision)
    embeddings = StaticEncoder.load(tmp_path).encode(["lock", "lock gate unknown", "unknown", ""])

    assert embeddings == pytest.approx(np.array([[0.6, 0.8], [0.70710678, 0.70710678], [0, 0], [0, 0]]), abs=0.01)


def test_the_id_changes_with_the_weights(tmp_path, tokenizer):
    ids = []
    for folder, table in (("a", TABLE), ("b", TABLE), ("c", 2 * TABLE)):
        save_static(tmp_path / folder, tokenizer, table, "tiny", "float16")
        ids.append(StaticEncoder.load(tmp_path / folder).id)

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("static:tiny:")


def test_texts_longer_than_a_chunk_and_batch_are_added_up(tmp_path, tokenizer, monkeypatch):
    save_static(tmp_path, tokenizer, TABLE, "tiny", "int8")
    texts = ["gate", "lock " * 7 + "gate", "", "gate lock"] * 3
    expected = StaticEncoder.load(tmp_path).encode(texts)
    monkeypatch.setattr(static, "_CHUNK_TOKENS", 3)
    monkeypatch.setattr(static, "_BATCH_TEXTS", 2)

    assert StaticEncoder.load(tmp_path).encode(texts) == pytest.approx(expected, abs=1e-6)


def test_truncation_and_padding_of_the_tokenizer_are_ignored(tmp_path, tokenizer):
    tokenizer.enable_truncation(1)
    tokenizer.enable_padding(length=9, pad_id=2)
    save_static(tmp_path, tokenizer, TABLE, "tiny", "float16")

    assert StaticEncoder.load(tmp_path).encode(["lock gate"]) == pytest.approx(np.array([[0.7071, 0.7071]]), abs=1e-3)


def test_a_folder_without_an_encoder_is_told(tmp_path):
    with pytest.raises(InvalidInputError, match="No static encoder in"):
        StaticEncoder.load(tmp_path)


def test_an_encoder_of_another_format_is_told(tmp_path, tokenizer):
    save_static(tmp_path, tokenizer, TABLE, "tiny", "float16")
    (tmp_path / "static.json").write_text(json.dumps({"format": 2, "name": "tiny", "digest": ""}))

    with pytest.raises(InvalidInputError, match="format 2"):
        StaticEncoder.load(tmp_path)
