import sys

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from models.errors import InvalidInputError, MissingPackageError
from recommender.encoders.choose import load_encoder
from recommender.encoders.static import save_static


@pytest.mark.parametrize("name", [None, "words"])
def test_words_need_no_encoder(name):
    assert load_encoder(name) is None


def test_the_folder_of_a_static_encoder_gives_it(tmp_path):
    save_static(tmp_path, Tokenizer(models.WordLevel({"a": 0}, unk_token="a")), np.ones((1, 2)), "tiny", "int8")

    assert load_encoder(str(tmp_path)).id.startswith("static:tiny:")


@pytest.mark.parametrize("name", ["bert", "sentence-transformers:", ""])
def test_another_name_is_refused_with_the_choices(name):
    with pytest.raises(InvalidInputError, match=f"'{name}'; choose bundled, words, .*sentence-transformers:NAME"):
        load_encoder(name)


def test_a_missing_package_is_told_with_the_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(MissingPackageError, match=r'pip install "releve\[encoders\]"'):
        load_encoder("sentence-transformers:some/model")


@pytest.mark.slow
def test_an_unknown_sentence_transformers_model_is_told(tmp_path):
    pytest.importorskip("sentence_transformers")

    with pytest.raises(InvalidInputError, match="nothing-here"):
        load_encoder(f"sentence-transformers:{tmp_path}/nothing-here")
