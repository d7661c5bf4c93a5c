import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evaluation import alternatives
from evaluation.trec_files import read_run
from models.errors import MissingPackageError

from .test_collections import ASSOCIATIONS, write_collection

PEOPLE = "query-id\tperson-id\tscore\n1\tann\t1\n2\tbob\t1\n"


class CountsWords:
    """Stands for rank_bm25, which the tests do not install: how many words of the question a text holds."""

    def __init__(self, texts: list[list[str]]) -> None:
        self.texts = texts

    def get_scores(self, words: list[str]) -> Any:
        return np.array([sum(word in text for word in words) for text in self.texts], np.float64)


@pytest.fixture
def rank_bm25_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rank_bm25", SimpleNamespace(BM25Okapi=CountsWords))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "txtai", None)  # type: ignore[arg-type]


def test_a_person_has_the_best_or_the_mean_score_of_their_documents(tmp_path: Path, rank_bm25_only: None):
    files = alternatives.read_collection(write_collection(tmp_path, PEOPLE, ASSOCIATIONS))
    made = alternatives.alternatives(files, None)
    scores = {}
    for name in ("rank_bm25_max", "rank_bm25_mean"):
        search, rank = made[name]()
        scores[name] = rank(search("a pump on rubber"))
    # The first document holds "a", the second all four words; Ann stands behind both, Bob behind the second.
    assert scores == {"rank_bm25_max": {"ann": 4, "bob": 4}, "rank_bm25_mean": {"ann": 2.5, "bob": 4}}


def test_each_alternative_writes_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rank_bm25_only: None):
    folder = write_collection(tmp_path, PEOPLE, ASSOCIATIONS)
    chosen = alternatives.alternatives
    monkeypatch.setattr(
        alternatives, "alternatives", lambda *given: {"rank_bm25_mean": chosen(*given)["rank_bm25_mean"]}
    )
    arguments = ["", str(folder), str(tmp_path / "runs"), "--encoder", "words", "--queries", "1"]
    monkeypatch.setattr(sys, "argv", arguments)
    alternatives.main()
    name, run = read_run(tmp_path / "runs" / "rank_bm25_mean.run")
    assert name == "rank_bm25_mean"
    assert set(run) == {"1"}


def test_a_missing_package_is_named_with_how_to_install_it(tmp_path: Path, rank_bm25_only: None):
    files = alternatives.read_collection(write_collection(tmp_path, PEOPLE, ASSOCIATIONS))
    with pytest.raises(MissingPackageError, match=r'txtai is not installed; run: pip install "releve\[bench\]"'):
        alternatives.alternatives(files, None)["txtai_bm25"]()
