"""Training of the rankers: from who answered in communities, and who wrote in collections, to trees and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evaluation.backtest import without_source
from evaluation.prepared import Prepared
from models.access import Viewer
from models.errors import InvalidInputError, MissingPackageError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, NAMES
from recommender.groups import Numbers
from recommender.ranker import Calibration, Rankers
from recommender.ranking import Ranking, RankOptions
from recommender.service import Recommender

Labels = npt.NDArray[np.bool_]

# Features that are no use to an intent are left out of its model: fewer are steadier on organisations never seen.
FEATURES_OF: Final[Mapping[Intent, Sequence[str]]] = {
    Intent.EXPERTISE: ("subject", "lift_sharp", "cosine_best", "cosine_top3", "words_share_best", "words_share_top3"),
    Intent.ROUTING: tuple(name for name in NAMES if name not in {"subject", "words_alone"}),
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
_ROUNDS_OF_ONES_OWN: Final = 60
_ROUNDS: Final = {Intent.EXPERTISE: 100, Intent.ROUTING: 150}
# Candidates of a question that are learned from: the likeliest by a plain rule, and a few of the others.
_LIKELIEST, _OTHERS = 60, 10
_LIKELY: Final = {Intent.EXPERTISE: ("subject",), Intent.ROUTING: ("expected_20h", "expected_100h", "expected_45d")}
CALIBRATION_FOLDS: Final = 4
# Further out, a probability is 0 or 1 to the last digit.
_FURTHEST: Final = 35.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Questions of one community or collection with their candidates."""

    name: str
    questions: Sequence[tuple[Numbers, Labels]]
    """The features of the candidates, shape (n, len(FEATURES)), and whether each was right, shape (n,)."""


def collect_examples(
    name: str, prepared: Prepared, intent: Intent, seed: int, *, all_candidates: bool = False
) -> Examples:
    """Ask questions as the product would and keep the candidates, of the wrong ones only some unless all are wanted."""
    testbed = prepared.testbed
    if testbed is None:
        message = f"'{name}' has no store to ask."
        raise InvalidInputError(message)
    order = np.random.default_rng(seed)
    recommender = Recommender(
        testbed.store, testbed.index, testbed.encoder, traces=testbed.traces, rankers=Rankers.untrained()
    )
    questions = []
    for query in prepared.queries:
        ranking = recommender.rank(query.text, Viewer(query.asker), RankOptions(intent, query.at))
        labels = _labels(ranking, prepared.qrels[query.id])
        if labels.any():
            kept = labels | all_candidates | _choose(ranking.candidates.matrix, labels, intent, order)
            questions.append((ranking.candidates.matrix[kept], labels[kept]))
    return Examples(name, questions)


