"""Trees read from LightGBM's text predict what LightGBM predicts."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest

from models.errors import InvalidInputError
from recommender.trees import Trees

# One decision: depth <= 0.5 gives -1, else the second, width <= 2 gives 3, else 4.
BY_HAND = """tree
version=v4
num_class=1
feature_names=depth width

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
split_gain=1 1
threshold=0.5 2
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=-1 3 4
internal_value=1 3.25
is_linear=0
shrinkage=1


Tree=1
num_leaves=1
num_cat=0
leaf_value=0.25
is_linear=0
shrinkage=1


end of trees
"""


def learn(matrix: np.ndarray, target: np.ndarray, rounds: int = 20, **parameters: Any) -> Any:
    chosen = {"objective": "regression", "num_threads": 1, "verbose": -1, "min_data_in_leaf": 3, **parameters}
    data_parameters = {name: chosen[name] for name in ("linear_tree", "min_data_in_bin") if name in chosen}
    categorical = chosen.pop("categorical", "auto")
    data = lightgbm.Dataset(matrix, target, categorical_feature=categorical, params={"verbose": -1, **data_parameters})
    return lightgbm.train(chosen, data, rounds)


def some_rows(seed: int, rows: int = 400, columns: int = 5) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    # Many equal values, among them 0, where a decision between them shows.
    matrix = np.round(random.normal(size=(rows, columns)), 1)
    return matrix, matrix[:, 0] * 2 + np.sin(matrix[:, 1] * 3) + random.normal(size=rows) / 10


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "parameters", [{}, {"num_leaves": 3}, {"max_depth": 3}, {"boosting": "dart"}, {"objective": "binary"}]
)
def test_the_sum_is_lightgbms_own(seed: int, parameters: dict[str, Any]) -> None:
    matrix, target = some_rows(seed)
    model = learn(matrix, target > 0 if "objective" in parameters else target, **parameters)
    trees = Trees.parse(model.model_to_string())
    asked = np.concatenate([some_rows(seed + 100)[0], matrix, matrix * 1e6, np.zeros((1, 5))])
    assert trees.predict(asked) == pytest.approx(model.predict(asked, raw_score=True), abs=1e-12, rel=1e-12)


def test_a_ranker_of_lightgbm_is_read_too() -> None:
    matrix, target = some_rows(7)
    data = lightgbm.Dataset(matrix, target > 1, group=[20] * 20, params={"verbose": -1})
    model = lightgbm.train({"objective": "rank_xendcg", "num_threads": 1, "verbose": -1, "seed": 3}, data, 20)
    assert Trees.parse(model.model_to_string()).predict(matrix) == pytest.approx(model.predict(matrix), abs=1e-12)


def test_a_decision_sends_at_most_its_threshold_to_the_left() -> None:
    trees = Trees.parse(BY_HAND)
    asked = np.array([[0.5, 9], [0.51, 2], [0.51, 2.01], [-7, 0]])
    assert trees.feature_names == ["depth", "width"]
    assert trees.depth == 2
    assert trees.predict(asked).tolist() == [-0.75, 3.25, 4.25, -0.75]


def test_each_decision_is_booked_on_the_feature_that_decided() -> None:
    trees = Trees.parse(BY_HAND)
    # From the mean 1 to -1 by depth; or to 3.25 by depth and then to 3 or 4 by width.
    assert trees.contributions(np.array([[0.5, 9.0], [1, 2], [1, 3]])).tolist() == [
        [-2, 0],
        [2.25, -0.25],
        [2.25, 0.75],
    ]


@pytest.mark.parametrize("seed", range(3))
def test_what_features_moved_and_the_means_add_up_to_the_prediction(seed: int) -> None:
    matrix, target = some_rows(seed)
    trees = Trees.parse(learn(matrix, target + 5).model_to_string())
    base = trees.values[trees.roots].sum()
    assert base + trees.contributions(matrix).sum(axis=1) == pytest.approx(trees.predict(matrix), abs=1e-9)


def test_a_model_that_learned_nothing_is_one_leaf() -> None:
    model = learn(np.zeros((10, 2)), np.full(10, 4.0), rounds=1)
    trees = Trees.parse(model.model_to_string())
    assert trees.depth == 0
    assert trees.predict(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [4.0, 4.0]
    assert trees.contributions(np.ones((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_the_constant_is_worth_nothing_whatever_is_asked() -> None:
    trees = Trees.constant(["a", "b"])
    assert trees.predict(np.array([[1.0, -1], [1e9, 0]])).tolist() == [0.0, 0.0]
    assert trees.contributions(np.array([[1.0, -1]])).tolist() == [[0.0, 0.0]]


def test_no_rows_give_no_values() -> None:
    trees = Trees.parse(BY_HAND)
    assert trees.predict(np.empty((0, 2))).shape == (0,)
    assert trees.contributions(np.empty((0, 2))).shape == (0, 2)


def test_categorical_features_are_refused() -> None:
    random = np.random.default_rng(1)
    kinds = random.integers(0, 6, (400, 1)).astype(float)
    model = learn(kinds, np.isin(kinds[:, 0], (1, 4)) * 1.0, categorical=[0], min_data_per_group=1, cat_smooth=1)
    with pytest.raises(InvalidInputError, match="categorical features and linear leaves are not supported"):
        Trees.parse(model.model_to_string())


def test_linear_leaves_are_refused() -> None:
    model = learn(*some_rows(1), linear_tree=True)
    with pytest.raises(InvalidInputError, match="categorical features and linear leaves are not supported"):
        Trees.parse(model.model_to_string())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "feature_names=a b\n",
        BY_HAND.split("feature_names")[0] + BY_HAND.split("width", 1)[1],
        "\nTree=0\n",
    ],
)
def test_a_text_without_trees_or_names_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="Not a whole LightGBM model in text form"):
        Trees.parse(text)


@pytest.mark.parametrize("end", ["\nTree=1", "\nis_linear=0\n", "leaf_value=-1 3", "split_gain", "end of"])
def test_a_text_cut_short_is_refused(end: str) -> None:
    cut = BY_HAND[: BY_HAND.index(end) + len(end)]
    with pytest.raises(InvalidInputError, match="Not a whole LightGBM model in text form"):
        Trees.parse(cut)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("leaf_value=-1 3 4", "leaf_value=-1 x 4"), ("leaf_value=0.25", ""), ("threshold=0.5", "threshold=?")],
)
def test_a_damaged_tree_is_refused_and_says_what_is_wrong(right: str, wrong: str) -> None:
    with pytest.raises(InvalidInputError, match=r"Not a LightGBM model this program can read: (Key|Value)Error"):
        Trees.parse(BY_HAND.replace(right, wrong))
