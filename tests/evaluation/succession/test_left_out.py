from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.succession.cases import Kind
from evaluation.succession.left_out import learn_without, main
from evaluation.succession.training import Example, ExampleSet
from recommender.groups import Numbers
from recommender.succession.own_past import Lessons
from recommender.succession.successor_features import FEATURES
from recommender.succession.tally import WAYS


def example(way: int, group: str, *, of_role: bool = False) -> Example:
    """Make a case in which one way of counting alone told who took over, in the past too."""
    shares: Numbers = np.zeros((1, len(WAYS)))
    shares[0, way] = 1.0
    matrix: Numbers = np.zeros((2, len(FEATURES)))
    matrix[0, way] = 1.0
    return Example(f"case-{group}", group, of_role, Lessons(shares, np.ones(1)), matrix, np.array([1.0, 0.0]))


def test_a_community_teaches_nothing_about_itself() -> None:
    sets = [ExampleSet(f"town{way}", [example(way, "2020-01-01")]) for way in range(3)]
    by_kind = {Kind.COMMUNITY: sets, Kind.LEADERSHIP: []}
    weights = learn_without(sets[0], Kind.COMMUNITY, by_kind)

    assert list(weights) == ["2020-01-01"]
    ways = weights["2020-01-01"].ways
    # What told in it is worth no more than what never told; what told in the two others is worth the most.
    assert ways[0] == pytest.approx(ways[3])
    assert ways[1] > 10 * ways[0]
    assert ways[2] == pytest.approx(ways[1])


def test_each_group_of_a_history_is_left_out_with_its_fold() -> None:
    groups = [f"sig-{number}" for number in range(9)]
    history = ExampleSet("groups", [example(0, group, of_role=True) for group in groups])
    weights = learn_without(history, Kind.LEADERSHIP, {Kind.COMMUNITY: [], Kind.LEADERSHIP: [history]})

    assert set(weights) == set(groups)
    # Eight folds of nine groups: the first and the last are left out together.
    assert weights["sig-0"] is weights["sig-8"]
    assert weights["sig-0"] is not weights["sig-1"]


def test_the_report_is_written_and_shown(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*map(str, folders), "--json", str(tmp_path / "left-out.json")])

    shown = json.loads((tmp_path / "left-out.json").read_text(encoding="utf-8"))
    assert [(one["kind"], one["cases"]) for one in shown["sets"]] == [("community", 1), ("leadership", 2)]
    assert "releve" in capsys.readouterr().out
