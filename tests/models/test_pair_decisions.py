"""Pair decisions: one pin for each handover, freed again, of one's own units alone, and following merged areas."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.access import Viewer
from models.area_writing import FoundArea, write_found_areas
from models.areas import hide_area, merge_areas
from models.errors import InvalidInputError, NotFoundError
from models.pair_decisions import decide_pair, read_pair_decisions
from models.planning import Planner
from models.preferences import change_preferences
from models.records import PersonRecord, UnitRecord
from models.store import Store
from models.tables import DepartureVisibility, PairStance
from tests.conftest import NOW, write

PUMPS, VALVES = "area:1", "area:2"
PINNED, FORBIDDEN = PairStance.PINNED, PairStance.FORBIDDEN


def planner(*units: str) -> Planner:
    scope = frozenset(f"test:{unit}" for unit in units) if units else None
    return Planner(Viewer(), scope, DepartureVisibility.DECLARED, smallest_group=5)


@pytest.fixture
def town(store: Store) -> Store:
    """Ana works at Eaux, Ben at Voirie, and Cleo and Dan could take over."""
    units = {"ana": "eaux", "ben": "voirie", "cleo": None, "dan": None}
    write(
        store,
        [
            UnitRecord(id="eaux", name="Eaux"),
            UnitRecord(id="voirie", name="Voirie"),
            *(PersonRecord(id=name, name=name.title(), unit=unit) for name, unit in units.items()),
        ],
    )
    with store.write() as session:
        write_found_areas(session, NOW, [FoundArea(id_, id_, id_, (), (), 1) for id_ in (PUMPS, VALVES)], {})
    return store


def decide(
    store: Store,
    successor: str,
    stance: PairStance | None,
    leaver: str = "ana",
    area: str = PUMPS,
    by: Planner | None = None,
    now: datetime = NOW,
) -> None:
    with store.write() as session:
        decide_pair(session, by or planner(), now, f"test:{leaver}", area, f"test:{successor}", stance)


def stands(store: Store, by: Planner | None = None) -> list[tuple[str, str, str, PairStance]]:
    with store.read() as session:
        found = read_pair_decisions(session, by or planner(), NOW)
    return [
        (one.leaver_id.removeprefix("test:"), one.area_id, one.successor_id.removeprefix("test:"), one.stance)
        for one in found
    ]


def merge_valves_into_pumps(store: Store) -> None:
    with store.write() as session:
        merge_areas(session, NOW, [VALVES], PUMPS, administrator=True)


def test_pinning_takes_the_place_of_who_was_pinned_and_leaves_what_is_forbidden(town: Store) -> None:
    decide(town, "cleo", PINNED)
    decide(town, "ben", FORBIDDEN)
    decide(town, "dan", PINNED)
    decide(town, "dan", PINNED, area=VALVES)

    assert stands(town) == [
        ("ana", PUMPS, "ben", FORBIDDEN),
        ("ana", PUMPS, "dan", PINNED),
        ("ana", VALVES, "dan", PINNED),
    ]


def test_the_same_pair_is_pinned_or_forbidden_never_both(town: Store) -> None:
    decide(town, "cleo", PINNED)
    decide(town, "cleo", FORBIDDEN)

    assert stands(town) == [("ana", PUMPS, "cleo", FORBIDDEN)]


def test_nothing_decided_leaves_the_pair_open_again(town: Store) -> None:
    decide(town, "cleo", PINNED)
    decide(town, "dan", FORBIDDEN)
    decide(town, "cleo", None)
    decide(town, "cleo", None)

    assert stands(town) == [("ana", PUMPS, "dan", FORBIDDEN)]


def test_people_of_other_units_are_not_found_nor_what_is_decided_about_them(town: Store) -> None:
    decide(town, "cleo", PINNED, leaver="ben")

    with pytest.raises(NotFoundError, match="'test:ben'; look for people of your units"):
        decide(town, "dan", PINNED, leaver="ben", by=planner("eaux"))
    assert stands(town, planner("eaux")) == []
    assert len(stands(town, planner("voirie"))) == 1


def test_an_unknown_area_or_successor_is_not_found_and_nobody_takes_over_from_themself(town: Store) -> None:
    with pytest.raises(NotFoundError, match="No area 'area:9'"):
        decide(town, "cleo", PINNED, area="area:9")
    with pytest.raises(NotFoundError, match="'test:nobody'; look for people by name"):
        decide(town, "nobody", PINNED)
    with pytest.raises(InvalidInputError, match="choose someone else"):
        decide(town, "ana", PINNED)
    assert stands(town) == []


def test_a_hidden_area_is_not_found(town: Store) -> None:
    with town.write() as session:
        hide_area(session, NOW, PUMPS, administrator=True)

    with pytest.raises(NotFoundError):
        decide(town, "cleo", PINNED)


def test_who_opted_out_is_neither_chosen_nor_shown_as_chosen(town: Store) -> None:
    decide(town, "cleo", PINNED)
    with town.write() as session:
        change_preferences(session, Viewer("test:cleo"), "test:cleo", {"visible_as_expert": False})

    assert stands(town) == []
    with pytest.raises(NotFoundError):
        decide(town, "cleo", PINNED)


def test_decisions_follow_an_area_into_the_one_it_was_merged_into(town: Store) -> None:
    decide(town, "cleo", PINNED, area=VALVES)
    merge_valves_into_pumps(town)

    assert stands(town) == [("ana", PUMPS, "cleo", PINNED)]
    decide(town, "dan", FORBIDDEN, area=VALVES)
    assert stands(town) == [("ana", PUMPS, "cleo", PINNED), ("ana", PUMPS, "dan", FORBIDDEN)]


def test_of_decisions_that_a_merger_brings_together_the_newest_stand(town: Store) -> None:
    later = NOW + timedelta(minutes=1)
    decide(town, "cleo", PINNED, area=PUMPS, now=later)
    decide(town, "dan", PINNED, area=VALVES)
    decide(town, "ben", PINNED, leaver="ana", area=VALVES, now=NOW + timedelta(minutes=2))
    decide(town, "dan", FORBIDDEN, area=PUMPS, now=later)
    merge_valves_into_pumps(town)

    assert stands(town) == [("ana", PUMPS, "ben", PINNED), ("ana", PUMPS, "dan", FORBIDDEN)]


def test_what_was_decided_before_a_merger_can_be_changed_after_it(town: Store) -> None:
    decide(town, "cleo", PINNED, area=VALVES)
    merge_valves_into_pumps(town)

    decide(town, "dan", PINNED)
    assert stands(town) == [("ana", PUMPS, "dan", PINNED)]
    decide(town, "dan", None)
    assert stands(town) == []
