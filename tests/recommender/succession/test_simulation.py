"""Simulation: what nobody holds any more, and what nobody left could answer, by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.errors import InvalidInputError, NotFoundError
from models.planning import Planner
from models.preferences import change_preferences
from models.records import DeclaredBy, DepartureRecord, PersonRecord, Role
from models.store import Store
from recommender.succession.ground import read_ground
from recommender.succession.simulation import Simulation, simulate
from recommender.traces import Traces
from tests.conftest import write
from tests.recommender.succession.places import PAYROLL, PUMPS, TODAY, place, planner, question, waterworks, wrote

EVERYONE = ("ana", "ben", "cleo", "dan")
BY = TODAY + timedelta(days=365)


def simulated(store: Store, people: Collection[str], planning: Planner | None = None, by: date = BY) -> Simulation:
    planning = planning or planner()
    with store.read() as session:
        ground = read_ground(session, Traces(), planning.viewer, TODAY)
        return simulate(session, ground, planning, TODAY, [f"test:{person}" for person in people], by)


def payroll_of_dan(store: Store) -> None:
    """Dan alone holds payroll, and alone answered the question d1; Ana and he answered d4, which is in no area."""
    write(store, [wrote("d0", ("dan", Role.WROTE)), *question("d1", "ben", ("d2", "dan"), days=5)])
    write(store, question("d4", "ben", ("d5", "dan"), ("d6", "ana"), days=4))
    place(store, {(PAYROLL, id_): 1.0 for id_ in ("d0", "d1", "d2")})


def test_nobody_leaving_changes_nothing(store: Store) -> None:
    waterworks(store)

    found = simulated(store, ())

    assert (found.uncovered, found.weakened, found.lost_questions) == ([], [], [])
    assert (found.lost_question_count, found.answered_question_count) == (0, 0)


def test_an_area_whose_only_holder_leaves_is_uncovered_and_its_questions_are_lost(store: Store) -> None:
    waterworks(store)
    payroll_of_dan(store)

    found = simulated(store, ["dan"])

    assert [(a.area_id, a.holders_before, a.holders_after, a.share_left) for a in found.uncovered] == [
        (PAYROLL, 1, 0, 0.0)
    ]
    assert found.weakened == []
    # d4 has an answer of Ana's; d1 nobody else answered, and nobody holds payroll any more.
    assert [(q.document_id, q.title, q.answered_by) for q in found.lost_questions] == [("test:d1", "d1", ["test:dan"])]
    assert (found.lost_question_count, found.answered_question_count) == (1, 2)


def test_a_question_is_not_lost_as_long_as_someone_who_stays_holds_its_area(store: Store) -> None:
    waterworks(store)

    # Only Cleo answered q0, but Ana and Ben hold pumps.
    found = simulated(store, ["cleo"])

    assert (found.lost_question_count, found.answered_question_count) == (0, 1)
    assert (found.uncovered, found.weakened) == ([], [])


def test_an_area_is_weakened_when_half_of_it_or_all_but_one_holder_goes(store: Store) -> None:
    waterworks(store)

    (by_share,) = simulated(store, ["ana"]).weakened
    (by_number,) = simulated(store, ["ben", "cleo"]).weakened

    assert (by_share.holders_before, by_share.holders_after) == (3, 2)
    assert by_share.share_left == pytest.approx(3.5 / 9.3)
    assert (by_number.holders_after, by_number.share_left) == (1, pytest.approx(5.8 / 9.3))


def test_everyone_leaving_leaves_nothing(store: Store) -> None:
    waterworks(store)
    payroll_of_dan(store)

    found = simulated(store, EVERYONE)

    assert {area.area_id for area in found.uncovered} == {PUMPS, PAYROLL}
    # Newest first.
    assert [lost.document_id for lost in found.lost_questions] == ["test:d4", "test:d1", "test:q1", "test:q0"]
    assert found.lost_question_count == found.answered_question_count == 4


def test_others_who_leave_by_then_can_take_nothing_over(store: Store) -> None:
    waterworks(store)
    away = TODAY + timedelta(days=200)
    record = {"latest": away, "declared_by": DeclaredBy.HR, "announced": True}
    write(store, [DepartureRecord(person=name, earliest=away, **record) for name in ("ana", "ben")])

    assert [area.area_id for area in simulated(store, ["cleo"]).uncovered] == [PUMPS]
    assert simulated(store, ["cleo"]).lost_question_count == 1
    assert simulated(store, ["cleo"], by=TODAY + timedelta(days=199)).uncovered == []
    assert simulated(store, ()).uncovered == []
    # Who is marked counts before, whatever they declared themself.
    assert simulated(store, ["ana", "ben", "cleo"]).uncovered[0].holders_before == 3


def test_who_has_left_already_takes_nothing_more_away(store: Store) -> None:
    waterworks(store)
    payroll_of_dan(store)
    gone = TODAY - timedelta(days=2)
    write(store, [DepartureRecord(person="dan", earliest=gone, latest=gone, declared_by=DeclaredBy.HR)])

    found = simulated(store, ["dan"])

    assert (found.uncovered, found.lost_question_count, found.answered_question_count) == ([], 0, 0)


def test_questions_of_a_protected_space_are_neither_listed_nor_counted_outside_it(store: Store) -> None:
    waterworks(store)

    assert simulated(store, ["ben"]).answered_question_count == 0
    inside = simulated(store, ["ben"], planner("ben"))
    assert [lost.document_id for lost in inside.lost_questions] == ["test:s0"]


@pytest.mark.parametrize(("people", "units"), [(["nobody"], None), (["cleo"], ["test:eaux"])])
def test_people_outside_the_units_planned_for_are_not_found(
    store: Store, people: list[str], units: list[str] | None
) -> None:
    waterworks(store)

    with pytest.raises(NotFoundError, match=f"test:{people[0]}"):
        simulated(store, people, planner(None, units))


def test_who_opted_out_is_not_found(store: Store) -> None:
    waterworks(store)
    with store.write() as session:
        change_preferences(session, Viewer("test:ana"), "test:ana", {"visible_as_expert": False})

    with pytest.raises(NotFoundError):
        simulated(store, ["ana"])


def test_a_past_day_and_too_many_people_are_refused(store: Store) -> None:
    write(store, [PersonRecord(id="ana", name="Ana")])

    with pytest.raises(InvalidInputError, match="is past"):
        simulated(store, ["ana"], by=TODAY - timedelta(days=1))
    with pytest.raises(InvalidInputError, match="at most 1,000"):
        simulated(store, [f"p{n}" for n in range(1_001)])
