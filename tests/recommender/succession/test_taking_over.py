"""Taking over: who is proposed, in which order, on what evidence; and who is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from models.access import Viewer
from models.areas import state_area
from models.errors import NotFoundError
from models.planning import Planner
from models.records import MembershipRecord, PersonRecord, Role
from models.store import Store
from models.tables import DepartureVisibility, Stance
from recommender.succession.successors import Factor, Handover, rank_successors
from recommender.succession.taking_over import AreaSuccessors, TakingOver, find_successors
from tests.conftest import NOW, write
from tests.recommender.succession.handing_over import hand_over, leave, prefer
from tests.recommender.succession.planning import (
    FROST,
    PAY,
    TODAY,
    VALVES,
    answer,
    fill,
    ground_of,
    planner,
    practice,
)


def taking_over(
    store: Store, person: str = "ana", area: str | None = None, by: Planner | None = None, top: int = 10
) -> TakingOver:
    by = by or planner()
    with store.read() as session:
        ground = ground_of(session, by.viewer)
        return find_successors(session, ground, by, NOW, f"test:{person}", area, top)


def of_frost(store: Store, by: Planner | None = None, top: int = 10) -> AreaSuccessors:
    [found] = taking_over(store, area=FROST, by=by, top=top).areas
    return found


def names(found: AreaSuccessors) -> list[str]:
    return [candidate.person.id.removeprefix("test:") for candidate in found.candidates]


def test_people_come_in_the_order_of_the_ranking_those_who_wrote_in_the_area_first(store: Store) -> None:
    hand_over(store)
    end = datetime.combine(TODAY + timedelta(days=1), time.min, UTC)

    found = of_frost(store)
    with store.read() as session:
        ground = ground_of(session, planner().viewer)
    handover = Handover(
        {ground.area_codes[FROST]: 1.0}, frozenset({ground.person_codes["test:ana"]}), end, undated=True
    )
    ranked = [ground.person_ids[one.person] for one in rank_successors(ground, handover) if one.score > 0]

    assert [candidate.person.id for candidate in found.candidates] == [id_ for id_ in ranked if id_ != "test:cleo"]
    assert set(names(found)) == {"bea", "ben", "eve", "dan"}
    assert [candidate.score for candidate in found.candidates] == sorted(
        (candidate.score for candidate in found.candidates), reverse=True
    )
    assert (found.others, found.share) == (2, pytest.approx(5 / 11))
    # Three practices squarely in the area, against one answer, or a practice elsewhere.
    assert {name for name, one in zip(names(found), found.candidates, strict=True) if one.ready} == {"bea", "ben"}
    eve = found.candidates[names(found).index("eve")]
    assert [lack.area.id for lack in eve.lacks] == [FROST]


def test_who_is_only_busy_elsewhere_is_not_proposed_unless_they_want_to_learn(store: Store) -> None:
    hand_over(store)
    write(store, [PersonRecord(id="fay", name="Fay", unit="water")])
    fill(store, [practice(f"f{n}", ("fay", Role.WROTE)) for n in range(6)], PAY)
    assert "fay" not in names(of_frost(store))

    with store.write() as session:
        state_area(session, Viewer("test:fay"), NOW, "test:fay", FROST, Stance.WANTS_TO_LEARN)
    assert "fay" in names(of_frost(store))


def test_the_areas_of_which_most_would_be_lost_come_first_and_top_limits_each(store: Store) -> None:
    hand_over(store)

    found = taking_over(store, top=1)

    assert {area.area.id for area in found.areas} == {FROST, VALVES}
    assert [len(area.candidates) for area in found.areas] == [1, 1]
    assert found.leaves_on is None


def test_the_factors_add_up_to_the_score(store: Store) -> None:
    hand_over(store)
    prefer(store, "ben", capacity_per_week=0)
    with store.write() as session:
        state_area(session, planner("eve").viewer, NOW, "test:eve", FROST, Stance.WANTS_TO_LEARN)

    candidates = {one.person.id: one for one in of_frost(store).candidates}

    for candidate in candidates.values():
        assert sum(factor.weight for factor in candidate.factors) == pytest.approx(candidate.score, abs=1e-6)
        weights = [abs(factor.weight) for factor in candidate.factors]
        assert weights == sorted(weights, reverse=True)
    assert candidates["test:eve"].wants_to_learn
    assert Factor.GOAL in {factor.kind for factor in candidates["test:eve"].factors}


@pytest.mark.parametrize("changes", [{"paused_until": TODAY}, {"visible_as_expert": False}])
def test_who_paused_or_opted_out_is_not_proposed(store: Store, changes: dict[str, object]) -> None:
    hand_over(store)
    prefer(store, "bea", **changes)

    assert set(names(of_frost(store))) == {"ben", "eve", "dan"}


def test_who_leaves_within_a_year_of_them_is_not_proposed_and_who_leaves_later_comes_down(store: Store) -> None:
    hand_over(store)
    leave(store, "ana", 100)
    leave(store, "bea", 400)
    leave(store, "ben", 600)

    found = of_frost(store)

    assert "bea" not in names(found)
    ben = next(one for one in found.candidates if one.person.id == "test:ben")
    assert next(factor.weight for factor in ben.factors if factor.kind is Factor.LEAVING) < 0
    assert taking_over(store).leaves_on == TODAY + timedelta(days=100)


def test_a_departure_that_the_planner_may_not_know_changes_nothing(store: Store) -> None:
    hand_over(store)
    bands = replace(planner(), departures=DepartureVisibility.BANDS)
    before = taking_over(store, by=bands)
    leave(store, "ana", 100)
    leave(store, "bea", 100)

    assert taking_over(store, by=bands) == before
    assert "bea" not in names(of_frost(store))


def test_who_has_as_many_questions_as_they_accept_comes_further_down(store: Store) -> None:
    hand_over(store)
    fill(store, [answer("qb", "q1", "bea", days=2), answer("qn", "q1", "ben", days=2)])
    prefer(store, "bea", capacity_per_week=10)
    prefer(store, "ben", capacity_per_week=1)

    found = of_frost(store)

    bea, ben = (next(one for one in found.candidates if one.person.id == f"test:{name}") for name in ("bea", "ben"))
    assert names(found).index("bea") < names(found).index("ben")
    assert (bea.load, ben.load) == (1, 1)
    moved = [next(factor.weight for factor in one.factors if factor.kind is Factor.LOAD) for one in (ben, bea)]
    assert moved[0] < moved[1] < 0


@pytest.mark.parametrize(("full", "other"), [("bea", "ben"), ("ben", "bea")])
def test_who_accepts_no_question_comes_after_who_did_as_much(store: Store, full: str, other: str) -> None:
    hand_over(store)
    before = {one.person.id: one.score for one in of_frost(store).candidates}
    prefer(store, full, capacity_per_week=0)

    found = of_frost(store)

    assert names(found).index(other) < names(found).index(full)
    after = {one.person.id: one.score for one in found.candidates}
    assert after[f"test:{full}"] < before[f"test:{full}"]
    assert after[f"test:{other}"] == before[f"test:{other}"]


def test_an_answer_is_shown_under_the_title_of_its_question_and_with_at_most_three_documents(store: Store) -> None:
    hand_over(store)

    evidence = {one.person.id: one.evidence for one in of_frost(store).candidates}

    assert [(ref.document_id, ref.title) for ref in evidence["test:eve"]] == [("test:qe", "Titre q1")]
    assert {ref.document_id for ref in evidence["test:ben"]} == {"test:ben0", "test:ben1", "test:ben2"}
    # Of who did nothing here, what they did elsewhere.
    assert [ref.document_id for ref in evidence["test:dan"]] == ["test:vd"]


def test_a_thread_answered_twice_is_shown_once(store: Store) -> None:
    hand_over(store)
    fill(store, [answer("qf", "q1", "eve", days=300)])

    eve = next(one for one in of_frost(store).candidates if one.person.id == "test:eve")

    assert [(ref.document_id, ref.title) for ref in eve.evidence] == [("test:qf", "Titre q1")]


def test_what_is_written_in_a_protected_space_changes_nothing_for_an_outsider(store: Store) -> None:
    hand_over(store)
    write(store, [MembershipRecord(community="closed", person="eve")])
    before = taking_over(store)
    secret = [practice(f"s{n}", ("eve", Role.WROTE), space="closed") for n in range(5)]
    fill(store, secret)
    fill(store, [answer("sq", "q1", "dan", space="closed")])

    inside = of_frost(store, by=planner("ben"))

    assert taking_over(store) == before
    assert names(inside)[0] == "eve"
    assert {ref.document_id for one in inside.candidates for ref in one.evidence} & {f"test:s{n}" for n in range(5)}


@pytest.mark.parametrize("person", ["nobody", "cleo"])
def test_people_of_other_units_are_not_found_and_the_error_says_what_to_do(store: Store, person: str) -> None:
    hand_over(store)

    with pytest.raises(NotFoundError, match=f"'test:{person}'; look for people of your units by name"):
        taking_over(store, person)


def test_who_opted_out_leaves_nothing_that_is_planned_for(store: Store) -> None:
    hand_over(store)
    prefer(store, "ana", visible_as_expert=False)

    with pytest.raises(NotFoundError):
        taking_over(store)


@pytest.mark.parametrize("area", ["area:none", PAY])
def test_an_area_that_they_do_not_hold_is_not_found_and_the_error_says_what_to_do(store: Store, area: str) -> None:
    hand_over(store)

    with pytest.raises(NotFoundError, match=f"'Ana' holds no area '{area}'; leave it out"):
        taking_over(store, area=area)


def test_who_holds_nothing_leaves_nothing_to_take_over(store: Store) -> None:
    hand_over(store)

    assert taking_over(store, "cleo", by=planner(units=None)).areas == []
