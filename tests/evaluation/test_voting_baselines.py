from datetime import UTC, datetime
from math import exp

import numpy as np
import pytest

from evaluation.experiment import Query
from evaluation.past import FoundDocuments, Grounds, Votes
from evaluation.testbed import Testbed
from evaluation.voting_baselines import AGGREGATES, HybridVoting, MeaningVoting, WordVoting
from recommender.encoders.choose import load_encoder

LATE = datetime(2020, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sum", [4, 2]),
        ("max", [3, 2]),
        ("rr", [1 + 1 / 3, 1 / 2]),
        ("top3", [4 / 3, 2 / 3]),
        ("exp", [1 + exp(4 * (1 / 3 - 1)), exp(4 * (2 / 3 - 1))]),
    ],
)
def test_votes_add_up_as_each_aggregate_says(name: str, expected: list[float]):
    votes = Votes(np.array([0, 0, 1]), np.array([3.0, 1.0, 2.0]))
    assert AGGREGATES[name](votes, np.array([2.0, 3.0, 1.0]), 2).tolist() == pytest.approx(expected)


def test_only_the_three_best_votes_count_for_top3():
    votes = Votes(np.array([1, 1, 1, 1]), np.array([4.0, 3.0, 2.0, 1.0]))
    assert AGGREGATES["top3"](votes, votes.values, 2).tolist() == pytest.approx([0, 3])


def test_no_vote_gives_no_score():
    nothing = Votes(np.empty(0, np.int64), np.empty(0))
    for aggregate in AGGREGATES.values():
        assert aggregate(nothing, nothing.values, 2).tolist() == [0, 0]


def test_a_question_found_votes_for_who_answered_and_a_thread_votes_once_for_a_person(grounds: Grounds):
    past = grounds.past(Query("q", "", at=LATE))
    codes = [past.ground.view.document_code(f"testbed:{name}") for name in ("q2", "q2/1", "q1/1")]
    found = FoundDocuments(np.array(codes), np.array([2.0, 5.0, 1.0]), np.array([True, False, False]))
    votes = past.votes(found)
    people = [past.ground.view.person_ids[person] for person in votes.persons]
    assert sorted(zip(people, votes.values.tolist(), strict=True)) == [
        ("testbed:bob", 1.0),
        ("testbed:bob", 5.0),
        ("testbed:carl", 2.0),
    ]


def test_an_answer_that_came_after_the_question_does_not_vote(grounds: Grounds):
    past = grounds.past(Query("q", "", at=datetime(2020, 1, 5, tzinfo=UTC)))
    code = past.ground.view.document_code("testbed:q2")
    votes = past.votes(FoundDocuments(np.array([code]), np.array([1.0]), np.array([True])))
    assert [past.ground.view.person_ids[person] for person in votes.persons] == ["testbed:bob"]


def test_who_answered_what_was_found_comes_first_and_everyone_follows(grounds: Grounds):
    ranking = WordVoting("bm25", grounds, AGGREGATES["sum"]).rank(Query("q", "fuse", at=LATE), None)
    assert [name for name, _ in ranking] == ["testbed:dora", "testbed:carl", "testbed:bob"]
    assert ranking[0][1] > 0
    assert [score for _, score in ranking[1:]] == [-1, -2]


def test_a_question_that_finds_nothing_ranks_by_popularity(grounds: Grounds):
    ranking = WordVoting("bm25", grounds, AGGREGATES["sum"]).rank(Query("q", "zeppelin", at=LATE), None)
    assert ranking == [("testbed:carl", -1), ("testbed:bob", -2), ("testbed:dora", -3)]


def test_meaning_and_both_sides_find_who_answered(threads_file):
    encoder = load_encoder("bundled")
    assert encoder is not None
    with Testbed.of_threads(threads_file, encoder) as testbed:
        grounds = Grounds(testbed)
        query = Query("q", "leaking valve", at=LATE)
        for system in (
            MeaningVoting("dense", grounds, AGGREGATES["max"], encoder),
            HybridVoting("hybrid", grounds, AGGREGATES["max"]),
        ):
            ranking = system.rank(query, None)
            assert ranking[0][0] == "testbed:bob"
            assert {name for name, _ in ranking} == {"testbed:bob", "testbed:carl", "testbed:dora"}
