from __future__ import annotations

import numpy as np
import pytest

from evaluation.succession.baselines import CoAnswerers, DeedsOf, MostActive, NearestProfile, OwnedWork
from evaluation.succession.cases import Case, Cases


def scored(case: Case, scores: np.ndarray) -> dict[str, float]:
    return {case.ground.person_ids[code]: round(float(scores[code]), 4) for code in case.candidates.tolist()}


def test_most_active_counts_documents_and_threads_each_once(groups: Cases) -> None:
    _, net = groups.cases

    # Fay wrote one in sig-net and two in sig-app, Dan two in sig-net; Cyd reviewed one.
    assert scored(net, MostActive(DeedsOf(), None).score(net)) == {"cyd": 1, "dan": 2, "fay": 3}


def test_what_is_long_ago_counts_less(groups: Cases) -> None:
    _, net = groups.cases
    # On 1 January Dan's two are 92 and 17 days old, Fay's 31, 12 and 4.
    expected = {"cyd": 2 ** (-12 / 30), "dan": 2 ** (-92 / 30) + 2 ** (-17 / 30)}
    expected["fay"] = 2 ** (-31 / 30) + 2 ** (-12 / 30) + 2 ** (-4 / 30)

    assert scored(net, MostActive(DeedsOf(), 30).score(net)) == {k: round(v, 4) for k, v in expected.items()}


def test_owned_work_counts_what_is_in_the_areas_left(groups: Cases) -> None:
    app, net = groups.cases

    assert scored(net, OwnedWork(DeedsOf(), None).score(net)) == {"cyd": 0, "dan": 2, "fay": 1}
    assert scored(app, OwnedWork(DeedsOf(), None).score(app)) == {"ada": 0, "bea": 0, "dan": 0, "fay": 2}


def test_co_answerers_count_what_they_did_with_who_leaves(groups: Cases) -> None:
    app, net = groups.cases

    assert scored(net, CoAnswerers(DeedsOf(), None).score(net)) == {"cyd": 0, "dan": 2, "fay": 1}
    assert scored(app, CoAnswerers(DeedsOf(), None).score(app)) == {"ada": 0, "bea": 0, "dan": 0, "fay": 1}


def test_the_nearest_profile_is_a_cosine_that_few_deeds_shrink(groups: Cases) -> None:
    _, net = groups.cases
    # Documents 1 and 3 say one thing, all others the opposite; those who leave had a part in 1, 2 and 3.
    embeddings = np.array([[1, 0], [-1, 0], [1, 0], [-1, 0], [-1, 0], [-1, 0]], np.float32)
    deeds = DeedsOf()

    # Around the mean, Dan wrote in their direction, Fay and Cyd in the other.
    nearest = scored(net, NearestProfile(deeds, embeddings, None, prior=0).score(net))
    assert nearest == pytest.approx({"cyd": -1, "dan": 1, "fay": -1})
    # With two deeds of Dan and two that everyone is taken to have had, half of it; with Fay's three, three fifths.
    shrunk = scored(net, NearestProfile(deeds, embeddings, None, prior=2).score(net))
    assert shrunk == pytest.approx({"cyd": -1 / 3, "dan": 0.5, "fay": -0.6}, abs=1e-4)


def test_answers_to_ones_own_questions_are_no_deeds(town: Cases) -> None:
    [case] = town.cases
    counts = MostActive(DeedsOf(), None).score(case)

    assert {name.removeprefix("testbed:"): count for name, count in scored(case, counts).items()} == {
        "ann": 0, "max": 1, "pia": 10,
    }  # fmt: skip
