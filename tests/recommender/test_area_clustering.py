"""Clusters of texts: how many there are is decided by them, and the same input gives the same."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.area_clustering import SMALLEST, find_clusters
from recommender.area_vectors import unit
from recommender.indexes.index import Embeddings


def clouds(centres: int, each: int, seed: int = 1) -> Embeddings:
    draw = np.random.default_rng(seed)
    middles = np.repeat(np.eye(64, dtype=np.float32)[:centres], each, axis=0)
    return unit((middles + draw.normal(0, 0.08, middles.shape)).astype(np.float32))


@pytest.mark.parametrize("centres", [3, 7, 12])
def test_as_many_clusters_are_found_as_there_are(centres: int) -> None:
    found = find_clusters(clouds(centres, 40))
    assert len(found.centroids) == centres
    for start in range(0, centres * 40, 40):
        assert len(set(found.labels[start : start + 40].tolist())) == 1


def test_the_same_texts_give_the_same_clusters() -> None:
    vectors = clouds(5, 30)
    first, second = find_clusters(vectors), find_clusters(vectors)
    assert np.array_equal(first.labels, second.labels)
    assert np.array_equal(first.centroids, second.centroids)


def test_a_new_subject_becomes_a_cluster_of_its_own_beside_those_there_were() -> None:
    vectors = clouds(6, 40)
    start = find_clusters(vectors[:200]).centroids
    found = find_clusters(vectors, start)
    assert len(found.centroids) == 6
    assert len(set(found.labels[200:].tolist())) == 1


def test_a_few_texts_are_one_cluster() -> None:
    assert len(find_clusters(clouds(2, SMALLEST - 1)).centroids) == 1


def test_more_texts_than_a_tree_compares_are_gathered_first() -> None:
    found = find_clusters(clouds(4, 600))
    assert len(found.centroids) == 4


def test_no_text_at_all_makes_no_cluster() -> None:
    assert len(find_clusters(np.zeros((0, 4), np.float32)).centroids) == 0
