import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.encoders import choose
from recommender.encoders.choose import load_encoder

FOLDER = Path(choose.__file__).parent / "bundled"


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


def test_the_weights_take_less_than_20_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 20_000_000


@pytest.mark.parametrize(
    "text",
    ["pompe de relevage", "POMPE", "pmope de rellevage", "maintenance", "def f(x): return x[0]", "Übergröße", "ポンプ"],
)
def test_a_text_gives_a_row_of_unit_length_or_of_zeros(encoder, text):
    length = float(np.linalg.norm(encoder.encode([text])))

    assert length == pytest.approx(1, abs=1e-5) or length == 0


@pytest.mark.parametrize("text", ["", "   \n", "\u200b"])
def test_a_text_that_says_nothing_gives_zeros(encoder, text):
    assert not encoder.encode([text]).any()


@pytest.mark.parametrize("text", ["😀", "a" * 100_000, "lock " * 200_000, "\ud800", "\x00"])
def test_no_text_is_too_strange_to_encode(encoder, text):
    assert np.isfinite(encoder.encode([text])).all()


def test_case_and_accents_make_no_difference(encoder):
    first, second = encoder.encode(["La vanne de l'écluse", "LA VANNE DE L’ECLUSE"])

    assert first == pytest.approx(second)


def test_a_question_finds_its_answer_across_languages_and_misspellings(encoder):
    documents = encoder.encode(["The pump station was repaired.", "Le congé parental se demande par écrit."])

    assert np.argmax(documents @ encoder.encode(["réparation des pompes"])[0]) == 0
    assert np.argmax(documents @ encoder.encode(["parental leave request"])[0]) == 1
    assert np.argmax(documents @ encoder.encode(["repaire of the pumpe"])[0]) == 0


def test_loading_and_encoding_imports_no_torch():
    code = (
        "import sys; from recommender.encoders.choose import load_encoder;"
        "load_encoder('bundled').encode(['a']); sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_the_sentence_transformer_of_the_same_table_gives_the_same_embeddings(encoder, tmp_path):
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from recommender.encoders.static import to_sentence_transformer

    texts = ["pompe de relevage", "Who maintains the lock gates? 😀", "x"]
    to_sentence_transformer(FOLDER).save(str(tmp_path))
    found = sentence_transformers.SentenceTransformer(str(tmp_path), device="cpu").encode(
        texts, normalize_embeddings=True, show_progress_bar=False
    )

    assert encoder.encode(texts) == pytest.approx(found, abs=1e-5)
