"""Which area is which, from one finding to the next."""

from __future__ import annotations

import numpy as np

from recommender.area_matching import match_areas


def test_each_cluster_is_the_area_it_shares_most_texts_with() -> None:
    clusters = np.array([1, 1, 1, 0, 0, 2, 2])
    matching = match_areas(clusters, 3, ["a", "a", "b", "b", "b", None, None], ())
    assert list(matching.areas) == ["b", "a", None]
    assert matching.gone == {}


def test_an_area_whose_texts_went_elsewhere_leads_there() -> None:
    matching = match_areas(np.array([0, 0, 0, 0]), 1, ["a", "a", "a", "b"], ())
    assert (list(matching.areas), matching.gone) == (["a"], {"b": 0})


def test_an_area_that_is_kept_whole_takes_every_cluster_made_of_it() -> None:
    clusters = np.array([0, 0, 0, 1, 1, 1])
    assert list(match_areas(clusters, 2, ["a"] * 6, ()).areas).count("a") == 1
    assert list(match_areas(clusters, 2, ["a"] * 6, ("a",)).areas) == ["a", "a"]
