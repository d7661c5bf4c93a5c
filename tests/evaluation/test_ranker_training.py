"""What a ranker learns from examples made by hand, and how its scores become probabilities."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evaluation.backtest import prepare_backtest
from evaluation.own_ranker import reciprocal_ranks
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.ranker_training import (
    FEATURES_OF,
    Examples,
    collect_examples,
    continue_ranker,
    fit_calibration,
    load_examples,
    save_examples,
    train_ranker,
)
from models.errors import InvalidInputError
from recommender.expert_finding import Intent
from recommender.features import FEATURES, NAMES
from recommender.ranker import BUNDLED, Calibration, Ranker
from recommender.trees import Trees

ROUTING_RULE, EXPERTISE_RULE = "words_top3", "subject"


def examples(name: str, rule: str, seed: int, questions: int = 40, *, mistaken: float = 0.0) -> Examples:
    """Return questions of ten candidates, where who has the highest of a feature is right, but for some mistakes."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(questions):
        matrix = random.random((10, len(FEATURES)))
        right = np.zeros(10, np.bool_)
        right[random.integers(10) if random.random() < mistaken else matrix[:, NAMES.index(rule)].argmax()] = True
        made.append((matrix, right))
    return Examples(name, made)


def ranker_of(trained: tuple[str, Calibration]) -> Ranker:
    return Ranker(Trees.parse(trained[0]), trained[1])


@pytest.mark.parametrize(("intent", "rule"), [(Intent.EXPERTISE, EXPERTISE_RULE), (Intent.ROUTING, ROUTING_RULE)])
def test_an_obvious_rule_is_learned_and_holds_for_questions_never_seen(intent: Intent, rule: str):
    sets = [examples(f"set {seed}", rule, seed) for seed in range(4)]
    unseen = examples("unseen", rule, 99, 100)
    ranker = ranker_of(train_ranker(sets, intent, 1))
    # By chance it would be 0.29; the other features are noise.
    assert reciprocal_ranks(ranker, unseen.questions).mean() > 0.85
    wrong = [(matrix[:, ::-1], right) for matrix, right in unseen.questions]
    assert reciprocal_ranks(ranker, wrong).mean() < 0.5


@pytest.mark.parametrize("intent", Intent)
def test_a_model_sees_only_the_features_of_its_intent(intent: Intent):
    text, _ = train_ranker([examples("a", ROUTING_RULE, 1)], intent, 1)
    assert Trees.parse(text).feature_names == list(FEATURES_OF[intent])


def test_the_same_seed_learns_the_same_and_another_seed_something_else():
    sets = [examples(f"set {seed}", EXPERTISE_RULE, seed) for seed in range(3)]
    first, again, other = (train_ranker(sets, Intent.EXPERTISE, seed) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]


def test_sets_without_a_question_are_passed_over():
    learned = [examples("a", EXPERTISE_RULE, 1)]
    assert train_ranker([Examples("none", []), *learned], Intent.EXPERTISE, 1) == train_ranker(
        learned, Intent.EXPERTISE, 1
    )


@pytest.mark.parametrize("sets", [[], [Examples("none", [])]])
def test_where_nobody_was_right_there_is_nothing_to_learn_from(sets: list[Examples]):
    with pytest.raises(InvalidInputError, match="No question to learn from"):
        train_ranker(sets, Intent.ROUTING, 1)


def test_scores_are_near_how_often_such_candidates_are_right():
    sets = [examples(f"set {seed}", EXPERTISE_RULE, seed, 100, mistaken=0.5) for seed in range(4)]
    ranker = ranker_of(train_ranker(sets, Intent.EXPERTISE, 1))
    unseen = examples("unseen", EXPERTISE_RULE, 99, 400, mistaken=0.5).questions
    scores = np.concatenate([ranker.score_matrix(matrix) for matrix, _ in unseen])
    right = np.concatenate([labels for _, labels in unseen])
    assert scores.mean() == pytest.approx(0.1, abs=0.02)
    bins = np.array_split(np.argsort(scores), 4)
    said, was = [scores[rows].mean() for rows in bins], [right[rows].mean() for rows in bins]
    assert said == pytest.approx(was, abs=0.06)
    assert was[-1] > 0.2
    assert was[0] < 0.1


def test_a_calibration_finds_the_curve_that_the_labels_were_drawn_from():
    random = np.random.default_rng(5)
    sums = random.normal(3, 2, 20_000)
    labels = random.random(20_000) < 1 / (1 + np.exp(-(1.5 * sums - 4)))
    found = fit_calibration(sums, labels, np.ones(20_000))
    assert (found.slope, found.offset) == (pytest.approx(1.5, abs=0.08), pytest.approx(-4, abs=0.2))