def save_examples(path: Path, examples: Examples) -> None:
    """Keep examples in a file; renamed when whole."""
    matrices = [matrix for matrix, _ in examples.questions] or [np.empty((0, len(FEATURES)))]
    labels = [right for _, right in examples.questions] or [np.empty(0, np.bool_)]
    unfinished = path.with_suffix(".unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("wb") as file:
        np.savez_compressed(
            file,
            names=np.array(NAMES),
            matrix=np.concatenate(matrices).astype(np.float32),
            labels=np.concatenate(labels),
            sizes=np.array([len(right) for right in labels]),
        )
    unfinished.rename(path)


def load_examples(path: Path) -> Examples | None:
    """Read what save_examples kept; None where there is nothing, or where the features have changed since."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        if tuple(kept["names"]) != NAMES:
            return None
        ends = np.cumsum(kept["sizes"])[:-1]
        matrices, labels = np.split(kept["matrix"].astype(np.float64), ends), np.split(kept["labels"], ends)
    return Examples(path.stem, [(m, right) for m, right in zip(matrices, labels, strict=True) if len(right)])


def train_ranker(
    sets: Sequence[Examples], intent: Intent, seed: int, folds: int = CALIBRATION_FOLDS
) -> tuple[str, Calibration]:
    """Learn a ranker, calibrated on questions of sets that its folds did not learn from.

    Every set weighs as the square root of its number of questions, so that one large forum does not decide for all.

    Args:
        folds: for calibration; 1 calibrates on what was learned from, which is quicker, and flatters.

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
    parts = [sets[start::folds] for start in range(min(folds, len(sets)))]
    sums, labels, weights = [], [], []
    for part in parts:
        others = [examples for examples in sets if examples not in part]
        matrix, right, _, weight = _stack(part, intent)
        sums.append(np.asarray((_fit(others, intent, seed) if others else model).predict(matrix)))
        labels.append(right)
        weights.append(weight)
    calibration = fit_calibration(np.concatenate(sums), np.concatenate(labels), np.concatenate(weights))
    return str(model.model_to_string()), calibration


def continue_ranker(text: str, examples: Examples, seed: int) -> tuple[str, Calibration]:
    """Go on from a model for routing with one organisation's own questions: a few small trees more.

    Returns:
        LightGBM's text, and the calibration on the same questions.
    """
    lightgbm = _import_lightgbm()
    start = lightgbm.Booster(model_str=text)
    matrix, labels, sizes, weights = _stack([examples], Intent.ROUTING)
    data = lightgbm.Dataset(matrix, labels, group=sizes, weight=weights, feature_name=start.feature_name())
    parameters = {**_parameters(Intent.ROUTING, len(matrix), seed), "learning_rate": 0.03}
    model = lightgbm.train(parameters, data, _ROUNDS_OF_ONES_OWN, init_model=start)
    return str(model.model_to_string()), fit_calibration(np.asarray(model.predict(matrix)), labels, weights)


def fit_calibration(sums: Numbers, labels: Labels | Numbers, weights: Numbers) -> Calibration:
    """Return the logistic curve of the labels over the sums, of greatest likelihood.

    Source: Platt, "Probabilistic outputs for support vector machines" (1999).
    """
    from scipy.optimize import minimize

    middle, spread = float(sums.mean()), float(sums.std()) or 1.0
    points = (sums - middle) / spread

    def loss(line: Numbers) -> tuple[float, Numbers]:
        logits = line[0] * points + line[1]
        wrong = weights * (1 / (1 + np.exp(-np.clip(logits, -_FURTHEST, _FURTHEST))) - labels)
        likelihood = float((weights * (np.logaddexp(0, logits) - labels * logits)).sum())
        return likelihood / len(points), np.array([(wrong * points).sum(), wrong.sum()]) / len(points)

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return Calibration(float(slope / spread), float(offset - slope * middle / spread))


def _fit(sets: Sequence[Examples], intent: Intent, seed: int) -> Any:  # noqa: ANN401 (LightGBM ships no types)
    lightgbm = _import_lightgbm()
    matrix, labels, sizes, weights = _stack(sets, intent)
    data = lightgbm.Dataset(matrix, labels, group=sizes, weight=weights, feature_name=list(FEATURES_OF[intent]))
    return lightgbm.train(_parameters(intent, len(matrix), seed), data, _ROUNDS[intent])


def _parameters(intent: Intent, rows: int, seed: int) -> dict[str, Any]:
    monotone = {feature.name: feature.monotone for feature in FEATURES}
    return {
        **_PARAMETERS,
        "seed": seed,
        "monotone_constraints": [monotone[name] for name in FEATURES_OF[intent]],
        "min_data_in_leaf": min(int(_PARAMETERS["min_data_in_leaf"]), max(rows // 50, 1)),
    }


def _import_lightgbm() -> Any:  # noqa: ANN401 (see _fit)
    try:
        import lightgbm
    except ImportError as error:
        message = 'Training a ranker needs LightGBM: pip install "releve[training]"'
        raise MissingPackageError(message) from error
    return lightgbm


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
    return np.array([grades.get(without_source(person), grades.get(person, 0)) > 0 for person in ids], np.bool_)


def _choose(matrix: Numbers, labels: Labels, intent: Intent, order: np.random.Generator) -> Labels:
    """Return which candidates to learn from."""
    likely = sum(matrix[:, NAMES.index(name)] for name in _LIKELY[intent])
    kept = labels.copy()
    kept[np.argsort(-np.asarray(likely), kind="stable")[:_LIKELIEST]] = True
    kept[order.choice(len(kept), min(_OTHERS, len(kept)), replace=False)] = True
    return kept
