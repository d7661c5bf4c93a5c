"""Training of successors: the weights of a mixture, from the past of communities and from who took over in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from evaluation.measures import measure_queries, parse_measures, summarise
from evaluation.succession.cases import Case
from evaluation.succession.reading import read_cases
from recommender.encoders.encoder import Encoder
from recommender.groups import Numbers
from recommender.succession.own_past import Lessons, fit_weights
from recommender.succession.successor_features import candidates_of, describe_successors, standing_at
from recommender.succession.successor_weights import PARTS, SuccessorWeights
from recommender.succession.tally import WAYS

MEASURES: Final = ("nDCG@10", "RR", "AP")
# How much of the own past counts as much as what other organisations teach: best of 3, 10, 30 and 100 on communities
# left out in turn, where 30 and 100 are alike.
CONFIDENCE: Final = 30.0
# Weight of the even mixture beside all lessons of a training, so that no way of counting is lost for good.
_EVEN: Final = 0.02
_ROUNDS: Final = 200
_FOLDS: Final = 8


@dataclass(frozen=True, slots=True)
class Example:
    """One case, as features."""

    id: str
    group: str
    of_role: bool
    lessons: Lessons
    matrix: Numbers
    """Of the candidates: shape (n, len(FEATURES))."""
    grades: Numbers
    """Of the candidates; 0 for who did not take over."""


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The cases of one community or history of leadership."""

    name: str
    examples: Sequence[Example]

    @property
    def of_role(self) -> bool:
        """Whether it is told who took a role, not who answered."""
        return self.examples[0].of_role


def read_examples(path: Path, encoder: Encoder | None, keep: Path | None = None) -> ExampleSet:
    """Return the cases of a community or history as features."""
    with read_cases(path, encoder, keep) as found:
        return ExampleSet(path.name, [describe_case(case) for case in found.cases])


def describe_case(case: Case) -> Example:
    """Return a case as features, without what it was made from."""
    standing = standing_at(case.ground, case.handover)
    candidates = candidates_of(case.ground, case.handover, standing)
    matrix = describe_successors(case.ground, case.handover, standing, candidates)
    grades = np.array([case.grades.get(person, 0) for person in candidates.tolist()], np.float64)
    return Example(case.id, case.group, bool(case.handover.communities), standing.lessons, matrix, grades)


def train_successors(sets: Sequence[ExampleSet], role_sets: Sequence[ExampleSet]) -> SuccessorWeights:
    """Return weights learned from communities, and from histories of leadership."""
    ways = _train_ways(sets)
    # Proportions of the parts are learned on top of forecasts, each fitted to its own past as it will be.
    plain = SuccessorWeights(ways, CONFIDENCE, {}, {}, {})
    return SuccessorWeights(ways, CONFIDENCE, _train_parts(plain, sets), _train_parts(plain, role_sets), {})


def _train_ways(sets: Sequence[ExampleSet]) -> Numbers:
    """Return what each way of counting weighs where nothing is known; every set counts the same."""
    rows, amounts = [], []
    for found in sets:
        lessons = {id(example.lessons): example.lessons for example in found.examples}.values()
        total = sum(float(lesson.weights.sum()) for lesson in lessons)
        for lesson in lessons if total else ():
            rows.append(lesson.shares)
            amounts.append(lesson.weights / total)
    return _fit(rows, amounts, len(WAYS))


def _train_parts(weights: SuccessorWeights, sets: Sequence[ExampleSet]) -> Mapping[str, float]:
    rows, amounts = [], []
    for found in sets:
        forecasts: dict[int, Numbers] = {}
        for example in found.examples:
            if id(example.lessons) not in forecasts:
                forecasts[id(example.lessons)] = weights.forecast(example.lessons)
            took = example.grades > 0
            shares = example.matrix[took]
            forecast = shares[:, : len(WAYS)] @ forecasts[id(example.lessons)]
            rows.append(np.concatenate([forecast[:, None], shares[:, len(WAYS) :]], axis=1))
            gains = 2 ** example.grades[took] - 1
            amounts.append(gains / gains.sum() / len(found.examples))
    proportions = _fit(rows, amounts, len(PARTS))
    return dict(zip(PARTS, proportions.tolist(), strict=True))


def _fit(rows: Sequence[Numbers], amounts: Sequence[Numbers], size: int) -> Numbers:
    even = np.full(size, 1 / size)
    if not rows:
        return even
    lessons = Lessons(np.concatenate(rows), np.concatenate(amounts))
    return fit_weights(lessons, even, _EVEN, _ROUNDS)


def judge_left_out(sets: Sequence[ExampleSet], role_sets: Sequence[ExampleSet]) -> Mapping[str, Mapping[str, float]]:
    """Return the measures of each set, ranked with what was learned without it.

    A history of leadership is left out group by group, in folds, from the training on histories.
    """
    found: dict[str, Mapping[str, float]] = {}
    for left in sets:
        others = [other for other in sets if other is not left]
        weights = train_successors(others, role_sets)
        found[left.name] = _measure(left.examples, [weights] * len(left.examples))
    for left in role_sets:
        others = [other for other in role_sets if other is not left]
        chosen: dict[str, SuccessorWeights] = {}
        groups = sorted({example.group for example in left.examples})
        for fold in range(_FOLDS):
            held = set(groups[fold::_FOLDS])
            rest = [example for example in left.examples if example.group not in held]
            weights = train_successors(sets, [*others, ExampleSet(left.name, rest)] if rest else others)
            chosen |= dict.fromkeys(held, weights)
        found[left.name] = _measure(left.examples, [chosen[example.group] for example in left.examples])
    return found


def _measure(examples: Sequence[Example], weights: Iterable[SuccessorWeights]) -> dict[str, float]:
    qrels, run = {}, {}
    forecasts: dict[tuple[int, int], Numbers] = {}
    for example, chosen in zip(examples, weights, strict=True):
        key = id(chosen), id(example.lessons)
        if key not in forecasts:
            forecasts[key] = chosen.for_handover(example.lessons, of_role=example.of_role)
        scores = np.round(example.matrix @ forecasts[key], 9)
        qrels[example.id] = {str(place): int(grade) for place, grade in enumerate(example.grades) if grade > 0}
        run[example.id] = {str(place): float(score) for place, score in enumerate(scores)}
    measures = parse_measures(MEASURES)
    values = measure_queries(measures, qrels, run)
    return {str(measure): summarise(measure, values[str(measure)].values()) for measure in measures}
