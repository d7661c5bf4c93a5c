"""Transfer plans: who sees and changes them, in which order statuses follow, which dates go together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.access import Viewer
from models.erasure import erase_person
from models.errors import InvalidInputError, NotAllowedError, NotFoundError
from models.paging import PageRequest
from models.planning import Planner
from models.preferences import change_preferences
from models.queries.plan_load import read_step_days
from models.queries.plan_shapes import Plan, PlanPart, PlanWarning, Step, WarningKind
from models.queries.transfer_plans import (
    list_own_plans,
    list_plans,
    read_own_plan,
    read_plan,
    read_plan_for_update,
)
from models.records import (
    CommunityRecord,
    Contribution,
    DepartureRecord,
    DocumentKind,
    DocumentRecord,
    MembershipRecord,
    PersonRecord,
    Role,
    UnitRecord,
)
from models.store import Store
from models.tables import (
    AreaRow,
    AreaStatus,
    DepartureVisibility,
    PlanStatus,
    StepKind,
    StepReminderRow,
    StepStatus,
    TransferPlanRow,
    TransferStepRow,
)
from models.transfer_plans import NewPlan, PlanChanges, change_plan, create_plan, delete_plan
from models.transfer_steps import (
    MOST_STEPS,
    NewStep,
    OwnStepChanges,
    StepChanges,
    add_step,
    change_own_step,
    change_step,
    drop_step,
)
from tests.conftest import NOW, write

TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)
DUE = date(2026, 9, 30)
LEAVES = date(2026, 10, 1)
ANA, BEN, EVA, MAX = Viewer("t:ana"), Viewer("t:ben"), Viewer("t:eva"), Viewer("t:max")
BOSS = Planner(MAX, frozenset({"t:eaux"}), DepartureVisibility.DECLARED, 5)
OTHER_BOSS = Planner(EVA, frozenset({"t:voirie"}), DepartureVisibility.DECLARED, 5)
EVERYWHERE = Planner(Viewer(), None, DepartureVisibility.ANNOUNCED, 5)


@pytest.fixture
def town(store: Store) -> Store:
    """Ana and Max in one unit, Ben and Eva in another; fay is known from a protected community alone."""
    units = {"ana": "eaux", "max": "eaux", "ben": "voirie", "eva": "voirie"}
    write(
        store,
        [
            *(UnitRecord(id=unit, name=unit.title()) for unit in ("eaux", "voirie")),
            *(PersonRecord(id=name, name=f"{name.title()} Berger", unit=unit) for name, unit in units.items()),
            CommunityRecord(id="gel", name="Gel", protected=True),
            MembershipRecord(community="gel", person="ana"),
            DocumentRecord(id="page", kind=DocumentKind.PAGE, title="Vannes"),
            *(
                DocumentRecord(
                    id=f"closed-{author}",
                    kind=DocumentKind.PAGE,
                    title="Secret",
                    space="gel",
                    people=(Contribution(person=author, role=Role.WROTE),),
                )
                for author in ("ana", "fay")
            ),
            DepartureRecord(person="ana", declared_by="hr", earliest=LEAVES, latest=date(2026, 12, 1)),
        ],
        source="t",
    )
    with store.write() as session:
        labels = {"label_en": "Valves", "label_key": "vannes", "created_at": NOW, "updated_at": NOW}
        session.add(AreaRow(id="vannes", label_fr="Vannes", **labels))
        session.flush()
        session.add(AreaRow(id="old", label_fr="Robinets", status=AreaStatus.MERGED, merged_into="vannes", **labels))
        session.add(AreaRow(id="hidden", label_fr="Cachée", status=AreaStatus.HIDDEN, **labels))
    return store


def new_step(successor: str | None = "t:ben", *, due_on: date = DUE, **others: object) -> NewStep:
    return NewStep(StepKind.MENTORING, TODAY, due_on, successor_id=successor, **others)  # type: ignore[arg-type]


def make_plan(store: Store, *steps: NewStep, planner: Planner = BOSS, person: str = "t:ana", due: date = DUE) -> Plan:
    with store.write() as session:
        return create_plan(session, planner, NOW, NewPlan(person, due, "Tout est à passer", steps))


def change(store: Store, plan: Plan, changes: PlanChanges, planner: Planner = BOSS, now: datetime = LATER) -> Plan:
    with store.write() as session:
        return change_plan(session, planner, now, plan.id, changes)


def activate(store: Store, plan: Plan) -> Plan:
    return change(store, plan, {"status": PlanStatus.ACTIVE})


def change_one(store: Store, step: Step, changes: StepChanges, now: datetime = LATER) -> Step:
    with store.write() as session:
        plan = change_step(session, BOSS, now, step.plan_id, step.id, changes)
    return next(found for found in plan.steps if found.id == step.id)


def own(store: Store, viewer: Viewer) -> list[Plan]:
    with store.read() as session:
        return list_own_plans(session, viewer, TODAY)


def say(store: Store, viewer: Viewer, step: Step, changes: OwnStepChanges) -> Plan:
    with store.write() as session:
        return change_own_step(session, viewer, LATER, step.plan_id, step.id, changes)


# Who sees what.


def test_a_new_plan_is_a_draft_with_the_steps_chosen_by_their_first_day(town: Store) -> None:
    later = new_step("t:eva", document_id="t:page", area_id="old", title=" Purger\x00 ", note="Le matin")
    first = NewStep(StepKind.RECORDED_TALK, TODAY - timedelta(days=1), TODAY)
    made = make_plan(town, later, first)
    assert (made.person.name, made.status, made.due_on, made.note) == (
        "Ana Berger",
        PlanStatus.DRAFT,
        DUE,
        "Tout est à passer",
    )
    assert (made.created_at, made.updated_at, made.steps_open, made.steps_done) == (NOW, NOW, 2, 0)
    talk, mentoring = made.steps
    assert (talk.kind, talk.area, talk.successor, talk.document, talk.title) == (
        StepKind.RECORDED_TALK,
        None,
        None,
        None,
        "",
    )
    assert mentoring.area is not None
    assert mentoring.area.id == "vannes"
    assert mentoring.area.label("en") == "Valves"
    assert mentoring.successor is not None
    assert mentoring.successor.name == "Eva Berger"
    assert mentoring.document is not None
    assert (mentoring.document.id, mentoring.document.title) == ("t:page", "Vannes")
    assert (mentoring.title, mentoring.note, mentoring.status) == ("Purger", "Le matin", StepStatus.PROPOSED)
    assert (mentoring.starts_on, mentoring.due_on, mentoring.completed_on) == (TODAY, DUE, None)


def test_a_plan_is_for_who_plans_for_that_unit_and_does_not_exist_for_others(town: Store) -> None:
    plan = make_plan(town, new_step())
    with town.read() as session:
        for planner in (BOSS, EVERYWHERE):
            assert read_plan(session, planner, TODAY, plan.id).id == plan.id
            assert [found.id for found in list_plans(session, planner, TODAY, PageRequest()).items] == [plan.id]
        assert list_plans(session, OTHER_BOSS, TODAY, PageRequest()).items == []
        for number in (plan.id, plan.id + 1):
            with pytest.raises(NotFoundError, match=f"No transfer plan {number} among those"):
                read_plan(session, OTHER_BOSS, TODAY, number)
    step = plan.steps[0].id
    for act in (
        lambda session: change_plan(session, OTHER_BOSS, LATER, plan.id, {"note": "x"}),
        lambda session: add_step(session, OTHER_BOSS, LATER, plan.id, new_step()),
        lambda session: change_step(session, OTHER_BOSS, LATER, plan.id, step, {"note": "x"}),
        lambda session: drop_step(session, OTHER_BOSS, LATER, plan.id, step),
        lambda session: delete_plan(session, OTHER_BOSS, LATER, plan.id),
    ):
        with town.write() as session, pytest.raises(NotFoundError):
            act(session)
    with town.read() as session:
        assert read_plan(session, BOSS, TODAY, plan.id) == plan


def test_nobody_plans_for_someone_outside_their_units_or_whom_they_may_not_see(town: Store) -> None:
    for planner, person in ((BOSS, "t:ben"), (BOSS, "t:nobody"), (EVERYWHERE, "t:fay")):
        with pytest.raises(NotFoundError, match=f"Nobody you plan for has the id '{person}'"):
            make_plan(town, planner=planner, person=person)


def test_the_person_reads_their_whole_plan_from_the_draft_on(town: Store) -> None:
    plan = make_plan(town, new_step(), new_step("t:eva"))
    [mine] = own(town, ANA)
    assert (mine.part, mine.note, mine.due_on, mine.steps) == (PlanPart.PERSON, plan.note, DUE, plan.steps)


def test_a_successor_reads_their_own_steps_once_the_plan_is_active_and_no_date_of_the_plan(town: Store) -> None:
    plan = make_plan(town, new_step(title="Vannes"), new_step("t:eva", title="Pompes"), new_step(None, title="Gel"))
    assert own(town, BEN) == []
    with town.read() as session, pytest.raises(NotFoundError, match="about you or gives you a step"):
        read_own_plan(session, BEN, TODAY, plan.id)
    activate(town, plan)
    [mine] = own(town, BEN)
    assert (mine.part, mine.person.name, mine.note, mine.due_on, list(mine.warnings)) == (
        PlanPart.SUCCESSOR, "Ana Berger", "", None, [],
    )  # fmt: skip
    assert [step.title for step in mine.steps] == ["Vannes"]
    with town.read() as session:
        assert read_own_plan(session, BEN, TODAY, plan.id) == mine


@pytest.mark.parametrize("status", PlanStatus)
def test_a_successor_is_shown_no_draft_nor_a_draft_that_was_abandoned(town: Store, status: PlanStatus) -> None:
    plan = make_plan(town, new_step())
    with town.write() as session:
        session.get_one(TransferPlanRow, plan.id).status = status
    assert len(own(town, BEN)) == (status in (PlanStatus.ACTIVE, PlanStatus.COMPLETED))
    assert len(own(town, ANA)) == 1


def test_nobody_else_has_a_plan_of_their_own_and_nobody_in_particular_has_none(town: Store) -> None:
    plan = activate(town, make_plan(town, new_step(), new_step(None)))
    assert own(town, EVA) == own(town, MAX) == []
    with town.read() as session:
        with pytest.raises(NotFoundError):
            read_own_plan(session, EVA, TODAY, plan.id)
        with pytest.raises(NotAllowedError):
            list_own_plans(session, Viewer(), TODAY)
        with pytest.raises(NotAllowedError):
            read_own_plan(session, Viewer(), TODAY, plan.id)


def test_a_document_that_the_reader_may_not_open_is_left_out(town: Store) -> None:
    plan = make_plan(town, new_step(None))
    with town.write() as session:
        session.get_one(TransferStepRow, plan.steps[0].id).document_id = "t:closed-ana"
    with town.read() as session:
        assert read_plan(session, BOSS, TODAY, plan.id).steps[0].document is None
    [mine] = own(town, ANA)
    assert mine.steps[0].document is not None
    assert mine.steps[0].document.title == "Secret"


def test_an_area_that_is_hidden_later_is_not_named(town: Store) -> None:
    plan = make_plan(town, new_step(area_id="vannes"))
    with town.write() as session:
        session.get_one(AreaRow, "vannes").status = AreaStatus.HIDDEN
    with town.read() as session:
        assert read_plan(session, BOSS, TODAY, plan.id).steps[0].area is None


def test_who_opts_out_leaves_the_plans_of_others_but_not_their_own(town: Store) -> None:
    plan = activate(town, make_plan(town, new_step()))
    with town.write() as session:
        change_preferences(session, BEN, "t:ben", {"visible_as_expert": False})
    with town.read() as session:
        assert read_plan(session, BOSS, TODAY, plan.id).steps[0].successor is None
    assert len(own(town, BEN)) == 1
    with town.write() as session:
        change_preferences(session, ANA, "t:ana", {"visible_as_expert": False})
    with town.read() as session:
        assert list_plans(session, BOSS, TODAY, PageRequest()).items == []
    assert own(town, BEN) == []
    assert len(own(town, ANA)) == 1


def test_plans_are_listed_nearest_due_first_in_pages_by_status_and_person(town: Store) -> None:
    later = make_plan(town, due=DUE + timedelta(days=9))
    sooner = make_plan(town, person="t:max", due=DUE)
    change(town, sooner, {"status": PlanStatus.ACTIVE})

    def listed(page: PageRequest, **filters: object) -> list[int]:
        with town.read() as session:
            return [plan.id for plan in list_plans(session, BOSS, TODAY, page, **filters).items]  # type: ignore[arg-type]

    with town.read() as session:
        first = list_plans(session, BOSS, TODAY, PageRequest(limit=1))
    assert [plan.id for plan in first.items] == [sooner.id]
    assert listed(PageRequest(first.next_cursor, 1)) == [later.id]
    assert listed(PageRequest(), status=PlanStatus.DRAFT) == [later.id]
    assert listed(PageRequest(), person_id="t:max") == [sooner.id]
    assert listed(PageRequest(), person_id="t:ben") == []


# What is worth knowing of dates.


@pytest.mark.parametrize(
    ("visibility", "kinds"),
    [
        (DepartureVisibility.DECLARED, [WarningKind.DUE_AFTER_DEPARTURE, WarningKind.NOT_ANNOUNCED]),
        (DepartureVisibility.HR_ANNOUNCED, [WarningKind.DUE_AFTER_DEPARTURE, WarningKind.NOT_ANNOUNCED]),
        (DepartureVisibility.ANNOUNCED, []),
        (DepartureVisibility.BANDS, []),
    ],
)
def test_a_date_after_the_departure_is_a_warning_where_the_departure_may_be_known(
    town: Store, visibility: DepartureVisibility, kinds: list[WarningKind]
) -> None:
    planner = Planner(MAX, frozenset({"t:eaux"}), visibility, 5)
    plan = make_plan(town, new_step(), planner=planner, due=LEAVES + timedelta(days=1))
    assert plan.warnings == [PlanWarning(kind, LEAVES) for kind in kinds]
    assert [warning.kind for warning in own(town, ANA)[0].warnings] == [WarningKind.DUE_AFTER_DEPARTURE]
    activate(town, plan)
    assert not own(town, BEN)[0].warnings


def test_a_plan_due_by_the_departure_warns_of_nothing_once_it_is_announced(town: Store) -> None:
    write(
        town,
        [DepartureRecord(person="ana", declared_by="hr", earliest=LEAVES, announced=True)],
        source="t",
    )
    assert not make_plan(town, due=LEAVES).warnings


# What is refused.


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (NewStep(StepKind.MENTORING, DUE, TODAY), "put the first day before the last"),
        (new_step(due_on=DUE + timedelta(days=1)), "after its plan on 2026-09-30"),
        (NewStep(StepKind.MENTORING, date(1812, 1, 1), TODAY), "outside the years"),
        (new_step("t:ana"), "'t:ana' cannot take over from themself"),
        (new_step(title="x" * 201), "The title has 201 characters"),
        (new_step(note="x" * 5_001), "The note has 5,001 characters"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_with_its_plan(town: Store, step: NewStep, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make_plan(town, new_step(), step)
    with town.read() as session:
        assert session.scalars(select(TransferPlanRow.id)).all() == []


@pytest.mark.parametrize(
    "step",
    [
        new_step("t:nobody"),
        new_step("t:fay"),
        new_step(area_id="hidden"),
        new_step(area_id="none"),
        new_step(document_id="t:closed-ana"),
        new_step(document_id="t:none"),
    ],
)
def test_what_the_planner_may_not_see_cannot_be_put_into_a_step(town: Store, step: NewStep) -> None:
    with pytest.raises(NotFoundError):
        make_plan(town, step)


def test_a_plan_is_not_due_in_the_past_nor_before_one_of_its_open_steps(town: Store) -> None:
    with pytest.raises(InvalidInputError, match="before today; choose 2026-06-15 or later"):
        make_plan(town, due=TODAY - timedelta(days=1))
    plan = make_plan(town, new_step())
    with pytest.raises(InvalidInputError, match="with a step due on 2026-09-30; move the step first"):
        change(town, plan, {"due_on": DUE - timedelta(days=1)})
    change_one(town, plan.steps[0], {"status": StepStatus.DROPPED})
    assert change(town, plan, {"due_on": TODAY}).due_on == TODAY


def test_a_person_has_one_open_plan_at_a_time(town: Store) -> None:
    plan = make_plan(town)
    with pytest.raises(InvalidInputError, match=f"has the open plan {plan.id} already"):
        make_plan(town)
    change(town, plan, {"status": PlanStatus.ABANDONED})
    second = make_plan(town)
    with pytest.raises(InvalidInputError, match=f"has the open plan {second.id} already"):
        change(town, plan, {"status": PlanStatus.DRAFT})


def test_a_plan_takes_so_many_steps_and_no_more(town: Store) -> None:
    plan = make_plan(town, *[new_step(None)] * MOST_STEPS)
    with town.write() as session, pytest.raises(InvalidInputError, match="the most a plan takes"):
        add_step(session, BOSS, NOW, plan.id, new_step(None))


# How statuses follow.


def test_a_plan_becomes_active_then_completed_once_every_step_is_settled_and_can_be_opened_again(town: Store) -> None:
    plan = make_plan(town, new_step(), new_step("t:eva"))
    with pytest.raises(InvalidInputError, match="draft cannot become completed; it can become active or"):
        change(town, plan, {"status": PlanStatus.COMPLETED})
    activate(town, plan)
    with pytest.raises(InvalidInputError, match="cannot become draft"):
        change(town, plan, {"status": PlanStatus.DRAFT})
    with pytest.raises(InvalidInputError, match=r"has steps neither done nor dropped \(2\)"):
        change(town, plan, {"status": PlanStatus.COMPLETED})
    done, dropped = plan.steps
    change_one(town, done, {"status": StepStatus.DONE})
    change_one(town, dropped, {"status": StepStatus.DROPPED})
    completed = change(town, plan, {"status": PlanStatus.COMPLETED})
    assert (completed.status, completed.steps_done, completed.steps_open) == (PlanStatus.COMPLETED, 1, 0)
    for refused in (
        lambda: change_one(town, done, {"note": "x"}),
        lambda: say(town, BEN, done, {"status": StepStatus.UNDER_WAY}),
        lambda: change(town, plan, {"note": "x"}),
    ):
        with pytest.raises(InvalidInputError, match="is completed; make it active again to change it"):
            refused()
    assert change(town, plan, {"status": PlanStatus.ACTIVE, "note": "x"}).note == "x"


def test_a_step_is_done_on_a_day_that_stands_until_it_is_taken_up_again(town: Store) -> None:
    step = activate(town, make_plan(town, new_step())).steps[0]
    assert change_one(town, step, {"status": StepStatus.DONE}).completed_on == TODAY
    assert change_one(town, step, {"note": "Bien"}, LATER + timedelta(days=3)).completed_on == TODAY
    assert change_one(town, step, {"status": StepStatus.UNDER_WAY}).completed_on is None
    with pytest.raises(InvalidInputError, match="under_way cannot become proposed; it can become planned or"):
        change_one(town, step, {"status": StepStatus.PROPOSED})


def test_only_a_change_makes_a_new_version_of_the_plan_and_the_step(town: Store) -> None:
    plan = make_plan(town, new_step(title="Vannes"), new_step("t:eva"))
    same = change_one(town, plan.steps[0], {"title": "Vannes", "status": StepStatus.PROPOSED})
    change(town, plan, {"due_on": DUE, "status": PlanStatus.DRAFT})
    with town.read() as session:
        assert read_plan(session, BOSS, TODAY, plan.id) == plan
    assert same.updated_at == NOW
    assert change_one(town, plan.steps[0], {"title": "Pompes"}).updated_at == LATER
    with town.write() as session:
        found = read_plan_for_update(session, BOSS, TODAY, plan.id)
    assert found.updated_at == LATER
    assert found.steps[1].updated_at == NOW


def test_everything_in_a_step_can_be_changed_and_taken_out(town: Store) -> None:
    step = make_plan(town, new_step(area_id="vannes", document_id="t:page")).steps[0]
    days = {"starts_on": TODAY + timedelta(days=3), "due_on": TODAY + timedelta(days=4)}
    moved = change_one(town, step, {"kind": StepKind.OBSERVATION, "successor_id": "t:eva", "title": "A", **days})
    assert (moved.kind, moved.title, moved.starts_on, moved.due_on) == (
        StepKind.OBSERVATION, "A", TODAY + timedelta(days=3), TODAY + timedelta(days=4),
    )  # fmt: skip
    assert moved.successor is not None
    assert moved.successor.id == "t:eva"
    bare = change_one(town, step, {"area_id": None, "successor_id": None, "document_id": None})
    assert (bare.area, bare.successor, bare.document) == (None, None, None)
    with pytest.raises(InvalidInputError, match="put the first day before the last"):
        change_one(town, step, {"starts_on": DUE})
    with pytest.raises(NotFoundError, match="that you see; read the plan again"):
        change_one(town, replace(step, id=step.id + 1), {"note": "x"})


def test_a_step_leaves_a_draft_without_trace_and_stays_dropped_where_it_was_shown(town: Store) -> None:
    plan = make_plan(town, new_step(), new_step("t:eva"))
    with town.write() as session:
        assert len(drop_step(session, BOSS, LATER, plan.id, plan.steps[0].id).steps) == 1
    activate(town, plan)
    with town.write() as session:
        [left] = drop_step(session, BOSS, LATER, plan.id, plan.steps[1].id).steps
    assert left.status is StepStatus.DROPPED


def test_only_what_nobody_follows_is_deleted_with_its_steps(town: Store) -> None:
    plan = activate(town, make_plan(town, new_step()))
    with town.write() as session, pytest.raises(InvalidInputError, match="is active; abandon it before deleting it"):
        delete_plan(session, BOSS, NOW, plan.id)
    change(town, plan, {"status": PlanStatus.ABANDONED})
    with town.write() as session:
        delete_plan(session, BOSS, NOW, plan.id)
        assert session.scalars(select(TransferStepRow.id)).all() == []


# What the person and successors say.


def test_the_person_and_the_successor_say_how_a_step_goes_and_nobody_else_does(town: Store) -> None:
    plan = activate(town, make_plan(town, new_step(), new_step("t:eva")))
    bens, evas = plan.steps
    [said] = say(town, BEN, bens, {"status": StepStatus.PLANNED, "note": " Mardi "}).steps
    assert (said.status, said.note, said.updated_at) == (StepStatus.PLANNED, "Mardi", LATER)
    assert [step.status for step in say(town, ANA, evas, {"status": StepStatus.DONE}).steps] == [
        StepStatus.PLANNED,
        StepStatus.DONE,
    ]
    for viewer, step, error in (
        (BEN, evas, NotFoundError),
        (MAX, bens, NotFoundError),
        (Viewer(), bens, NotAllowedError),
    ):
        with pytest.raises(error):
            say(town, viewer, step, {"note": "x"})
    with pytest.raises(InvalidInputError, match="cannot become proposed"):
        say(town, BEN, bens, {"status": StepStatus.PROPOSED})
    with pytest.raises(InvalidInputError, match="The note has"):
        say(town, BEN, bens, {"note": "x" * 5_001})


def test_a_successor_says_nothing_of_a_draft(town: Store) -> None:
    plan = make_plan(town, new_step())
    with pytest.raises(NotFoundError):
        say(town, BEN, plan.steps[0], {"status": StepStatus.PLANNED})


# Who is erased.


def test_with_a_person_their_plan_goes_and_the_steps_they_were_to_take_over_stay_without_a_name(town: Store) -> None:
    about_ana = activate(town, make_plan(town, new_step()))
    about_max = activate(town, make_plan(town, new_step("t:ana", title="Vannes"), person="t:max"))
    with town.write() as session:
        for plan, person in ((about_ana, "t:ben"), (about_max, "t:ana")):
            session.add(StepReminderRow(step_id=plan.steps[0].id, person_id=person, at=NOW))
    with town.write() as session:
        erase_person(session, ANA, NOW, "t:ana")
    with town.read() as session:
        [left] = list_plans(session, BOSS, TODAY, PageRequest()).items
        assert session.scalars(select(StepReminderRow.id)).all() == []
    assert left.id == about_max.id
    assert [(step.title, step.successor) for step in left.steps] == [("Vannes", None)]
    assert own(town, BEN) == []


# How much people have.


def test_open_steps_of_plans_the_planner_reads_take_up_both_sides(town: Store) -> None:
    plan = make_plan(town, new_step(), new_step("t:ben"), new_step(None), new_step("t:eva"))
    change_one(town, plan.steps[1], {"status": StepStatus.DROPPED})
    with town.read() as session:
        span = (TODAY, DUE)
        assert read_step_days(session, BOSS, TODAY) == {"t:ana": [span] * 3, "t:ben": [span], "t:eva": [span]}
        assert read_step_days(session, BOSS, DUE + timedelta(days=1)) == {}
        assert read_step_days(session, OTHER_BOSS, TODAY) == {}
    change(town, plan, {"status": PlanStatus.ABANDONED})
    with town.read() as session:
        assert read_step_days(session, BOSS, TODAY) == {}
