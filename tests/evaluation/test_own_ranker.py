"""A ranker of one's own is kept when it wins on the newest questions, and only then."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import own_ranker
from evaluation.own_ranker import LEAST_JUDGED, OwnRanker, reciprocal_ranks, train_own_ranker
from evaluation.prepared import PrepareOptions
from evaluation.ranker_training import Examples
from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, NAMES
from recommender.ranker import Calibration, Ranker, Rankers, bundled_rankers
from recommender.trees import Trees

Train = Callable[[Sequence[tuple[np.ndarray, np.ndarray]]], OwnRanker]


def questions(number: int, rule: str | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return questions where the one candidate whom a feature tells is right, or anyone by chance."""
    random = np.random.default_rng(7)
    made = []
    for _ in range(number):
        matrix = random.random((8, len(FEATURES)))
        right = np.zeros(8, np.bool_)
        right[random.integers(8) if rule is None else matrix[:, NAMES.index(rule)].argmax()] = True
        made.append((matrix, right))
    return made


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Train:
    """Train on a history of these questions, oldest first."""
    asked: dict[str, Any] = {}

    @contextmanager
    def prepare(path: None, options: PrepareOptions) -> Iterator[None]:
        asked["options"] = options
        yield

    def train_on(history: Sequence[tuple[np.ndarray, np.ndarray]]) -> OwnRanker:
        monkeypatch.setattr(own_ranker, "prepare_backtest", prepare)
        monkeypatch.setattr(own_ranker, "collect_examples", lambda *_, **__: Examples("own", history))
        result = train_own_ranker(PrepareOptions(intent="expertise", home=tmp_path), tmp_path / "rankers")
        assert (asked["options"].intent, asked["options"].start) == ("routing", 0.15)
        return result

    return train_on


def test_a_ranker_that_wins_is_written_for_routing_and_the_one_for_expertise_stays(train: Train, tmp_path: Path):
    trained = train(questions(340, "named"))
    # Of what is left from 15 % of the history on, the questions up to 80 % of it: 65 of 85 parts.
    assert (trained.learned, trained.judged, trained.kept) == (260, 80, True)
    assert trained.after > trained.before + 0.1
    own, bundled = Rankers.load(tmp_path / "rankers"), bundled_rankers()
    judged = questions(340, "named")[260:]
    assert reciprocal_ranks(own.by_intent[Intent.ROUTING], judged).mean() == pytest.approx(trained.after)
    assert reciprocal_ranks(bundled.by_intent[Intent.ROUTING], judged).mean() == pytest.approx(trained.before)
    matrix = np.concatenate([matrix for matrix, _ in judged])
    scores, same = (rankers.by_intent[Intent.EXPERTISE].score_matrix(matrix) for rankers in (own, bundled))
    assert scores.tolist() == same.tolist()


def test_a_ranker_that_does_not_win_is_not_written(train: Train, tmp_path: Path):
    # What is learned no longer holds for the newest questions.
    trained = train(questions(260, "named") + questions(80, None))
    assert (trained.judged, trained.kept) == (80, False)
    assert not (tmp_path / "rankers").exists()


def test_fewer_than_fifty_newer_questions_judge_nothing(train: Train, tmp_path: Path):
    with pytest.raises(InvalidInputError, match=r"holds 49 recent answered questions.*50 are needed.*stays as it is"):
        train(questions(208, "named"))
    assert not (tmp_path / "rankers").exists()
    assert train(questions(LEAST_JUDGED * 85 // 20, "named")).judged == 50


def test_no_question_at_all_is_told_the_same_way(train: Train):
    with pytest.raises(InvalidInputError, match="holds 0 recent answered questions"):
        train([])


def test_the_reciprocal_rank_is_that_of_the_best_right_candidate_and_ties_go_against_it():
    text = (
        "feature_names=named\n\nTree=0\nsplit_feature=0 0\nthreshold=0.5 1.5\ndecision_type=2 2\nleft_child=-1 -2\n"
        "right_child=1 -3\nleaf_value=0 1 2\ninternal_value=1 1\n\nend of trees\n"
    )
    ranker = Ranker(Trees.parse(text), Calibration(1.0, 0.0))

    def question(named: list[float], right: list[bool]) -> tuple[np.ndarray, np.ndarray]:
        matrix = np.zeros((len(named), len(NAMES)))
        matrix[:, NAMES.index("named")] = named
        return matrix, np.array(right)

    asked = [
        question([0, 1, 2], [False, False, True]),
        question([0, 1, 2], [True, True, False]),
        question([1, 1, 2, 0], [True, False, False, False]),
        question([0, 0, 0, 0], [True, True, False, False]),
    ]
    assert reciprocal_ranks(ranker, asked).tolist() == [1, 1 / 2, 1 / 3, 1 / 4]