def test_a_weight_counts_as_so_many_rows():
    sums, labels = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    found = fit_calibration(sums, labels, np.array([3.0, 1.0, 1.0, 3.0]))
    assert found.apply(np.array([0.0, 1.0])) == pytest.approx([0.25, 0.75], abs=1e-3)


def test_sums_that_are_all_alike_are_worth_the_share_that_is_right():
    found = fit_calibration(np.zeros(8), np.array([1.0] * 2 + [0.0] * 6), np.ones(8))
    assert found.apply(np.zeros(1)) == pytest.approx([0.25], abs=1e-3)


def test_what_separates_wholly_gets_a_finite_curve_that_rises():
    found = fit_calibration(np.arange(10.0), np.arange(10) > 4, np.ones(10))
    assert np.isfinite([found.slope, found.offset]).all()
    assert found.apply(np.array([0.0, 9.0])) == pytest.approx([0, 1], abs=0.02)


def test_a_ranker_goes_on_from_another():
    bundled = (BUNDLED / "routing.txt").read_text(encoding="utf-8")
    own = examples("own", "named", 1, 150)
    unseen = examples("unseen", "named", 2, 100).questions
    text, calibration = continue_ranker(bundled, own, 1)
    before, after = Trees.parse(bundled), Trees.parse(text)
    assert (len(after.roots) - len(before.roots), after.feature_names) == (60, before.feature_names)
    gain = (
        reciprocal_ranks(Ranker(after, calibration), unseen).mean()
        - reciprocal_ranks(Ranker(before, Calibration(1.0, 0.0)), unseen).mean()
    )
    assert gain > 0.2


def test_examples_are_kept_in_a_file(tmp_path: Path):
    kept = examples("lab", EXPERTISE_RULE, 1, 3)
    save_examples(tmp_path / "new" / "lab.npz", kept)
    loaded = load_examples(tmp_path / "new" / "lab.npz")
    assert loaded is not None
    assert (loaded.name, len(loaded.questions)) == ("lab", 3)
    for (matrix, right), (loaded_matrix, loaded_right) in zip(kept.questions, loaded.questions, strict=True):
        assert np.abs(loaded_matrix - matrix).max() < 1e-6
        assert loaded_right.tolist() == right.tolist()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lab.npz"]


def test_no_examples_are_kept_as_none(tmp_path: Path):
    save_examples(tmp_path / "lab.npz", Examples("lab", []))
    assert load_examples(tmp_path / "lab.npz") == Examples("lab", [])


def test_examples_of_other_features_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert load_examples(tmp_path / "lab.npz") is None
    save_examples(tmp_path / "lab.npz", examples("lab", EXPERTISE_RULE, 1, 3))
    monkeypatch.setattr("evaluation.ranker_training.NAMES", ("renamed", *NAMES[1:]))
    assert load_examples(tmp_path / "lab.npz") is None


@pytest.fixture
def backtest(threads_file: Path) -> Iterator[Prepared]:
    options = PrepareOptions(encoder="words", intent="routing", start=0.0, systems=("popularity",))
    with prepare_backtest(threads_file, options) as prepared:
        yield prepared


def test_examples_are_the_candidates_of_each_question_with_who_was_right(backtest: Prepared):
    collected = collect_examples("lab", backtest, Intent.ROUTING, 1, all_candidates=True)
    # Before q2 only Bob had helped; to q3, which Bob asks, Ann has asked something similar and Carl has helped;
    # before q4, which Ann asks, Bob, Carl and Dora have helped, of whom two answered.
    assert [labels.tolist() for _, labels in collected.questions] == [[True], [False, True], [False, True, True]]
    helps = [np.expm1(matrix[:, NAMES.index("helps")]).round(6).tolist() for matrix, _ in collected.questions]
    assert helps == [[1], [0, 1], [2, 2, 1]]


def test_a_question_whose_right_candidates_are_not_found_teaches_nothing(backtest: Prepared):
    backtest.qrels = {**backtest.qrels, "q2": {"nobody": 1}}
    assert len(collect_examples("lab", backtest, Intent.ROUTING, 1).questions) == 2


def test_of_the_wrong_candidates_the_likeliest_and_a_few_by_chance_are_kept(
    backtest: Prepared, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("evaluation.ranker_training._LIKELIEST", 0)
    monkeypatch.setattr("evaluation.ranker_training._OTHERS", 0)
    collected = collect_examples("lab", backtest, Intent.ROUTING, 1)
    assert [labels.tolist() for _, labels in collected.questions] == [[True], [True], [True, True]]


def test_without_a_store_there_is_nothing_to_ask(backtest: Prepared):
    backtest.testbed = None
    with pytest.raises(InvalidInputError, match="'lab' has no store to ask"):
        collect_examples("lab", backtest, Intent.ROUTING, 1)
