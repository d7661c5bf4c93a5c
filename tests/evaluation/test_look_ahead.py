from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from evaluation.backtest import find_look_ahead, prepare_backtest
from evaluation.baselines import Popularity
from evaluation.experiment import Query
from evaluation.look_ahead import Backtest
from evaluation.past import Grounds
from evaluation.prepared import Prepared, PrepareOptions
from evaluation.testbed import Testbed
from evaluation.voting_baselines import AGGREGATES
from models.errors import InvalidInputError
from recommender.traces import TraceView

ALL = PrepareOptions(
    encoder="bundled",
    start=0.0,
    systems=(
        "releve", "random", "popularity", "recency_popularity", "model1", "model2", "bm25_voting", "dense_voting",
        "hybrid_voting", *(f"{side}_voting_{name}" for side in ("bm25", "dense", "hybrid") for name in AGGREGATES),
    ),
)  # fmt: skip


def prepare(path: Path, *systems: str) -> Backtest:
    return prepare_backtest(path, PrepareOptions(encoder="words", start=0.0, systems=systems))


def test_no_built_in_system_looks_ahead(threads_file: Path):
    with prepare_backtest(threads_file, ALL) as backtest:
        assert len(backtest.systems) == len(ALL.systems)
        assert find_look_ahead(backtest, sample=2) == []


class ForgetsTheDate:
    """Ranks with everything there is, whenever the question was asked."""

    name = "forgetful"

    def __init__(self, testbed: Testbed) -> None:
        self._popularity = Popularity(Grounds(testbed))

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        return self._popularity.rank(replace(query, at=None), top)


def test_a_system_that_forgets_the_date_is_caught(threads_file: Path):
    with prepare(threads_file) as backtest:
        assert backtest.testbed is not None
        backtest.systems = [ForgetsTheDate(backtest.testbed)]
        backtest.make_systems = lambda testbed: [ForgetsTheDate(testbed)]
        [first, *_] = find_look_ahead(backtest, sample=3)
    assert (first.query_id, first.system) == ("q2", "forgetful")
    # By then Bob had helped once; that he helped again, and Carl, Dora and Erin at all, is the future.
    assert first.candidates == ["testbed:bob", "testbed:carl", "testbed:dora", "testbed:erin"]


def test_traces_that_hold_the_future_are_caught(threads_file: Path, monkeypatch: pytest.MonkeyPatch):
    with prepare(threads_file, "popularity", "bm25_voting") as backtest:
        honest_span = TraceView.span
        leaking = backtest.testbed.traces.view(backtest.testbed.spaces()) if backtest.testbed else None

        def span(self: TraceView, before: datetime | None, now: datetime) -> tuple[int, int]:
            return honest_span(self, None if self is leaking else before, now)

        monkeypatch.setattr(TraceView, "span", span)
        found = find_look_ahead(backtest, sample=3)
    assert {(leak.query_id, leak.system) for leak in found} >= {("q2", "popularity"), ("q3", "popularity")}


def test_an_index_whose_word_statistics_hold_the_future_is_caught(threads_file: Path, monkeypatch: pytest.MonkeyPatch):
    with prepare(threads_file, "popularity", "bm25_voting_sum", "model2") as backtest:
        leaking = backtest.testbed.index.snapshot if backtest.testbed else None
        assert leaking is not None
        honest = type(leaking).visible

        def visible(self: Any, spaces: Collection[str], before: datetime | None) -> Any:
            seen = honest(self, spaces, before)
            if self is not leaking:
                return seen
            # The right passages, with statistics over all of them: a frequency fitted on later text.
            return replace(seen, count=honest(self, spaces, None).count)

        monkeypatch.setattr(type(leaking), "visible", visible)
        found = find_look_ahead(backtest, sample=3)
    assert {leak.system for leak in found} == {"bm25_voting_sum"}


def test_what_was_not_prepared_as_a_backtest_cannot_be_checked(threads_file: Path):
    with prepare(threads_file) as backtest:
        bare = Backtest(**{name: getattr(backtest, name) for name in Prepared.__dataclass_fields__})
        with pytest.raises(InvalidInputError, match="does not say how its systems are made"):
            find_look_ahead(bare)
