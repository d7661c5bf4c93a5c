import gzip
import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from evaluation import encoders
from recommender.encoders.static import StaticEncoder, save_static


@pytest.fixture
def encoder(tmp_path):
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "lock": 1, "écluse": 2, "pump": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.array([[0, 0], [1, 0], [1, 0.1], [0, 1]], np.float32)
    save_static(tmp_path / "encoder", tokenizer, table, "tiny", "float16")
    return StaticEncoder.load(tmp_path / "encoder")


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def test_a_retrieval_set_is_measured_by_words_by_meaning_and_by_both(tmp_path, encoder):
    folder = tmp_path / "retrieval" / "locks-fr2en"
    write_lines(folder / "corpus.jsonl.gz", [{"_id": "1", "text": "lock"}, {"_id": "2", "text": "pump"}])
    write_lines(folder / "queries.jsonl.gz", [{"_id": "q1", "text": "écluse"}, {"_id": "q2", "text": "pump"}])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t1\t1\nq2\t2\t1\n")

    measured = encoders.measure_retrieval(encoder, folder.parent, None)

    assert measured == {"locks-fr2en": {"words": 0.5, "meaning": 1.0, "fusion": 1.0}}


def test_similarity_is_the_rank_correlation_with_the_judgements(tmp_path, encoder):
    path = tmp_path / "stsb-en-dev.csv"
    path.write_text("sentence1,sentence2,score\nlock,lock,5\nlock,écluse,4\nlock,pump,0\n", encoding="utf-8")

    assert encoders.measure_similarity(encoder, tmp_path, "dev") == {"stsb-en-dev": 1.0}
    assert encoders.measure_similarity(encoder, tmp_path, "test") == {}


def test_bitext_counts_the_translations_that_are_nearest(tmp_path, encoder):
    write_lines(tmp_path / "pairs.jsonl.gz", [{"en": "lock", "fr": "écluse"}, {"en": "pump", "fr": "pump"}])

    assert encoders.measure_bitext(encoder, tmp_path) == {"pairs": {"fr_to_en": 1.0, "en_to_fr": 1.0}}
