"""Training of the rankers: from who answered in communities, and who wrote in collections, to trees and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evaluation.experiment import Qrels, Query
from evaluation.testbed import Testbed
from models.access import Viewer
from models.errors import InvalidInputError, MissingPackageError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, NAMES, Numbers
from recommender.ranker import Calibration
from recommender.ranking import Ranking, RankOptions
from recommender.service import Recommender

Labels = npt.NDArray[np.bool_]

# Features that are no use to an intent are left out of its model: fewer are steadier on organisations never seen.
FEATURES_OF: Final[Mapping[Intent, Sequence[str]]] = {
    Intent.EXPERTISE: ("subject", "lift_sharp", "cosine_best", "cosine_top3", "words_share_best", "words_share_top3"),
    Intent.ROUTING: tuple(
        name
        for name in NAMES
        if name not in {"subject", "words_best", "words_top10", "words_alone", "fused_alone", "accepted_rate"}
    ),
}
_PARAMETERS: Final[Mapping[str, Any]] = {
    "objective": "rank_xendcg",
    "learning_rate": 0.06,
    "num_leaves": 7,
    "max_depth": 4,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
_ROUNDS: Final = {Intent.EXPERTISE: 100, Intent.ROUTING: 150}
# Candidates of a question that are learned from: the likeliest by a plain rule, and a few of the others.
_LIKELIEST, _OTHERS = 60, 10
_LIKELY: Final = {Intent.EXPERTISE: ("subject",), Intent.ROUTING: ("expected_20h", "expected_100h", "expected_45d")}
_FOLDS: Final = 4
_NEWTON_STEPS: Final = 30


@dataclass(frozen=True, slots=True)
class Examples:
    """Questions of one community or collection with their candidates."""

    name: str
    questions: Sequence[tuple[Numbers, Labels]]
    """The features of the candidates, shape (n, len(FEATURES)), and whether each was right, shape (n,)."""


def collect_examples(
    name: str, testbed: Testbed, queries: Sequence[Query], qrels: Qrels, intent: Intent, limit: int, seed: int
) -> Examples:
    """Ask questions as the product would and keep the candidates, some of the wrong ones left out.

    Args:
        qrels: by the ids of the store.
        limit: questions beyond these are left out, by chance.
    """
    order = np.random.default_rng(seed)
    chosen = sorted(order.choice(len(queries), min(limit, len(queries)), replace=False).tolist())
    recommender = Recommender(testbed.store, testbed.index, testbed.encoder, traces=testbed.traces)
    questions = []
    for query in (queries[place] for place in chosen):
        ranking = recommender.rank(query.text, Viewer(query.asker), RankOptions(intent, query.at))
        labels = _labels(ranking, qrels[query.id])
        if labels.any():
            kept = _choose(ranking.candidates.matrix, labels, intent, order)
            questions.append((ranking.candidates.matrix[kept], labels[kept]))
    return Examples(name, questions)


def train_ranker(sets: Sequence[Examples], intent: Intent, seed: int) -> tuple[str, Calibration]:
    """Learn a ranker, calibrated on questions of sets that its folds did not learn from.

    Every set weighs as the square root of its number of questions, so that one large forum does not decide for all.

    Returns:
        LightGBM's text, and the calibration.

    Raises:
        InvalidInputError: there is nothing to learn from.
        MissingPackageError: LightGBM is not installed.
    """
    sets = [examples for examples in sets if examples.questions]
    if not sets:
        message = "No question to learn from: in none of the sets was a right candidate found."
        raise InvalidInputError(message)
    model = _fit(sets, intent, seed)
    folds = [sets[start::_FOLDS] for start in range(min(_FOLDS, len(sets)))] if len(sets) > 1 else [sets]
    sums, labels, weights = [], [], []
    for fold in folds:
        others = [examples for examples in sets if examples not in fold] or sets
        predict = _fit(others, intent, seed).predict
        matrix, right, _, weight = _stack(fold, intent)
        sums.append(np.asarray(predict(matrix)))
        labels.append(right)
        weights.append(weight)
    calibration = fit_calibration(np.concatenate(sums), np.concatenate(labels), np.concatenate(weights))
    return str(model.model_to_string()), calibration


def fit_calibration(sums: Numbers, labels: Labels, weights: Numbers) -> Calibration:
    """Return the logistic curve of the labels over the sums, of greatest likelihood; Newton's method.

    Source: Platt, "Probabilistic outputs for support vector machines" (1999).
    """
    spread = float(sums.std()) or 1.0
    points = np.stack([sums / spread, np.ones(len(sums))], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(_NEWTON_STEPS):
        expected = 1 / (1 + np.exp(-points @ found))
        curvature = (points * (weights * expected * (1 - expected))[:, None]).T @ points + 1e-6 * np.eye(2)
        found += np.linalg.solve(curvature, points.T @ (weights * (labels - expected)))
    return Calibration(float(found[0] / spread), float(found[1]))


def _fit(sets: Sequence[Examples], intent: Intent, seed: int) -> Any:  # noqa: ANN401 (LightGBM ships no types)
    try:
        import lightgbm
    except ImportError as error:
        message = 'Training a ranker needs LightGBM: pip install "releve[training]"'
        raise MissingPackageError(message) from error
    matrix, labels, sizes, weights = _stack(sets, intent)
    monotone = {feature.name: feature.monotone for feature in FEATURES}
    parameters = {
        **_PARAMETERS,
        "seed": seed,
        "monotone_constraints": [monotone[name] for name in FEATURES_OF[intent]],
        "min_data_in_leaf": min(int(_PARAMETERS["min_data_in_leaf"]), max(len(matrix) // 50, 1)),
    }
    data = lightgbm.Dataset(matrix, labels, group=sizes, weight=weights, feature_name=list(FEATURES_OF[intent]))
    return lightgbm.train(parameters, data, _ROUNDS[intent])


def _stack(sets: Sequence[Examples], intent: Intent) -> tuple[Numbers, Labels, list[int], Numbers]:
    """Return the rows of all questions, whether each is right, the sizes of the questions, and the rows' weights."""
    columns = [NAMES.index(name) for name in FEATURES_OF[intent]]
    matrices, labels, weights = [], [], []
    for examples in sets:
        weight = 1 / np.sqrt(len(examples.questions))
        for matrix, right in examples.questions:
            matrices.append(matrix[:, columns])
            labels.append(right.astype(np.float64))
            weights.append(np.full(len(right), weight))
    stacked = np.concatenate(weights)
    return np.concatenate(matrices), np.concatenate(labels), [len(right) for right in labels], stacked / stacked.mean()


def _labels(ranking: Ranking, grades: Mapping[str, int]) -> Labels:
    ids = [ranking.view.person_ids[person] for person in ranking.candidates.persons]
    return np.array([grades.get(person, 0) > 0 for person in ids], np.bool_)


def _choose(matrix: Numbers, labels: Labels, intent: Intent, order: np.random.Generator) -> Labels:
    """Return which candidates to learn from."""
    likely = sum(matrix[:, NAMES.index(name)] for name in _LIKELY[intent])
    kept = labels.copy()
    kept[np.argsort(-np.asarray(likely), kind="stable")[:_LIKELIEST]] = True
    kept[order.choice(len(kept), min(_OTHERS, len(kept)), replace=False)] = True
    return kept
