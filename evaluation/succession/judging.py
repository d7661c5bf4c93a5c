"""Judging: every system ranks the candidates of every case, and the rankings are measured and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from evaluation.backtest import without_source
from evaluation.experiment import Experiment, Query, System, run_systems
from evaluation.measures import parse_measures
from evaluation.past import Values
from evaluation.report import PRODUCT, Report, judge
from evaluation.succession.baselines import TUNED, DeedsOf, MostActive, Scoring, baselines
from evaluation.succession.cases import Case, Cases
from models.errors import InvalidInputError
from recommender.succession.successor_weights import SuccessorWeights
from recommender.succession.successors import rank_successors

DEFAULT_MEASURES: Final = ("RR", "nDCG@10", "R@10", "P@5")
# Baselines leave many people alike: of those, who was active lately comes first.
_ALIKE_HALF_LIFE_DAYS: Final = 180


@dataclass(frozen=True, slots=True)
class SuccessionOptions:
    """How cases are judged."""

    seed: int
    command: str
    measures: tuple[str, ...] = ()
    compared: str = PRODUCT
    systems: tuple[str, ...] = ()
    """Names of the systems to ask; all when there are none."""
    weights: Path | None = None
    """File of the weights of `releve`; None for those that come with the program."""


@dataclass(frozen=True, slots=True)
class Successors:
    """The product's own ranking."""

    weights: SuccessorWeights | None = None
    name: str = PRODUCT

    def score(self, case: Case) -> Values:
        """Return the place of each person in the ranking of successors, from behind."""
        scores = np.zeros(len(case.ground.person_ids))
        ranked = rank_successors(case.ground, case.handover, self.weights)
        scores[[found.person for found in ranked]] = np.arange(len(ranked), 0, -1)
        return scores


class CaseSystem:
    """A way to score, as a system of an experiment whose queries are cases."""

    def __init__(self, scoring: Scoring, cases: Mapping[str, Case], alike: MostActive) -> None:
        self.name = scoring.name
        self._scoring = scoring
        self._cases = cases
        self._alike = alike

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        """Return the candidates of a case, best first, each with a score of its own."""
        case = self._cases[query.id]
        people = case.candidates
        scores = self._scoring.score(case)[people]
        order = np.lexsort((case.ground.person_ranks[people], -self._alike.score(case)[people], -scores))[:top]
        ids = case.ground.person_ids
        return [
            (without_source(ids[person]), float(len(people) - place))
            for place, person in enumerate(people[order].tolist())
        ]


def judge_cases(found: Cases, options: SuccessionOptions, ours: Scoring | None = None) -> tuple[Experiment, Report]:
    """Ask every system for every case, and judge; tests and intervals draw whole groups of cases.

    Args:
        ours: stands for `releve`; None for the product's own ranking.

    Raises:
        InvalidInputError: there is no system or measure of that name, or the weights cannot be read.
    """
    systems = make_systems(found, options, ours)
    queries = [Query(case.id, "", at=case.handover.at, traits=case.traits, group=case.group) for case in found.cases]
    qrels = {
        case.id: {without_source(case.ground.person_ids[person]): grade for person, grade in case.grades.items()}
        for case in found.cases
    }
    experiment = run_systems(found.data, queries, qrels, systems, None, options.seed, options.command)
    candidates = len({person for case in found.cases for person in case.candidates.tolist()})
    measures = parse_measures(options.measures or DEFAULT_MEASURES)
    return experiment, judge(experiment, measures, options.compared, candidates)


def make_systems(found: Cases, options: SuccessionOptions, ours: Scoring | None = None) -> Sequence[System]:
    """Return the systems asked for, Relève first.

    Raises:
        InvalidInputError: there is none of that name.
    """
    deeds = DeedsOf()
    weights = SuccessorWeights.load(options.weights) if options.weights else None
    known = {
        scoring.name: scoring
        for scoring in (ours or Successors(weights), *baselines(deeds, found.embeddings, TUNED[found.kind]))
    }
    for name in options.systems:
        if name not in known:
            message = f"No system named '{name}' here; choose {', '.join(known)}."
            raise InvalidInputError(message)
    cases = {case.id: case for case in found.cases}
    alike = MostActive(deeds, _ALIKE_HALF_LIFE_DAYS)
    return [CaseSystem(known[name], cases, alike) for name in dict.fromkeys(options.systems or known)]
