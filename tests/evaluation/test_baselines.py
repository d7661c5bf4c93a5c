from datetime import UTC, datetime

import pytest

from evaluation.baselines import Popularity, RandomRanking, RecencyPopularity
from evaluation.experiment import Query
from evaluation.past import Grounds


def asked(day: int, asker: str | None = "testbed:ann") -> Query:
    return Query("q", "pump", asker=asker, at=datetime(2020, 1, day, tzinfo=UTC))


def test_popularity_counts_the_threads_helped_strictly_before_the_question(grounds: Grounds):
    # Bob helped in q1 and q2, Carl in q2 and q3, Dora in q3; of two with as much, the last id comes first.
    assert Popularity(grounds).rank(asked(20), None) == [("testbed:carl", 2), ("testbed:bob", 2), ("testbed:dora", 1)]
    assert Popularity(grounds).rank(asked(4), None) == [("testbed:bob", 1)]
    assert Popularity(grounds).rank(asked(2), None) == []


def test_who_asks_is_no_candidate(grounds: Grounds):
    assert [name for name, _ in Popularity(grounds).rank(asked(20, "testbed:carl"), None)] == [
        "testbed:bob",
        "testbed:dora",
    ]


def test_a_question_without_a_date_is_asked_after_everything(grounds: Grounds):
    everyone = Popularity(grounds).rank(Query("q", "pump"), None)
    assert everyone[:2] == [("testbed:carl", 3), ("testbed:dora", 2)]
    assert len(everyone) == 5


def test_helps_fade_with_the_helps_that_came_after(grounds: Grounds):
    # Bob, Bob, Carl, Carl, Dora: with a half-life of one help, 1/16 + 1/8, 1/4 + 1/2 and 1.
    ranking = RecencyPopularity(grounds, half_life_helps=1, half_life_days=9).rank(asked(20), None)
    assert ranking == [("testbed:dora", 1), ("testbed:carl", 0.75), ("testbed:bob", 0.1875)]


def test_helps_fade_with_the_days_before_the_last_trace(grounds: Grounds):
    # Dora on the 8th, Carl on the 7th and 5th, Bob on the 4th and 2nd; with a half-life of one day.
    ranking = RecencyPopularity(grounds, None, half_life_days=1).rank(asked(20), None)
    assert ranking == [("testbed:dora", 1), ("testbed:carl", 0.625), ("testbed:bob", 2**-4 + 2**-6)]


def test_chance_draws_another_order_for_another_question_and_the_same_for_the_same(grounds: Grounds):
    orders = {
        tuple(name for name, _ in RandomRanking(grounds, seed).rank(Query(str(number), ""), None))
        for number in range(20)
        for seed in (1, 1)
    }
    assert 10 < len(orders) <= 20
    assert {frozenset(order) for order in orders} == {
        frozenset(f"testbed:{name}" for name in ("ann", "bob", "carl", "dora", "erin"))
    }


@pytest.mark.parametrize("top", [0, 2])
def test_top_cuts_the_ranking(grounds: Grounds, top: int):
    assert Popularity(grounds).rank(asked(20), top) == Popularity(grounds).rank(asked(20), None)[:top]
