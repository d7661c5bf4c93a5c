import numpy as np
import pytest

from evaluation.succession.training import Example, ExampleSet, judge_left_out, train_successors
from recommender.groups import Numbers
from recommender.succession.own_past import Lessons
from recommender.succession.successor_features import FEATURES
from recommender.succession.tally import WAYS


def shares(**given: tuple[float, ...]) -> Numbers:
    """Shares of three candidates; nothing where nothing is given."""
    matrix = np.zeros((3, len(FEATURES)))
    for name, column in given.items():
        matrix[:, FEATURES.index(name)] = column
    return matrix


def example_set(name: str, *, of_role: bool) -> ExampleSet:
    """Cases where the second takes over: told by the area alone, and for a role by who worked beside who left."""
    lessons = Lessons(shares(all_90d=(0.2, 0.1, 0.7), area_90d=(0.1, 0.8, 0.1))[1:2, : len(WAYS)], np.array([50.0]))
    matrix = shares(
        all_90d=(0.2, 0.1, 0.7), area_90d=(0.1, 0.8, 0.1) if not of_role else (0.8, 0.1, 0.1), beside_leavers=(0, 1, 0)
    )
    grades = np.array([0.0, 1.0, 0.0])
    return ExampleSet(
        name, [Example(f"{name}/{place}", f"g{place}", of_role, lessons, matrix, grades) for place in (1, 2)]
    )


def test_what_told_who_took_over_weighs_most() -> None:
    weights = train_successors([example_set("forum", of_role=False)], [example_set("project", of_role=True)])

    assert max(WAYS, key=lambda name: weights.ways[WAYS.index(name)]) == "area_90d"
    assert max(weights.of_role, key=weights.of_role.__getitem__) == "beside_leavers"
    assert sum(weights.of_areas.values()) == pytest.approx(1)
    assert weights.ways.sum() == pytest.approx(1)


def test_every_set_is_judged_without_itself() -> None:
    misleading = example_set("odd", of_role=False)
    for example in misleading.examples:
        # Here the busiest takes over, and the others would never say so.
        example.grades[:] = (0.0, 0.0, 1.0)

    judged = judge_left_out([example_set("forum", of_role=False), misleading], [example_set("project", of_role=True)])

    assert set(judged) == {"forum", "odd", "project"}
    assert judged["odd"]["RR"] < 1
    assert judged["project"]["RR"] == 1
