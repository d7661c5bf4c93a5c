from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evaluation.encoder_measures import EncoderReport, measure_bitext, measure_sts
from models.errors import InvalidInputError
from recommender.indexes.index import Embeddings

ANGLES = {"lock": 0.0, "écluse": 0.1, "gate": 0.5, "porte": 1.4, "pump": 1.5, "pompe": 1.45}


class Angles:
    """Words at known angles, so that their cosines are known."""

    id = "angles"
    dim = 2

    def encode(self, texts: Sequence[str]) -> Embeddings:
        return np.array([[np.cos(ANGLES[text]), np.sin(ANGLES[text])] for text in texts], np.float32)


def test_sts_is_spearman_with_its_interval(tmp_path: Path) -> None:
    path = tmp_path / "sts.csv"
    # Cosines fall in the order 1, 2, 3, 4; the judgements have the last two the other way: 1 - 6·2 / (4·15) = 0.8.
    path.write_text(
        "sentence1,sentence2,score\nlock,lock,5\nlock,écluse,4\nlock,gate,0\nlock,pump,1\n", encoding="utf-8"
    )
    report = measure_sts(path, Angles(), seed=1, command="c")
    assert report.measures == {"spearman": pytest.approx(0.8)}
    low, high = report.intervals["spearman"]
    assert low < 0.8
    assert high == pytest.approx(1)
    assert (report.pairs, report.encoder, report.seed, report.command) == (4, "angles", 1, "c")
    assert report == measure_sts(path, Angles(), seed=1, command="c")


def test_bitext_is_the_share_whose_nearest_is_its_translation_each_way(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl.gz"
    pairs = [("écluse", "lock"), ("porte", "gate"), ("pompe", "pump")]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"fr": french, "en": english}) + "\n" for french, english in pairs)
    report = measure_bitext(path, Angles(), seed=1, command="c")
    # porte is nearest to pump; gate is nearest to écluse.
    assert report.measures == {"fr_to_en": pytest.approx(2 / 3), "en_to_fr": pytest.approx(2 / 3)}
    assert report.pairs == 3
    assert EncoderReport.from_json(json.loads(json.dumps(report.to_json()))) == report


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "has no columns sentence1, sentence2, score"),
        ("sentence1,sentence2,score\nlock,gate,high\n", "a score that is no number"),
        ("sentence1,sentence2,score\nlock\n", "a score that is no number"),
        ("sentence1,sentence2,score\n", "holds no pairs"),
        ("", "has no columns"),
    ],
)
def test_a_file_that_is_no_sts_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "sts.csv"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match=said):
        measure_sts(path, Angles(), seed=1, command="c")


@pytest.mark.parametrize(
    ("content", "said"),
    [('{"fr": "a"}\n', "line 1: no pair"), ("[]\n", "line 1: no pair"), ("\nx\n", "line 2: no pair"), ("", "no pairs")],
)
def test_a_file_that_is_no_bitext_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match=said):
        measure_bitext(path, Angles(), seed=1, command="c")
