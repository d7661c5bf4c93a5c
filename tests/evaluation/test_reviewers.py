import gzip
import json

import numpy as np
import pytest

from evaluation.reviewers import compare_pairs, measure_reviewers


def test_the_loss_is_the_share_of_the_judged_differences_ordered_wrongly():
    # right by 1, wrong by 3, tied by 2: (3 + 2 / 2) / 6
    assert compare_pairs([(0.2, 1.0), (-0.1, 3.0), (0.0, 2.0)]) == {"loss": 0.6667, "pair_accuracy": 0.5}


class Directions:
    """Embeds a text as the direction that its last word names, in degrees."""

    id, dim = "directions", 2

    def encode(self, texts):
        angles = np.radians([float(text.split()[-1]) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def collection(tmp_path):
    corpus = {"a": "0", "b": "30", "c": "60", "d": "90", "e": "20", "f": "20", "g": "20"}
    rows = {
        "corpus": [{"_id": name, "title": "Paper", "text": angle} for name, angle in corpus.items()],
        "queries": [{"_id": "q", "text": "Anchor 0"}],
    }
    for name, lines in rows.items():
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    wrote = [("a", "wide"), ("b", "wide"), ("c", "wide"), ("d", "wide"), ("e", "near"), ("f", "near"), ("g", "near")]
    with gzip.open(tmp_path / "associations.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("doc_id\tperson_id\trole\tweight\n")
        file.writelines(f"{document}\t{person}\twrote\t1\n" for document, person in [*wrote, ("d", "lone")])
    header = "query-id\tpositive_person\tnegative_person\tpositive_score\tnegative_score\n"
    (tmp_path / "pairs.tsv").write_text(f"{header}q\tnear\twide\t5\t3\nq\tlone\twide\t4\t3\n", encoding="utf-8")
    return tmp_path


def test_a_reviewer_is_as_near_as_the_mean_of_their_three_nearest_papers(collection):
    # near: cos 20 = 0.94; wide: mean of cos 0, 30, 60 = 0.79, though its nearest is 1; lone: cos 90 = 0
    assert measure_reviewers(Directions(), collection) == {"loss": 0.3333, "pair_accuracy": 0.5}
