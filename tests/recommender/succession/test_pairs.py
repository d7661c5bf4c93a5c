"""Pairs of a whole unit: limits, pins and prohibitions kept, and the same result for the same input."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from models.errors import InvalidInputError
from models.pair_decisions import decide_pair
from models.planning import Planner
from models.records import PersonRecord
from models.store import SQLITE_NAME, Store
from models.tables import PairStance
from recommender.succession import pairs
from recommender.succession.pairs import Pairs, pair_unit
from recommender.succession.taking_over import find_successors
from tests.conftest import NOW, write
from tests.recommender.succession.handing_over import hand_over, leave, prefer
from tests.recommender.succession.planning import FROST, TODAY, VALVES, ground_of, planner

Told = list[tuple[str, str, str | None]]


def paired(store: Store, by: Planner | None = None, horizon: float = 5, limit: int = 2) -> Pairs:
    by = by or planner()
    with store.read() as session:
        return pair_unit(session, ground_of(session, by.viewer), by, NOW, horizon, limit)


def told(found: Pairs) -> Told:
    return [
        (
            one.leaver.id.removeprefix("test:"),
            one.area.id,
            one.successor.id.removeprefix("test:") if one.successor else None,
        )
        for one in found.pairs
    ]


def decide(store: Store, leaver: str, area: str, successor: str, stance: PairStance | None) -> None:
    with store.write() as session:
        decide_pair(session, planner(units=None), NOW, f"test:{leaver}", area, f"test:{successor}", stance)


def test_each_area_of_who_leaves_finds_someone_the_nearest_departure_first(store: Store) -> None:
    hand_over(store)
    leave(store, "ben", 800)
    leave(store, "ana", 100)

    found = paired(store)

    assert [row[:2] for row in told(found)] == [("ana", VALVES), ("ana", FROST), ("ben", FROST)]
    assert [one.leaves_on for one in found.pairs] == [TODAY + timedelta(days=days) for days in (100, 100, 800)]
    assert all(row[2] and row[2] != row[0] for row in told(found))
    # Only Bea, and Ben before he leaves, hold it well enough.
    ready = {one.successor.id for one in found.pairs if one.ready and one.successor}
    assert ready <= {"test:bea", "test:ben"}
    assert found.left_out == 0


def test_the_pairs_have_the_largest_sum_of_scores_within_the_limit(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    with store.read() as session:
        taking = find_successors(session, ground_of(session, planner().viewer), planner(), NOW, "test:ana", top=50)
    scores = [{one.person.id: one.score for one in area.candidates} for area in taking.areas]
    best = max(
        sum(found[person] for found, person in zip(scores, chosen, strict=True))
        for chosen in product(*scores)
        if len(set(chosen)) == len(chosen)
    )

    assert sum(one.score for one in paired(store, limit=1).pairs) == pytest.approx(best, abs=1e-6)
    assert sum(one.score for one in paired(store, limit=2).pairs) >= best


def test_nobody_takes_over_more_than_the_limit(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "ben", 800)

    successors = [row[2] for row in told(paired(store, limit=1)) if row[2]]

    assert len(successors) == len(set(successors)) == 3


def test_departures_beyond_the_horizon_wait(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "ben", 800)

    assert {row[0] for row in told(paired(store, horizon=1))} == {"ana"}
    assert paired(store, horizon=0).pairs == []


def test_pinned_pairs_are_kept_whoever_is_better_and_even_without_a_trace(store: Store) -> None:
    hand_over(store)
    write(store, [PersonRecord(id="gus", name="Gus")])
    leave(store, "ana", 100)
    decide(store, "ana", FROST, "gus", PairStance.PINNED)

    pinned = next(one for one in paired(store).pairs if one.area.id == FROST)

    assert (pinned.successor and pinned.successor.id, pinned.pinned, pinned.score) == ("test:gus", True, 0.0)


def test_forbidden_pairs_are_not_made(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    for name in ("bea", "ben", "dan"):
        decide(store, "ana", FROST, name, PairStance.FORBIDDEN)

    assert ("ana", FROST, "eve") in told(paired(store))


def test_an_area_with_everybody_forbidden_is_left_to_nobody(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    for name in ("bea", "ben", "eve", "dan", "cleo"):
        decide(store, "ana", FROST, name, PairStance.FORBIDDEN)

    assert ("ana", FROST, None) in told(paired(store))


def test_pins_beyond_the_limit_are_refused_with_what_to_do(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    decide(store, "ana", FROST, "dan", PairStance.PINNED)
    decide(store, "ana", VALVES, "dan", PairStance.PINNED)

    with pytest.raises(InvalidInputError, match="raise the limit or unpin some"):
        paired(store, limit=1)
    assert {row[2] for row in told(paired(store, limit=2))} == {"dan"}


def test_decisions_about_people_who_do_not_leave_wait(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    before = paired(store)
    decide(store, "ben", FROST, "dan", PairStance.PINNED)

    assert paired(store) == before
    leave(store, "ben", 200)
    assert ("ben", FROST, "dan") in told(paired(store))


def test_a_successor_who_leaves_later_is_shown_with_their_day(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "dan", 800)
    decide(store, "ana", VALVES, "dan", PairStance.PINNED)

    valves = next(one for one in paired(store).pairs if one.area.id == VALVES and one.leaver.id == "test:ana")

    assert (valves.successor and valves.successor.id) == "test:dan"
    assert valves.successor_leaves_on == TODAY + timedelta(days=800)


def test_those_beyond_the_most_that_are_paired_at_once_are_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "ben", 800)
    monkeypatch.setattr(pairs, "MOST_LEAVERS", 1)

    found = paired(store)

    assert ({row[0] for row in told(found)}, found.left_out) == ({"ana"}, 1)


def test_people_of_other_units_who_leave_and_who_opted_out_are_not_paired(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "ben", 100)
    prefer(store, "ana", visible_as_expert=False)

    assert {row[0] for row in told(paired(store))} == {"ben"}
    assert paired(store, by=planner(units=frozenset({"test:roads"}))).pairs == []


def test_the_same_input_gives_the_same_pairs_whenever_it_was_imported(
    store: Store, tmp_path: Path, sqlite_template: Path
) -> None:
    (tmp_path / "twin").mkdir()
    shutil.copy(sqlite_template, tmp_path / "twin" / SQLITE_NAME)
    twin = Store.open(tmp_path / "twin")
    hand_over(store)
    hand_over(twin, backwards=True)
    for name, days in (("ana", 100), ("ben", 800)):
        leave(store, name, days)
    for name, days in (("ben", 800), ("ana", 100)):
        leave(twin, name, days)

    found = paired(store, limit=1)

    assert paired(store, limit=1) == found
    assert paired(twin, limit=1) == found
    twin.close()


@pytest.mark.parametrize("horizon", [-1, 16])
def test_a_horizon_out_of_range_is_refused(store: Store, horizon: float) -> None:
    with pytest.raises(InvalidInputError, match="choose 0 to 15"):
        paired(store, horizon=horizon)
