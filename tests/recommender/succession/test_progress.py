"""Progress of a plan: what shows how a step went, to whom, and when it looks done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.access import Viewer
from models.areas import state_area
from models.preferences import hide_document
from models.queries.plan_shapes import Plan
from models.queries.transfer_plans import read_own_plan, read_plan
from models.records import DocumentKind, DocumentRecord, Role
from models.store import Store
from models.tables import PlanStatus, Stance, StepKind
from models.transfer_plans import NewPlan, change_plan, create_plan
from models.transfer_steps import NewStep
from recommender.succession.progress import StepEvidence, find_evidence
from recommender.succession.transfer import EvidenceRef
from tests.conftest import NOW
from tests.recommender.succession.planning import (
    FROST,
    TODAY,
    VALVES,
    answer,
    document,
    fill,
    open_town,
    planner,
    practice,
    question,
)

START = TODAY - timedelta(days=30)


@pytest.fixture
def town(store: Store) -> Store:
    """Three areas with nothing in them."""
    return open_town(store)


def plan_with(
    store: Store, kind: StepKind, successor: str | None = "test:ben", starts_on: date = START, **fields: str | None
) -> Plan:
    """Make the active plan of Ana, with one step."""
    with store.write() as session:
        step = NewStep(kind, starts_on, TODAY, area_id=fields.pop("area_id", FROST), successor_id=successor, **fields)
        plan = create_plan(session, planner(), NOW, NewPlan("test:ana", TODAY, steps=[step]))
        return change_plan(session, planner(), NOW, plan.id, {"status": PlanStatus.ACTIVE})


def evidence(store: Store, plan: Plan, viewer: Viewer = planner().viewer) -> StepEvidence:  # noqa: B008 - frozen
    with store.read() as session:
        [found] = find_evidence(session, viewer, TODAY, plan)
    assert found.step_id == plan.steps[0].id
    return found


def shown(found: StepEvidence) -> list[str]:
    return [reference.document_id.removeprefix("test:") for reference in found.documents]


def answered(store: Store, count: int, by: str = "ben", days: int = 10) -> None:
    """Store questions, the oldest last, that someone answered."""
    fill(
        store,
        [
            record
            for number in range(count)
            for record in (question(f"q{number}"), answer(f"a{number}", f"q{number}", by, days=days + number))
        ],
    )


def test_questions_that_the_successor_answered_since_show_it_and_three_look_done(town: Store) -> None:
    plan = plan_with(town, StepKind.CO_ANSWERING)
    assert evidence(town, plan) == StepEvidence(plan.steps[0].id, [], 0, done=False)
    answered(town, 2)
    found = evidence(town, plan)
    at = NOW - timedelta(days=10)
    assert found.documents[0] == EvidenceRef("test:a0", "Titre q0", DocumentKind.ANSWER, at)
    assert (shown(found), found.found, found.done) == (["a0", "a1"], 2, False)
    answered(town, 7)
    found = evidence(town, plan)
    assert (shown(found), found.found, found.done) == (["a0", "a1", "a2", "a3", "a4"], 7, True)


def test_two_answers_to_one_question_count_once(town: Store) -> None:
    plan = plan_with(town, StepKind.MENTORING)
    fill(town, [question("q"), *(answer(f"a{number}", "q", "ben", days=number) for number in range(3))])
    found = evidence(town, plan)
    assert (shown(found), found.found, found.done) == (["a0"], 1, False)


def test_what_happened_before_the_step_elsewhere_or_by_others_shows_nothing(town: Store) -> None:
    plan = plan_with(town, StepKind.CO_ANSWERING)
    answered(town, 3, days=31)
    assert evidence(town, plan).found == 0
    fill(town, [question("v"), answer("av", "v", "ben", days=1)], VALVES)
    fill(town, [question("w"), answer("aw", "w", "ana", days=1), answer("ac", "w", "cleo", days=1)])
    fill(town, [document(DocumentKind.QUESTION, "asked", ("ben", Role.ASKED), days=1)])
    assert evidence(town, plan).found == 0


@pytest.mark.parametrize(
    ("kind", "made", "by", "done"),
    [
        (StepKind.WRITTEN_PRACTICE, DocumentKind.PRACTICE, "ana", True),
        (StepKind.WRITTEN_PRACTICE, DocumentKind.PAGE, "ben", True),
        (StepKind.WRITTEN_PRACTICE, DocumentKind.RECORDING, "ana", False),
        (StepKind.WRITTEN_PRACTICE, DocumentKind.PRACTICE, "cleo", False),
        (StepKind.RECORDED_TALK, DocumentKind.RECORDING, "ana", True),
        (StepKind.RECORDED_TALK, DocumentKind.RECORDING, "ben", False),
        (StepKind.COMMUNITY_SESSION, DocumentKind.PAGE, "ben", True),
        (StepKind.OBSERVATION, DocumentKind.PAGE, "ben", False),
    ],
)
def test_what_looks_done_depends_on_what_was_made_and_by_whom(
    town: Store, kind: StepKind, made: DocumentKind, by: str, done: bool
) -> None:
    plan = plan_with(town, kind)
    fill(town, [document(made, "made", (by, Role.WROTE), days=3)])
    found = evidence(town, plan)
    assert (found.done, shown(found)) == (done, ["made"] if done else [])


def test_a_practice_that_a_step_names_speaks_once_it_is_worked_on_since(town: Store) -> None:
    fill(town, [practice("guide", ("ana", Role.WROTE))])
    plan = plan_with(town, StepKind.WRITTEN_PRACTICE, document_id="test:guide", area_id=None)
    assert not evidence(town, plan).done
    guide = practice("guide", ("ana", Role.WROTE))
    edited = guide.people[0].model_copy(update={"person": "ben", "role": Role.EDITED, "at": NOW})
    fill(town, [DocumentRecord(**{**guide.model_dump(), "people": (*guide.people, edited)})])
    found = evidence(town, plan)
    assert (shown(found), found.found, found.done) == (["guide"], 1, True)


def test_a_new_document_that_a_step_names_speaks_for_any_kind_whoever_made_it(town: Store) -> None:
    fill(town, [document(DocumentKind.MESSAGE, "minutes", ("cleo", Role.WROTE), days=2)], VALVES)
    plan = plan_with(town, StepKind.OBSERVATION, document_id="test:minutes")
    assert (shown(evidence(town, plan)), evidence(town, plan).done) == (["minutes"], True)


def test_each_is_shown_and_counted_only_what_they_may_read(town: Store) -> None:
    plan = plan_with(town, StepKind.WRITTEN_PRACTICE)
    fill(town, [practice("closed", ("ben", Role.WROTE), days=3, space="closed")])
    found = evidence(town, plan)
    assert (found.documents, found.found, found.done) == ([], 0, False)
    with town.read() as session:
        own = read_own_plan(session, Viewer("test:ben"), TODAY, plan.id)
    assert shown(evidence(town, own, Viewer("test:ben"))) == ["closed"]


def test_what_people_hide_shows_nothing_to_others(town: Store) -> None:
    plan = plan_with(town, StepKind.WRITTEN_PRACTICE)
    fill(town, [practice("guide", ("ben", Role.WROTE), days=3)])
    ben = Viewer("test:ben")
    with town.write() as session:
        hide_document(session, ben, TODAY, "test:ben", "test:guide")
    assert evidence(town, plan).found == 0
    fill(town, [practice("other", ("ben", Role.WROTE), days=3)])
    assert shown(evidence(town, plan)) == ["other"]
    with town.write() as session:
        state_area(session, ben, NOW, "test:ben", FROST, Stance.HIDDEN)
    assert evidence(town, plan).found == 0


def test_each_step_has_its_own_evidence_in_their_order_and_an_empty_plan_none(town: Store) -> None:
    with town.write() as session:
        talk = NewStep(StepKind.RECORDED_TALK, START, TODAY, area_id=FROST)
        write_up = NewStep(StepKind.WRITTEN_PRACTICE, TODAY, TODAY, area_id=VALVES, successor_id="test:cleo")
        plan = create_plan(session, planner(), NOW, NewPlan("test:ana", TODAY, steps=[write_up, talk]))
    fill(town, [document(DocumentKind.RECORDING, "talk", ("ana", Role.SPOKE), days=29)])
    fill(town, [practice("valves", ("cleo", Role.WROTE), days=0)], VALVES)
    with town.read() as session:
        plan = read_plan(session, planner(), TODAY, plan.id)
        first, second = find_evidence(session, planner().viewer, TODAY, plan)
    assert [shown(first), shown(second)] == [["talk"], ["valves"]]
    with town.read() as session:
        bare = Plan(1, plan.person, plan.part, plan.status, TODAY, "", (), (), NOW, NOW)
        assert find_evidence(session, planner().viewer, TODAY, bare) == []
