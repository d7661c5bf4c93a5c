"""The rubric's thresholds, on both sides of each."""

from __future__ import annotations

import pytest

from recommender.succession.rubric import Level, level_of, score_concentration, score_tacit_depth


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (5, Level.LOW),
        (12, Level.LOW),
        (13, Level.MEDIUM),
        (19, Level.MEDIUM),
        (20, Level.HIGH),
        (25, Level.HIGH),
    ],
)
def test_a_sum_is_high_from_twenty_and_low_up_to_twelve(total: int, level: Level) -> None:
    assert level_of(total) is level


@pytest.mark.parametrize(
    ("holders", "truck_factor", "first_share", "score"),
    [
        (0, 0, 0.0, 5),
        (1, 0, 1.0, 5),
        (6, 1, 0.2, 5),
        (6, 3, 2 / 3, 5),
        (6, 3, 0.66, 3),
        (6, 3, 0.5, 3),
        (6, 2, 0.2, 3),
        (3, 3, 0.4, 3),
        (4, 3, 0.49, 1),
        (6, 0, 0.2, 1),
    ],
)
def test_concentration_is_graver_the_fewer_know(
    holders: int, truck_factor: int, first_share: float, score: int
) -> None:
    assert score_concentration(holders, truck_factor, first_share) == score


@pytest.mark.parametrize(("elsewhere", "score"), [(2, 5), (3, 3)])
def test_a_unit_is_not_alone_with_what_three_others_hold(elsewhere: int, score: int) -> None:
    assert score_concentration(1, 1, 1.0, elsewhere) == score
    assert score_concentration(6, 3, 0.2, elsewhere) == 1


@pytest.mark.parametrize(("ratio", "score"), [(0.0, 5), (0.049, 5), (0.05, 3), (0.249, 3), (0.25, 1), (1.0, 1)])
def test_what_is_written_down_is_less_tacit(ratio: float, score: int) -> None:
    assert score_tacit_depth(ratio) == score
