"""Steps proposed for a plan: which kinds for what there is to pass on, with whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.queries.people import Person
from models.queries.places import NamedArea
from models.tables import StepKind
from recommender.succession.planning_steps import (
    MOST_PROPOSED,
    ProposedStep,
    StepReason,
    Taker,
    Why,
    propose_for,
)
from recommender.succession.proposing import takers_of
from recommender.succession.step_dates import MOST_AT_ONCE, Diary, Span
from recommender.succession.taking_over import AreaSuccessors, Successor, TakingOver
from recommender.succession.transfer import Transfer, TransferItem, TransferItemKind

TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)
HALF_A_YEAR = TODAY + 182 * DAY
FROST, VALVES = "area:1", "area:2"
ANA = Person("ana", "Ana", None, None, None, (), None, None, None)
NOT_READY, READY = Taker("ben", ready=False), Taker("eva", ready=True)


def item(kind: TransferItemKind, area: str | None = FROST, document: str | None = None) -> TransferItem:
    return TransferItem(kind, area, "Gel", "Frost", document, "", 3, 1.0, 1.0, 2, 0.0, ())


def propose(
    *items: TransferItem,
    takers: Mapping[str, Sequence[Taker]] | None = None,
    due_on: date = HALF_A_YEAR,
    busy: Mapping[str, Sequence[Span]] | None = None,
) -> list[ProposedStep]:
    found = {FROST: [NOT_READY], VALVES: [NOT_READY]} if takers is None else takers
    return propose_for(Transfer(ANA, None, items), found, due_on, TODAY, busy)


def kinds(steps: Sequence[ProposedStep]) -> list[tuple[StepKind, str | None]]:
    return [(step.kind, step.successor_id) for step in steps]


HELD = item(TransferItemKind.ONLY_HOLDER_AREA)
TACIT = item(TransferItemKind.TACIT_AREA)


def test_an_area_nobody_is_ready_for_is_taught_then_answered_together_by_the_best_successor() -> None:
    mentoring, answering = propose(HELD, takers={FROST: [NOT_READY, Taker("zoe", ready=False)]})
    assert kinds([mentoring, answering]) == [(StepKind.MENTORING, "ben"), (StepKind.CO_ANSWERING, "ben")]
    # 56 and 42 days, one after the other, stretched to the 183 that there are; from a Monday, to a Friday.
    assert (mentoring.starts_on, mentoring.due_on) == (TODAY, TODAY + 102 * DAY)
    assert (answering.starts_on, answering.due_on) == (TODAY + 105 * DAY, TODAY + 182 * DAY)
    assert mentoring.reasons == [StepReason(HELD, Why.NOBODY_READY)]


def test_an_area_someone_is_ready_for_is_answered_together_without_teaching() -> None:
    [answering] = propose(HELD, takers={FROST: [READY, NOT_READY]})
    assert kinds([answering]) == [(StepKind.CO_ANSWERING, "eva")]
    assert answering.reasons == [StepReason(HELD, Why.SUCCESSOR_READY)]


def test_an_area_nobody_is_near_is_recorded_and_brought_to_a_community() -> None:
    steps = propose(HELD, takers={})
    assert sorted(kinds(steps)) == [(StepKind.COMMUNITY_SESSION, None), (StepKind.RECORDED_TALK, None)]
    assert {reason.why for step in steps for reason in step.reasons} == {Why.NOBODY_NEAR}


def test_an_area_of_which_little_is_written_is_recorded_then_written() -> None:
    talk, writing = propose(TACIT)
    assert kinds([talk, writing]) == [(StepKind.RECORDED_TALK, None), (StepKind.WRITTEN_PRACTICE, "ben")]
    assert writing.starts_on > talk.due_on


def test_a_practice_nobody_else_maintains_is_written_again_with_a_successor() -> None:
    [writing] = propose(item(TransferItemKind.ONLY_MAINTAINED_PRACTICE, document="guide"))
    assert (writing.kind, writing.successor_id, writing.document_id) == (StepKind.WRITTEN_PRACTICE, "ben", "guide")


def test_questions_still_asked_are_answered_together_and_those_only_they_answered_are_written_down() -> None:
    steps = propose(item(TransferItemKind.STILL_ASKED), item(TransferItemKind.ONLY_ANSWERED_QUESTION, VALVES))
    assert {(step.kind, step.area_id) for step in steps} == {
        (StepKind.CO_ANSWERING, FROST),
        (StepKind.WRITTEN_PRACTICE, VALVES),
    }


def test_what_asks_for_the_same_step_gives_it_several_reasons() -> None:
    asked = item(TransferItemKind.STILL_ASKED)
    steps = propose(HELD, asked)
    assert [[reason.item for reason in step.reasons] for step in steps] == [[HELD], [HELD, asked]]


def test_with_little_time_what_only_one_person_can_say_is_recorded_first() -> None:
    steps = propose(HELD, item(TransferItemKind.TACIT_AREA, VALVES), due_on=TODAY + 60 * DAY)
    assert [step.kind for step in steps[:2]] == [StepKind.RECORDED_TALK] * 2
    assert [step.starts_on for step in steps[:2]] == [TODAY, TODAY]
    assert {reason.why for step in steps[:2] for reason in step.reasons} == {Why.LITTLE_TIME}
    # Mentoring and answering together take 98 days, where there are 61.
    assert steps[0].due_on == TODAY + 7 * DAY


def test_a_successor_without_room_leaves_the_area_to_the_next() -> None:
    always = (TODAY, HALF_A_YEAR)
    takers = {FROST: [NOT_READY, Taker("zoe", ready=False)]}
    steps = propose(HELD, takers=takers, busy={"ben": [always] * MOST_AT_ONCE})
    assert {step.successor_id for step in steps} == {"zoe"}
    assert propose(HELD, takers={FROST: [NOT_READY]}, busy={"ben": [always] * MOST_AT_ONCE}) == []


def test_those_who_could_take_over_become_the_successors_in_their_order() -> None:
    def candidate(name: str) -> Successor:
        return Successor(replace(ANA, id=name), 0.5, False, (), (), False, 0, ())

    area = NamedArea(FROST, "Gel", "Frost")
    found = TakingOver(ANA, None, [AreaSuccessors(area, 1.0, 0, [candidate("eva"), candidate("ben")])])
    steps = propose_for(Transfer(ANA, None, [HELD]), takers_of(found), HALF_A_YEAR, TODAY)
    assert kinds(steps) == [(StepKind.MENTORING, "eva"), (StepKind.CO_ANSWERING, "eva")]
    full = {"eva": [(TODAY, HALF_A_YEAR)] * MOST_AT_ONCE}
    steps = propose_for(Transfer(ANA, None, [HELD]), takers_of(found), HALF_A_YEAR, TODAY, full)
    assert {step.successor_id for step in steps} == {"ben"}


def test_nothing_is_proposed_without_time_or_without_anything_to_pass_on() -> None:
    assert propose(HELD, due_on=TODAY - DAY) == []
    assert propose() == []


def test_on_the_last_day_only_what_fits_in_it_is_proposed() -> None:
    steps = propose(HELD, TACIT, due_on=TODAY)
    assert [(step.starts_on, step.due_on) for step in steps] == [(TODAY, TODAY)] * MOST_AT_ONCE


items_to_pass_on = st.lists(
    st.builds(
        item,
        st.sampled_from(TransferItemKind),
        st.sampled_from([FROST, VALVES, "area:3", None]),
        st.sampled_from([None, "guide"]),
    ),
    max_size=20,
)
successors = st.dictionaries(
    st.sampled_from([FROST, VALVES, "area:3"]),
    st.lists(st.builds(Taker, st.sampled_from(["ben", "eva", "zoe", "max"]), st.booleans()), max_size=5),
)
spans = st.builds(
    lambda first, days: (TODAY + first * DAY, TODAY + (first + days) * DAY), st.integers(-50, 400), st.integers(0, 90)
)


@settings(max_examples=200, deadline=None)
@given(
    items=items_to_pass_on,
    takers=successors,
    window=st.integers(0, 900),
    busy=st.dictionaries(st.sampled_from(["ana", "ben", "eva"]), st.lists(spans, max_size=2)),
)
def test_steps_fit_between_the_days_leave_everyone_room_and_come_out_the_same(
    items: list[TransferItem],
    takers: dict[str, list[Taker]],
    window: int,
    busy: dict[str, list[Span]],
) -> None:
    due_on = TODAY + window * DAY
    steps = propose(*items, takers=takers, due_on=due_on, busy=busy)
    assert steps == propose(*items, takers=takers, due_on=due_on, busy=busy)
    assert len(steps) <= MOST_PROPOSED
    assert all(TODAY <= step.starts_on <= step.due_on <= due_on for step in steps)
    assert all(day.weekday() < 5 for step in steps for day in (step.starts_on, step.due_on))
    assert all(step.reasons for step in steps)
    assert all(step.successor_id != "ana" for step in steps)
    for person in ("ana", "ben", "eva", "zoe", "max"):
        own = [(step.starts_on, step.due_on) for step in steps if person in ("ana", step.successor_id)]
        before = busy.get(person, [])
        for first, _ in own:
            day_before = sum(start <= first <= end for start, end in before)
            assert sum(start <= first <= end for start, end in own) <= max(MOST_AT_ONCE - day_before, 0)
    for step in steps:
        for earlier in steps:
            if (earlier.area_id, earlier.kind, step.kind) == (
                step.area_id,
                StepKind.MENTORING,
                StepKind.CO_ANSWERING,
            ):
                assert earlier.due_on < step.starts_on
                assert earlier.successor_id == step.successor_id


def test_room_opens_where_something_ends() -> None:
    diary = Diary(TODAY + 30 * DAY, {"ana": [(TODAY, TODAY + 9 * DAY), (TODAY + 5 * DAY, TODAY + 14 * DAY)]})
    assert diary.find_span({"ana"}, TODAY, 5) == (TODAY, TODAY + 4 * DAY)
    assert diary.find_span({"ana"}, TODAY, 8) == (TODAY + 10 * DAY, TODAY + 17 * DAY)
    assert diary.find_span({"ana"}, TODAY, 23) is None
    diary.add({"ana"}, (TODAY + 10 * DAY, TODAY + 15 * DAY))
    assert diary.find_span({"ana"}, TODAY, 8) == (TODAY + 15 * DAY, TODAY + 22 * DAY)


def test_nothing_begins_or_ends_on_a_weekend() -> None:
    diary = Diary(TODAY + 30 * DAY, {})
    for days_later, days in ((5, 1), (6, 1), (7, 1), (7, 6), (7, 7)):
        span = diary.find_span({"ana"}, TODAY + days_later * DAY, days)
        assert span is not None
        assert span[0] == TODAY + 7 * DAY
        assert span[1] == TODAY + min(6 + days, 11) * DAY
