"""Coverage: every figure of a small waterworks, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.areas import hide_area, state_area
from models.errors import InvalidInputError
from models.preferences import change_preferences, hide_document
from models.records import DeclaredBy, DepartureRecord, DocumentKind, Role
from models.store import Store
from models.tables import DepartureVisibility, Stance
from recommender.succession.coverage import CoverageLevel, CoverageOptions, measure_units
from recommender.succession.coverage_trend import trend_days
from recommender.succession.ground import read_ground
from recommender.traces import Traces
from tests.conftest import NOW, write
from tests.recommender.succession.places import (
    PAYROLL,
    PUMPS,
    TODAY,
    coverage_of,
    ground_of,
    place,
    planner,
    waterworks,
    wrote,
)

# Points in pumps: Ana 4 practices, 0.8 for her review, 1 answer; Ben 1 + 0.5; Cleo 2 answers.
ANA, BEN, CLEO = 5.8, 1.5, 2.0
ALL = ANA + BEN + CLEO


def leave(store: Store, person: str, years: float, announced: bool = True) -> None:
    day = TODAY + timedelta(days=round(365.25 * years))
    write(
        store,
        [
            DepartureRecord(
                person=person,
                earliest=day,
                latest=day + timedelta(days=90),
                declared_by=DeclaredBy.SELF,
                announced=announced,
            )
        ],
    )


def test_holders_are_listed_with_their_strength_and_share_the_strongest_first(store: Store) -> None:
    waterworks(store)

    pumps = coverage_of(store, planner())[PUMPS]

    found = [(h.person_id, h.strength, h.share, h.documents) for h in pumps.holders]
    assert [row[0] for row in found] == ["test:ana", "test:cleo", "test:ben"]
    assert [row[1] for row in found] == pytest.approx([ANA / (ANA + 3), CLEO / (CLEO + 3), BEN / (BEN + 3)])
    assert [row[2] for row in found] == pytest.approx([ANA / ALL, CLEO / ALL, BEN / ALL])
    assert [row[3] for row in found] == [6, 2, 2]
    assert pumps.holders[0].latest == NOW - timedelta(days=10)
    assert pumps.holders[:1] == [pumps.holders[0]]
    assert pumps.documents == 11


def test_one_document_squarely_in_an_area_is_a_first_trace_and_makes_no_holder(store: Store) -> None:
    waterworks(store)

    assert [h.person_id for h in coverage_of(store, planner("ben"))[PAYROLL].holders] == []


@pytest.mark.parametrize(("horizon", "left"), [(0, ALL), (1.9, ALL), (2.1, ALL - ANA), (15, BEN)])
def test_the_share_left_counts_departures_from_their_earliest_day_within_the_horizon(
    store: Store, horizon: float, left: float
) -> None:
    waterworks(store)
    leave(store, "ana", 2)
    leave(store, "cleo", 10)

    pumps = coverage_of(store, planner(), CoverageOptions(horizon))[PUMPS]

    assert pumps.share_left == pytest.approx(left / ALL)
    assert pumps.holders_left == {ALL: 3, ALL - ANA: 2, BEN: 1}[left]
    assert pumps.holders[0].leaves_on == TODAY + timedelta(days=round(365.25 * 2))
    # Without Ana alone, most works lose every author.
    assert pumps.level is CoverageLevel.FRAGILE


def test_departures_may_be_given_in_place_of_those_declared(store: Store) -> None:
    waterworks(store)
    leave(store, "ana", 2)

    pumps = coverage_of(store, planner(), CoverageOptions(5, {"test:ben": TODAY}))[PUMPS]

    assert pumps.share_left == pytest.approx((ALL - BEN) / ALL)
    assert [h.leaves_on for h in pumps.holders] == [None, None, TODAY]


@pytest.mark.parametrize("horizon", [-1, 15.1])
def test_a_horizon_beyond_fifteen_years_is_refused(horizon: float) -> None:
    with pytest.raises(InvalidInputError, match="0 to 15"):
        CoverageOptions(horizon)


@pytest.mark.parametrize(
    ("visibility", "units", "counted"),
    [
        (DepartureVisibility.DECLARED, ["test:eaux"], True),
        (DepartureVisibility.DECLARED, ["test:voirie"], False),
        (DepartureVisibility.BANDS, None, False),
        (DepartureVisibility.ANNOUNCED, None, False),
    ],
)
def test_departures_count_as_far_as_the_planner_may_know_them(
    store: Store, visibility: DepartureVisibility, units: list[str] | None, counted: bool
) -> None:
    waterworks(store)
    leave(store, "ana", 2, announced=False)

    pumps = coverage_of(store, planner(None, units, visibility))[PUMPS]

    assert pumps.share_left == pytest.approx((ALL - ANA) / ALL if counted else 1.0)
    assert (pumps.holders[0].leaves_on is not None) is counted


def test_who_has_left_holds_nothing_while_what_they_wrote_stays(store: Store) -> None:
    waterworks(store)
    leave(store, "ana", -1)

    pumps = coverage_of(store, planner())[PUMPS]

    assert [h.person_id for h in pumps.holders] == ["test:cleo", "test:ben"]
    assert pumps.documents == 11
    # Of eight works, Ben is the author of two and Cleo of one: fewer than half have an author here.
    assert pumps.truck_factor == 0
    # Her last day was in September.
    assert [point.holders for point in pumps.trend][-3:] == [1, 0, 2]


def test_the_truck_factor_of_an_area_is_that_of_its_works(store: Store) -> None:
    waterworks(store)

    # Ana made five of eight works (a0 to a3, q1); without her three are left of eight.
    assert coverage_of(store, planner())[PUMPS].truck_factor == 1


def test_the_documented_ratio_weighs_works_with_a_practice_a_page_or_a_recording(store: Store) -> None:
    waterworks(store)

    # Practices: 5 squarely and one half; answered questions: 2.
    assert coverage_of(store, planner())[PUMPS].documented_ratio == pytest.approx(5.5 / 7.5)
    assert coverage_of(store, planner("ben"))[PAYROLL].documented_ratio == 0


def test_a_page_without_an_author_is_documented_and_counts(store: Store) -> None:
    waterworks(store)
    write(store, [wrote("p0", kind=DocumentKind.PAGE)])
    place(store, {(PUMPS, "p0"): 1.0})

    pumps = coverage_of(store, planner())[PUMPS]

    assert pumps.documented_ratio == pytest.approx(6.5 / 8.5)
    assert pumps.documents == 12


def test_successors_ready_are_strong_and_neither_leave_nor_pause(store: Store) -> None:
    waterworks(store)
    write(store, [wrote(f"c{n}", ("cleo", Role.WROTE)) for n in range(2)])
    place(store, {(PUMPS, f"c{n}"): 1.0 for n in range(2)})
    assert coverage_of(store, planner())[PUMPS].successors_ready == 2
    leave(store, "ana", 2)
    assert coverage_of(store, planner())[PUMPS].successors_ready == 1
    with store.write() as session:
        change_preferences(session, Viewer("test:cleo"), "test:cleo", {"paused_until": TODAY})
    pumps = coverage_of(store, planner())[PUMPS]
    assert pumps.successors_ready == 0
    assert pumps.holders_left == 2


def test_the_trend_counts_what_is_dated_up_to_the_end_of_each_half_year(store: Store) -> None:
    waterworks(store)

    trend = coverage_of(store, planner())[PUMPS].trend

    assert [point.on for point in trend] == trend_days(TODAY)
    # Ana's practices are 10, 410, 810 and 1,210 days old; the others' documents of this half-year.
    assert [point.documents for point in trend] == [0, 1, 1, 2, 2, 3, 3, 9]
    assert [point.holders for point in trend] == [0, 0, 0, 1, 1, 1, 1, 3]


def test_a_trend_has_the_half_years_before_today() -> None:
    assert trend_days(date(2026, 7, 1))[-3:] == [date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1)]
    assert trend_days(date(2026, 1, 1))[-2:] == [date(2025, 12, 31), date(2026, 1, 1)]


def test_protected_documents_count_for_their_members_only(store: Store) -> None:
    waterworks(store)

    assert PAYROLL not in coverage_of(store, planner("ana"))
    assert coverage_of(store, planner("ben"))[PAYROLL].documents == 2


def test_who_opted_out_does_not_exist(store: Store) -> None:
    waterworks(store)
    with store.write() as session:
        change_preferences(session, Viewer("test:ana"), "test:ana", {"visible_as_expert": False})

    pumps = coverage_of(store, planner())[PUMPS]

    assert [h.person_id for h in pumps.holders] == ["test:cleo", "test:ben"]
    # What is left of works: Ben's b0 and b1, Cleo's q0.
    assert pumps.truck_factor == 1


def test_what_someone_hides_counts_for_themself_alone(store: Store) -> None:
    waterworks(store)
    ana = Viewer("test:ana")
    with store.write() as session:
        hide_document(session, ana, TODAY, "test:ana", "test:a0")
        state_area(session, Viewer("test:ben"), NOW, "test:ben", PUMPS, Stance.HIDDEN)

    seen, own = coverage_of(store, planner())[PUMPS], coverage_of(store, planner("ana"))[PUMPS]

    assert [(h.person_id, h.documents) for h in seen.holders] == [("test:ana", 5), ("test:cleo", 2)]
    assert [(h.person_id, h.documents) for h in own.holders] == [("test:ana", 6), ("test:cleo", 2)]
    assert [h.person_id for h in coverage_of(store, planner("ben"))[PUMPS].holders][-1] == "test:ben"


def test_who_says_that_they_know_an_area_holds_the_least_of_it(store: Store) -> None:
    waterworks(store)
    with store.write() as session:
        for name in ("dan", "ana"):
            state_area(session, Viewer(f"test:{name}"), NOW, f"test:{name}", PUMPS, Stance.KNOWS)

    pumps = coverage_of(store, planner())[PUMPS]

    assert [h.person_id for h in pumps.holders] == ["test:ana", "test:cleo", "test:ben", "test:dan"]
    dan = pumps.holders[-1]
    assert (dan.strength, dan.documents, dan.latest) == (pytest.approx(0.3), 0, None)
    assert pumps.holders[0].strength == pytest.approx(ANA / (ANA + 3))
    assert pumps.trend[-1].holders == 4
    assert pumps.trend[-2].holders == 1


def test_a_hidden_area_is_not_listed(store: Store) -> None:
    waterworks(store)
    with store.write() as session:
        hide_area(session, NOW, PUMPS, administrator=True)

    assert coverage_of(store, planner()) == {}


def test_someone_who_plans_for_units_sees_their_areas_with_those_who_hold_them_elsewhere(store: Store) -> None:
    waterworks(store)
    write(store, [wrote("d0", ("dan", Role.WROTE)), wrote("d1", ("dan", Role.WROTE))])
    place(store, {(PAYROLL, "d0"): 1.0, (PAYROLL, "d1"): 1.0})

    eaux = coverage_of(store, planner(None, ["test:eaux"]))

    assert list(eaux) == [PUMPS]
    assert [(h.person_id, h.in_scope) for h in eaux[PUMPS].holders] == [
        ("test:ana", True),
        ("test:cleo", False),
        ("test:ben", True),
    ]
    assert set(coverage_of(store, planner(None, ["test:voirie"]))) == {PUMPS, PAYROLL}


def test_the_area_most_at_risk_comes_first(store: Store) -> None:
    waterworks(store)
    write(store, [wrote(f"d{n}", ("dan", Role.WROTE)) for n in range(3)])
    place(store, {(PAYROLL, f"d{n}"): 1.0 for n in range(3)})
    # Nothing leaves either: the one with a single holder.
    assert list(coverage_of(store, planner())) == [PAYROLL, PUMPS]
    leave(store, "ana", 1)
    assert list(coverage_of(store, planner())) == [PUMPS, PAYROLL]
    leave(store, "dan", 1)
    assert list(coverage_of(store, planner())) == [PAYROLL, PUMPS]


def test_cells_of_units_count_their_own_people(store: Store) -> None:
    waterworks(store)
    leave(store, "ana", 2)

    with store.read() as session:
        ground = read_ground(session, Traces(), Viewer(), TODAY)
        every = measure_units(session, ground, planner(), TODAY, CoverageOptions(5))
        own = measure_units(session, ground, planner(None, ["test:voirie"]), TODAY, CoverageOptions(5))

    assert [(cell.unit, cell.area_id, cell.holders) for cell in every] == [("Eaux", PUMPS, 2), ("Voirie", PUMPS, 1)]
    assert [cell.share_left for cell in every] == pytest.approx([BEN / (ANA + BEN), 1.0])
    # Eaux: Ana made five of its seven works, Ben the others; Voirie: Cleo made its only one.
    assert [cell.truck_factor for cell in every] == [1, 1]
    assert own == every[1:]


def test_counts_are_kept_until_something_changes(store: Store) -> None:
    waterworks(store)
    traces = Traces()
    first = ground_of(store, None, traces)
    assert ground_of(store, None, traces).credits is first.credits
    assert ground_of(store, "ben", traces).credits is not first.credits

    place(store, {(PAYROLL, "a0"): 0.5})
    placed = ground_of(store, None, traces)
    write(store, [wrote("a9", ("ana", Role.WROTE))])

    assert placed.credits.strength(placed.area_codes[PAYROLL], placed.person_codes["test:ana"]) == pytest.approx(1 / 7)
    assert ground_of(store, None, traces).credits is not placed.credits
