"""What nobody may see of transfer plans: random plans, opt-outs and viewers, each read and write against an oracle."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.access import Viewer
from models.errors import InvalidInputError, NotFoundError
from models.paging import PageRequest
from models.planning import Planner
from models.queries.plan_load import read_step_days
from models.queries.plan_shapes import Plan, PlanPart
from models.queries.transfer_plans import list_own_plans, list_plans, read_own_plan, read_plan
from models.reminders import claim_reminders, read_own_reminders
from models.store import Store
from models.tables import (
    DepartureVisibility,
    PersonRow,
    PlanStatus,
    PreferenceRow,
    StepKind,
    StepStatus,
    SuccessionPolicyRow,
    TransferPlanRow,
    TransferStepRow,
    UnitRow,
)
from models.transfer_steps import change_own_step
from tests.conftest import NOW

TODAY = NOW.date()
UNITS = {"e0": "u0", "e1": "u0", "e2": "u1", "e3": "u1", "x": "u1"}
OUTSIDER = "x"
"""In no directory, and without a document that anyone could read."""
SHOWN_TO_SUCCESSORS = (PlanStatus.ACTIVE, PlanStatus.COMPLETED)
OPEN = (PlanStatus.DRAFT, PlanStatus.ACTIVE)


@dataclass(frozen=True)
class World:
    """Plans by number, with the successors of their steps, and who opted out."""

    plans: tuple[tuple[str, PlanStatus, tuple[str | None, ...]], ...]
    opted_out: frozenset[str]

    def store(self, session: Session) -> None:
        session.add_all(UnitRow(id=unit, name=unit) for unit in sorted(set(UNITS.values())))
        session.flush()
        for id_, unit in UNITS.items():
            session.add(PersonRow(id=id_, name=id_, name_key=id_, unit_id=unit, in_directory=id_ != OUTSIDER))
        notices = {"notice_fr": "Avis", "notice_en": "Notice", "decided_at": NOW}
        session.add(SuccessionPolicyRow(id=1, enabled=True, **notices))
        session.flush()
        session.add_all(PreferenceRow(person_id=id_, visible_as_expert=False) for id_ in sorted(self.opted_out))
        made = {"created_at": NOW, "updated_at": NOW, "due_on": TODAY}
        for number, (person, status, successors) in enumerate(self.plans, start=1):
            session.add(TransferPlanRow(id=number, person_id=person, status=status, note="secret", **made))
            session.flush()
            for place, successor in enumerate(successors):
                step = {"kind": StepKind.MENTORING, "title": f"step {number}.{place}", "status": StepStatus.PLANNED}
                session.add(
                    TransferStepRow(
                        id=number * 10 + place, plan_id=number, successor_id=successor, starts_on=TODAY, **step, **made
                    )
                )
        session.flush()

    def sees(self, viewer: str | None, person: str) -> bool:
        return viewer == person or (person not in self.opted_out and person != OUTSIDER)

    def own(self, viewer: str) -> dict[int, set[int]]:
        """Return the steps that someone sees of each plan of their own."""
        shown = {}
        for number, (person, status, successors) in enumerate(self.plans, start=1):
            ids = {number * 10 + place for place, who in enumerate(successors) if viewer in (person, who)}
            if person == viewer or (ids and status in SHOWN_TO_SUCCESSORS and self.sees(viewer, person)):
                shown[number] = ids
        return shown

    def planned(self, viewer: str | None, units: frozenset[str] | None) -> set[int]:
        return {
            number
            for number, (person, _, _) in enumerate(self.plans, start=1)
            if (units is None or UNITS[person] in units) and self.sees(viewer, person)
        }


people = st.sampled_from(sorted(UNITS))
plans = people.flatmap(
    lambda person: st.tuples(
        st.just(person),
        st.sampled_from(PlanStatus),
        st.lists(st.none() | st.sampled_from(sorted(UNITS.keys() - {person})), max_size=3).map(tuple),
    )
)
worlds = st.builds(World, st.lists(plans, max_size=4).map(tuple), st.frozensets(people, max_size=3))
RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_only_seen(world: World, viewer: str | None, plans: list[Plan]) -> None:
    for plan in plans:
        assert world.sees(viewer, plan.person.id)
        for step in plan.steps:
            successor = world.plans[plan.id - 1][2][step.id - plan.id * 10]
            seen = successor is not None and world.sees(viewer, successor)
            assert (step.successor.id if step.successor else None) == (successor if seen else None)


@RANDOM
@given(world=worlds, viewer=people)
def test_each_reads_and_writes_what_is_theirs_and_nothing_else(store: Store, world: World, viewer: str) -> None:
    with store.read() as session:
        world.store(session)
        plans = list_own_plans(session, Viewer(viewer), TODAY)
        expected = world.own(viewer)
        assert {plan.id: {step.id for step in plan.steps} for plan in plans} == expected
        assert_only_seen(world, viewer, plans)
        for plan in plans:
            whole = plan.person.id == viewer
            assert plan.part is (PlanPart.PERSON if whole else PlanPart.SUCCESSOR)
            assert (plan.note, plan.due_on) == (("secret", TODAY) if whole else ("", None))
        for number, (_, status, successors) in enumerate(world.plans, start=1):
            if number not in expected:
                with pytest.raises(NotFoundError):
                    read_own_plan(session, Viewer(viewer), TODAY, number)
            for step in range(number * 10, number * 10 + len(successors)):
                if step not in expected.get(number, set()):
                    with pytest.raises(NotFoundError):
                        change_own_step(session, Viewer(viewer), NOW, number, step, {"note": "x"})
                elif status not in OPEN:
                    with pytest.raises(InvalidInputError):
                        change_own_step(session, Viewer(viewer), NOW, number, step, {"note": "x"})
                else:
                    change_own_step(session, Viewer(viewer), NOW, number, step, {"note": "x"})


@RANDOM
@given(
    world=worlds,
    viewer=st.none() | people,
    units=st.none() | st.frozensets(st.sampled_from(["u0", "u1"]), min_size=1),
)
def test_who_plans_reads_the_plans_of_their_units_alone(
    store: Store, world: World, viewer: str | None, units: frozenset[str] | None
) -> None:
    planner = Planner(Viewer(viewer), units, DepartureVisibility.DECLARED, 5)
    with store.read() as session:
        world.store(session)
        plans = list(list_plans(session, planner, TODAY, PageRequest()).items)
        expected = world.planned(viewer, units)
        assert {plan.id for plan in plans} == expected
        assert_only_seen(world, viewer, plans)
        for number in range(1, len(world.plans) + 1):
            if number not in expected:
                with pytest.raises(NotFoundError):
                    read_plan(session, planner, TODAY, number)
        busy = read_step_days(session, planner, TODAY)
        counted = [
            (p, s) for number, (p, status, s) in enumerate(world.plans, 1) if number in expected and status in OPEN
        ]
        assert {person: len(days) for person, days in busy.items()} == {
            person: count
            for person in UNITS
            if (count := sum(sum(person in (leaver, who) for who in successors) for leaver, successors in counted))
        }


@RANDOM
@given(world=worlds)
def test_nobody_is_reminded_of_what_they_do_not_see(store: Store, world: World) -> None:
    with store.read() as session:
        world.store(session)
        for reminder in claim_reminders(session, NOW):
            assert reminder.person_id not in world.opted_out
            assert reminder.step_id in world.own(reminder.person_id)[reminder.plan_id]
            assert reminder in read_own_reminders(session, Viewer(reminder.person_id), NOW)
