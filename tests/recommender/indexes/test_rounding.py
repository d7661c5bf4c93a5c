"""What is rounded to one byte a number leaves out no row that belongs among the nearest."""

import numpy as np
import pytest

from recommender.indexes import generations, meaning
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.index import Passage, WordQuery

SPACES = {"open", "other"}
NO_WORDS = WordQuery([])


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def make_index(folder, rows: np.ndarray) -> EmbeddedIndex:
    index = EmbeddedIndex.create(folder, "e", rows.shape[1])
    passages = [
        Passage(f"d{number:04d}", 0, 1, "open" if number % 3 else "other", "page", None, [], [])
        for number in range(len(rows))
    ]
    index.add(passages, rows)
    index.commit(1)
    return index


@pytest.fixture
def rounded(monkeypatch):
    monkeypatch.setattr(meaning, "ROUNDED_FROM_ROWS", 1)


@pytest.mark.usefixtures("rounded")
@pytest.mark.parametrize("dim", [7, 16, 48])
@pytest.mark.parametrize("spread", [1.0, 0.02, 0.0])
def test_the_nearest_rows_are_those_of_a_scan_of_all(tmp_path, monkeypatch, dim, spread):
    chance = np.random.default_rng(dim)
    # Around a few centres, down to copies of them: rounding makes rows alike, and ties are many.
    centres = chance.standard_normal((5, dim))
    rows = unit(centres[chance.integers(0, 5, 2_000)] + spread * chance.standard_normal((2_000, dim)))
    rows[::97] = 0
    index = make_index(tmp_path, rows)
    assert (generations.generation_folder(tmp_path, 1) / "rounded.faiss").exists()
    monkeypatch.setattr(meaning.RoundedEmbeddings, "exist", lambda _folder: False)
    scanned = EmbeddedIndex.open(tmp_path, "e", dim)
    assert scanned.snapshot.embeddings._rounded is None

    for query in (*unit(chance.standard_normal((15, dim))), *unit(rows[1:6])):
        for spaces in (SPACES, {"other"}):
            assert index.search(query, NO_WORDS, 20, spaces) == scanned.search(query, NO_WORDS, 20, spaces)


@pytest.mark.usefixtures("rounded")
def test_where_too_many_rows_are_too_alike_to_be_sure_all_are_scanned(tmp_path):
    chance = np.random.default_rng(3)
    centre = chance.standard_normal((1, 16))
    rows = unit(centre + 0.1 * chance.standard_normal((2_000, 16)))
    query = unit(centre)[0]
    stored = make_index(tmp_path, rows).snapshot.embeddings

    found = stored.nearest(query, 10, np.ones(2_000, np.bool_))

    cosines = rows.astype(np.float64) @ query.astype(np.float64)
    assert set(found.tolist()) == set(np.argsort(-cosines)[:10].tolist())


def test_a_small_index_is_not_rounded(tmp_path):
    make_index(tmp_path, unit(np.random.default_rng(1).standard_normal((20, 8))))

    assert not (generations.generation_folder(tmp_path, 1) / "rounded.faiss").exists()
