"""A ranker fitted to one organisation's own history, kept only if it wins on the newest part of that history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from evaluation.backtest import prepare_backtest
from evaluation.prepared import PrepareOptions
from evaluation.ranker_training import Examples, Labels, collect_examples, continue_ranker
from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.groups import Numbers
from recommender.ranker import BUNDLED, Calibration, Ranker, Rankers, save_rankers
from recommender.trees import Trees

# Shares of the history: too early to learn from, learned from, and held out to judge.
_LEARN_FROM, _JUDGE_FROM = 0.15, 0.8
_QUESTIONS: Final = 2_000
# Fewer judge nothing.
LEAST_JUDGED: Final = 50


@dataclass(frozen=True, slots=True)
class OwnRanker:
    """What training on an organisation's own history came to."""

    learned: int
    """Questions learned from."""
    judged: int
    """Newer questions, on which both were compared."""
    before: float
    """Mean reciprocal rank with the bundled ranker."""
    after: float
    kept: bool
    """Whether the gain exceeds its standard error, so that the new ranker was written."""


def train_own_ranker(options: PrepareOptions, output: Path) -> OwnRanker:
    """Go on training the bundled ranker for routing on who answered in the store, and write it if it wins.

    The ranker for expertise stays as it is: a history of answers says who answered, not who knows.

    Raises:
        InvalidInputError: fewer than 50 questions are left to judge by.
    """
    asked = replace(options, intent=Intent.ROUTING, start=_LEARN_FROM, questions=_QUESTIONS, systems=("popularity",))
    with prepare_backtest(None, asked) as prepared:
        examples = collect_examples("own", prepared, Intent.ROUTING, options.seed, all_candidates=True)
    cut = int((_JUDGE_FROM - _LEARN_FROM) / (1 - _LEARN_FROM) * len(examples.questions))
    learned, judged = examples.questions[:cut], examples.questions[cut:]
    if len(judged) < LEAST_JUDGED:
        message = (
            f"The history holds {len(judged)} recent answered questions to judge a ranker by; {LEAST_JUDGED} are "
            "needed. The ranker in use stays as it is."
        )
        raise InvalidInputError(message)
    bundled = Rankers.load(BUNDLED)
    text, calibration = continue_ranker(
        (BUNDLED / f"{Intent.ROUTING}.txt").read_text(encoding="utf-8"), Examples("own", learned), options.seed
    )
    before = reciprocal_ranks(bundled.by_intent[Intent.ROUTING], judged)
    after = reciprocal_ranks(Ranker(Trees.parse(text), calibration), judged)
    gains = after - before
    kept = bool(gains.mean() > gains.std() / math.sqrt(len(gains)))
    if kept:
        expertise = (BUNDLED / f"{Intent.EXPERTISE}.txt").read_text(encoding="utf-8")
        models: dict[Intent, tuple[str, Calibration]] = {
            Intent.ROUTING: (text, calibration),
            Intent.EXPERTISE: (expertise, bundled.by_intent[Intent.EXPERTISE].calibration),
        }
        save_rankers(output, "own", models, {"learned": len(learned), "judged": len(judged)})
    return OwnRanker(len(learned), len(judged), float(before.mean()), float(after.mean()), kept)


def reciprocal_ranks(ranker: Ranker, questions: Sequence[tuple[Numbers, Labels]]) -> Numbers:
    """Return one over the rank of the first right candidate of each question; ties go against it."""
    found = []
    for matrix, right in questions:
        scores = ranker.score_matrix(matrix)
        found.append(1 / np.count_nonzero(scores >= scores[right].max()))
    return np.array(found)
