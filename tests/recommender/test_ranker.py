"""Rankers in files: what is read, what is refused, and what moves a score."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, NAMES, Candidates, Facet
from recommender.ranker import BUNDLED, Calibration, Ranker, Rankers, bundled_rankers, save_rankers
from recommender.trees import Trees

# Two decisions: 'named' <= 0.5, then 'subject' <= 1; a tree of one leaf follows.
TEXT = """tree
feature_names=subject named

Tree=0
split_feature=1 0
threshold=0.5 1
decision_type=2 2
left_child=1 -1
right_child=-3 -2
leaf_value=-1 1 3
internal_value=0.5 0

Tree=1
leaf_value=0.5

end of trees
"""


def candidates(**columns: list[float]) -> Candidates:
    size = len(next(iter(columns.values())))
    matrix = np.zeros((size, len(NAMES)))
    for name, values in columns.items():
        matrix[:, NAMES.index(name)] = values
    return of_matrix(matrix)


def some_candidates(rows: int = 200) -> Candidates:
    return of_matrix(np.random.default_rng(3).normal(size=(rows, len(NAMES))))


def of_matrix(matrix: np.ndarray) -> Candidates:
    """Candidates of whom nothing was found."""
    size = len(matrix)
    return Candidates(np.arange(size), matrix, np.zeros(size), np.zeros(0, np.int64), np.zeros(0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(BUNDLED, tmp_path / "rankers")
    return tmp_path / "rankers"


@pytest.mark.parametrize("intent", Intent)
def test_the_bundled_rankers_score_between_0_and_1(intent: Intent) -> None:
    scores = bundled_rankers().by_intent[intent].score(some_candidates())
    assert ((scores >= 0) & (scores <= 1)).all()
    assert len(np.unique(scores)) > 20


@pytest.mark.parametrize("intent", Intent)
def test_more_of_what_can_only_help_never_lowers_a_score_of_the_bundled_rankers(intent: Intent) -> None:
    ranker = bundled_rankers().by_intent[intent]
    before = some_candidates(60).matrix
    for place, feature in enumerate(FEATURES):
        more = before.copy()
        more[:, place] += 0.7
        change = ranker.score_matrix(more) - ranker.score_matrix(before)
        assert feature.monotone == 0 or (change * feature.monotone >= 0).all(), feature.name


def test_a_model_finds_its_features_by_name() -> None:
    ranker = Ranker(Trees.parse(TEXT), Calibration(1.0, 0.0))
    asked = candidates(subject=[0, 2, 2], named=[0, 0, 1])
    # Sums of -0.5, 1.5 and 3.5.
    assert ranker.score(asked) == pytest.approx([0.377541, 0.817574, 0.970688], abs=1e-6)


def test_nobody_gets_no_score() -> None:
    assert Ranker(Trees.parse(TEXT), Calibration(1.0, 0.0)).score_matrix(np.empty((0, len(NAMES)))).tolist() == []


def test_facets_say_what_each_kind_of_feature_moved() -> None:
    ranker = Ranker(Trees.parse(TEXT), Calibration(1.0, 0.0))
    asked = candidates(subject=[0, 2, 2], named=[0, 0, 1])
    moved = ranker.facets(asked, [2, 0])
    assert [{facet: value for facet, value in facets.items() if value} for facets in moved] == [
        {Facet.NAMED: 2.5},
        {Facet.NAMED: -0.5, Facet.EVIDENCE: -1.0},
    ]
    assert all(set(facets) == set(Facet) for facets in moved)


@pytest.mark.parametrize("intent", Intent)
def test_facets_add_up_to_what_the_trees_moved(intent: Intent) -> None:
    ranker = bundled_rankers().by_intent[intent]
    asked = some_candidates(20)
    columns = [NAMES.index(name) for name in ranker.trees.feature_names]
    sums = ranker.trees.predict(asked.matrix[:, columns]) - ranker.trees.values[ranker.trees.roots].sum()
    moved = [sum(facets.values()) for facets in ranker.facets(asked, range(20))]
    assert moved == pytest.approx(sums.tolist(), abs=1e-9)
    assert np.ptp(moved) > 0.1


def test_a_calibration_is_a_logistic_curve() -> None:
    assert Calibration(2.0, -1.0).apply(np.array([0.5, 0.0, 1.5])).tolist() == [0.5, 0.268941, 0.880797]


def test_a_calibration_keeps_the_farthest_sums_in_range() -> None:
    assert Calibration(1.0, 0.0).apply(np.array([-1e4, 1e4])).tolist() == [0.0, 1.0]


def test_the_untrained_rankers_find_everyone_alike() -> None:
    rankers = Rankers.untrained()
    assert rankers.name == "untrained"
    for intent in Intent:
        assert set(rankers.by_intent[intent].score(some_candidates()).tolist()) == {0.5}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    models = {Intent.EXPERTISE: (TEXT, Calibration(1.0, 0.0)), Intent.ROUTING: (TEXT, Calibration(2.0, 1.0))}
    save_rankers(tmp_path / "new" / "rankers", "ours", models, {"learned": 3})
    loaded = Rankers.load(tmp_path / "new" / "rankers")
    assert loaded.name == "ours"
    assert {intent: ranker.calibration for intent, ranker in loaded.by_intent.items()} == {
        Intent.EXPERTISE: Calibration(1.0, 0.0),
        Intent.ROUTING: Calibration(2.0, 1.0),
    }
    assert json.loads((tmp_path / "new" / "rankers" / "ranker.json").read_text())["notes"] == {"learned": 3}


@pytest.mark.parametrize("name", ["ranker.json", "expertise.txt", "routing.txt"])
def test_a_missing_file_is_named_with_the_command_that_makes_it_anew(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InvalidInputError, match=rf"rankers cannot be read.*{name}.*releve train ranker"):
        Rankers.load(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ranker.json", "{"),
        ("ranker.json", "[]"),
        ("ranker.json", '{"name": "ours"}'),
        ("ranker.json", '{"name": "ours", "calibration": {"expertise": [1, 0]}}'),
        ("ranker.json", '{"name": "ours", "calibration": {"expertise": [1], "routing": [1, 2]}}'),
        ("ranker.json", '{"calibration": {"expertise": [1, 0], "routing": [1, 0]}}'),
        ("routing.txt", "garbage"),
        ("expertise.txt", TEXT[:-20]),
    ],
)
def test_a_damaged_file_is_refused_with_the_command_that_makes_it_anew(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(InvalidInputError, match=r"cannot be read.*train them again with: releve train ranker"):
        Rankers.load(folder)


def test_a_feature_this_program_does_not_have_is_refused_by_name(folder: Path) -> None:
    (folder / "routing.txt").write_text(TEXT.replace("named", "charm"))
    with pytest.raises(InvalidInputError, match=r"routing\.txt uses features unknown here: charm.*releve train ranker"):
        Rankers.load(folder)
