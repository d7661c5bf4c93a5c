from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import evaluation.succession.communities
import evaluation.succession.leadership
from evaluation.experiment import System
from evaluation.succession.baselines import DeedsOf, MostActive
from evaluation.succession.cases import Case, Cases
from evaluation.succession.judging import CaseSystem, SuccessionOptions, make_systems
from evaluation.succession.look_ahead import CASE, find_look_ahead
from evaluation.succession.reading import read_cases
from models.errors import InvalidInputError
from recommender.traces import TraceView


def every_system(found: Cases) -> Sequence[System]:
    return make_systems(found, SuccessionOptions(1, "releve evaluate succession"))


def test_no_case_and_no_built_in_system_looks_ahead(town: Cases, groups: Cases) -> None:
    assert find_look_ahead(town, every_system) == []
    assert find_look_ahead(groups, every_system) == []


class Peeking:
    """Knows who took over."""

    name = "peeking"

    def score(self, case: Case) -> np.ndarray:
        scores = np.zeros(len(case.ground.person_ids))
        scores[list(case.grades)] = list(case.grades.values())
        return scores


def test_a_system_that_knows_who_took_over_is_caught(town: Cases, groups: Cases) -> None:
    def make(found: Cases) -> Sequence[System]:
        return [CaseSystem(Peeking(), {case.id: case for case in found.cases}, MostActive(DeedsOf(), 180))]

    [in_town] = find_look_ahead(town, make)
    assert (in_town.query_id, in_town.system) == ("2021-01-08/lea", "peeking")
    assert in_town.candidates == ["max", "pia"]
    assert {leak.system for leak in find_look_ahead(groups, make)} == {"peeking"}


@pytest.mark.parametrize("place", [0, 1])
def test_a_ground_that_holds_the_future_is_caught(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    module = (evaluation.succession.communities, evaluation.succession.leadership)[place]

    def whole(view: TraceView, moment: int) -> TraceView:
        return view

    with monkeypatch.context() as leaking:
        leaking.setattr(module, "view_before", whole)
        found = read_cases(folders[place], None)
        with found:
            leaks = find_look_ahead(found, every_system)
    # Who was known before is judged by the ground: Noa in the community, Eva in the groups come too early.
    assert CASE in {leak.system for leak in leaks}
    assert any("noa" in name or "eva" in name for leak in leaks for name in leak.candidates)


def test_cases_that_cannot_be_made_again_are_not_called_honest(town: Cases) -> None:
    with pytest.raises(InvalidInputError, match="do not say how they are made"):
        find_look_ahead(replace(town, retell=None), every_system)
