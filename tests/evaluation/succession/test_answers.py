from __future__ import annotations

import numpy as np
import pytest

from evaluation.succession.answers import (
    DAY,
    Answers,
    grade,
    grade_successors,
    leavers_at,
    left_areas,
)
from recommender.succession.ground import AreaPlaces

LEA, MAX, PIA = range(3)


def answers(*rows: tuple[int, int, int]) -> Answers:
    """Make answers from (day, person, thread), in order of time."""
    days, persons, threads = np.array(rows, np.int64).T
    return Answers(persons, threads, days * DAY)


def test_an_answer_counts_once_a_thread_and_a_person() -> None:
    some = answers((1, LEA, 7), (2, LEA, 7), (3, MAX, 7), (4, LEA, 8), (9, LEA, 9))

    assert some.between(0, 9 * DAY).counts(3).tolist() == [2, 1, 0]


def test_who_stopped_since_the_handover_before_leaves_if_they_had_given_enough() -> None:
    often = [(300 + day, LEA, day) for day in range(5)]
    seldom = [(300 + day, MAX, day) for day in range(4)]
    goes_on = [(300 + day, PIA, day) for day in range(5)]
    some = answers(*sorted([*often, *seldom, *goes_on, (500, PIA, 90), (600, PIA, 91)]))

    assert leavers_at(some, 400 * DAY, 3).tolist() == [LEA]
    # 182 days later she had left at the handover before already.
    assert leavers_at(some, 582 * DAY, 3).tolist() == []


def test_who_comes_back_within_the_year_did_not_leave_and_who_comes_back_after_it_did() -> None:
    some = [(300 + day, LEA, day) for day in range(5)]

    assert leavers_at(answers(*some, (400 + 364, LEA, 50)), 400 * DAY, 1).tolist() == []
    assert leavers_at(answers(*some, (400 + 365, LEA, 50)), 400 * DAY, 1).tolist() == [LEA]


PLACES = AreaPlaces(
    ["payroll", "pumps", "snow"],
    documents=np.array([0, 1, 2, 2, 3], np.int32),
    areas=np.array([0, 0, 0, 1, 2], np.int32),
    strengths=np.array([1.0, 1.0, 0.8, 0.7, 0.1], np.float32),
)


def test_what_somebody_leaves_are_their_areas_by_how_squarely_they_answered_in_them() -> None:
    some = answers((1, LEA, 0), (2, LEA, 1), (3, LEA, 2), (4, LEA, 3), (5, MAX, 3))

    # Payroll 1 + 1 + 0.8, pumps 0.7; snow, 0.1 of 3.6, is too little to be handed over.
    assert left_areas(some, PLACES, LEA) == pytest.approx({0: 2.8 / 3.5, 1: 0.7 / 3.5})


def test_grades_rise_each_time_the_share_of_the_answers_doubles_from_a_tenth() -> None:
    assert grade(np.array([9.9, 10.0, 19.9, 20.0, 40.0, 0.2])).tolist() == [0, 1, 1, 2, 3, 0]


def test_half_an_answer_takes_nothing_over_even_where_it_is_the_only_one() -> None:
    assert grade(np.array([0.4])).tolist() == [0]
    assert grade(np.array([0.5])).tolist() == [4]


def test_successors_are_graded_by_their_share_of_the_answers_in_the_areas_left() -> None:
    after = answers((1, MAX, 0), (2, MAX, 1), (3, PIA, 2), (4, LEA, 1))

    # In payroll, Max gave 2 answers, Lea 1, Pia 0.8; but Lea is no candidate.
    assert grade_successors(after, PLACES, {0: 1.0}, np.array([MAX, PIA]), 3) == {MAX: 3, PIA: 2}
    # Of two areas, an answer counts by the better: Pia's by 0.7 in pumps against 0.8 of a quarter in payroll.
    assert grade_successors(after, PLACES, {0: 0.2, 1: 0.8}, np.array([MAX, PIA]), 3) == {MAX: 2, PIA: 3}
