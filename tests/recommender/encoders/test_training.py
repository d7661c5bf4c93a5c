import json
import lzma

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from models.errors import InvalidInputError
from recommender.encoders.training_config import TrainingConfig, read_config

WORDS = {"lock": "ecluse", "pump": "pompe", "gate": "porte", "leave": "conge", "water": "eau", "road": "route"}


def write_config(folder, more=""):
    path = folder / "encoder.toml"
    path.write_text(f'name = "tiny"\npairs = "pairs"\nwork = "work"\noutput = "output"\n{more}', encoding="utf-8")
    return path


def test_a_configuration_is_read_with_paths_from_its_folder(tmp_path):
    config = read_config(write_config(tmp_path, 'ridge = 1\nfavoured_sources = ["tatoeba"]'))

    assert (config.pairs, config.ridge, config.favoured_sources) == (tmp_path / "pairs", 1.0, ("tatoeba",))


@pytest.mark.parametrize(
    ("more", "message"),
    [("step = 2", "Unknown key step"), ('steps = "many"', "steps: "), ("steps =", "cannot be read as TOML")],
)
def test_a_mistake_in_a_configuration_is_told(tmp_path, more, message):
    with pytest.raises(InvalidInputError, match=message):
        read_config(write_config(tmp_path, more))


def test_a_missing_key_is_told(tmp_path):
    path = tmp_path / "encoder.toml"
    path.write_text('name = "tiny"', encoding="utf-8")

    with pytest.raises(InvalidInputError, match="has no pairs, work, output; add it"):
        read_config(path)


def test_the_embedding_of_a_piece_is_found_from_texts_that_hold_it():
    pytest.importorskip("scipy")
    from recommender.encoders.distillation import fit_embeddings

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "lock": 1, "gate": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    targets = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)

    found = fit_embeddings(tokenizer, ["lock", "gate", "lock gate"], targets, ridge=0.0, iterations=10)

    assert found == pytest.approx(np.array([[0, 0], [1, 0], [0, 1]]), abs=1e-4)


@pytest.fixture
def config(tmp_path) -> TrainingConfig:
    """Sentences of three words in both languages, and a teacher that knows the English ones."""
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, **{w: n for n, w in enumerate(WORDS, 1)}}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.vstack([np.zeros(8), np.eye(8)[: len(WORDS)]]).astype(np.float32)
    teacher = StaticEmbedding(tokenizer, embedding_weights=table)
    sentence_transformers.SentenceTransformer(modules=[teacher], device="cpu").save(str(tmp_path / "teacher"))
    draw = np.random.default_rng(1)
    rows = [draw.choice(list(WORDS), 3, replace=False) for _ in range(300)]
    (tmp_path / "pairs").mkdir()
    with lzma.open(tmp_path / "pairs" / "parallel.jsonl.xz", "wt", encoding="utf-8") as lines:
        for row in rows:
            pair = {"en": " ".join(row), "fr": " ".join(WORDS[word] for word in row), "source": "tiny"}
            lines.write(json.dumps(pair) + "\n")
    sizes = 'vocabulary = 200\nbatch_size = 16\nsteps = 60\nneighbourhoods = 4\ndevice = "cpu"'
    more = f'teacher = "{tmp_path / "teacher"}"\n{sizes}'
    return read_config(write_config(tmp_path, more))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_tiny_training_learns_both_languages_and_is_repeatable(config):
    pytest.importorskip("scipy")
    from recommender.encoders.training import train_encoder

    encoder = train_encoder(config)
    english, french = encoder.encode(list(WORDS)), encoder.encode(list(WORDS.values()))

    assert np.argmax(french @ english.T, axis=1).tolist() == list(range(len(WORDS)))
    logged = [json.loads(line) for line in (config.work / "evaluations.jsonl").read_text().splitlines()]
    assert {line["stage"] for line in logged if "stage" in line} == {"distilled", "refined", "weighed"}
    (config.work / "refined.npy").unlink()
    assert train_encoder(config).id == encoder.id


def test_lines_of_text_files_are_read_in_the_order_of_their_names(tmp_path):
    from recommender.encoders.teaching import read_texts

    (tmp_path / "b.txt").write_text("a gate\n\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text(" a lock\na pump\n", encoding="utf-8")

    assert read_texts(tmp_path) == ["a lock", "a pump", "a gate"]
    assert read_texts(None) == []
    with pytest.raises(InvalidInputError, match=r"No texts in .*; it has to hold files"):
        read_texts(tmp_path / "none")
