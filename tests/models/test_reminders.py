"""Reminders of transfer steps: few, only of what someone took on, and each given once."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from models.access import Viewer
from models.errors import NotAllowedError
from models.planning import SuccessionPolicy, set_policy
from models.preferences import change_preferences
from models.records import DepartureRecord, PersonRecord
from models.reminders import APART, MOST_PER_STEP, NOTICE, Reminder, claim_reminders, read_own_reminders
from models.store import Store
from models.tables import (
    DeliveryRow,
    PlanStatus,
    StepKind,
    StepReminderRow,
    StepStatus,
    TransferPlanRow,
    TransferStepRow,
)
from models.webhooks import WebhookEvent, create_webhook
from tests.conftest import NOW, write

TODAY = NOW.date()
SOON = TODAY + NOTICE
DAY = timedelta(days=1)
ANA, BEN, EVA = Viewer("t:ana"), Viewer("t:ben"), Viewer("t:eva")


def settle(store: Store) -> Store:
    """Bring Ana, whose active plan is without steps, with Ben and Eva; succession is switched on."""
    write(store, [PersonRecord(id=name, name=f"{name.title()} Berger") for name in ("ana", "ben", "eva")], source="t")
    switch(store, on=True)
    with store.write() as session:
        made = {"created_at": NOW, "updated_at": NOW, "due_on": SOON}
        session.add(TransferPlanRow(id=1, person_id="t:ana", status=PlanStatus.ACTIVE, **made))
    return store


@pytest.fixture
def town(store: Store) -> Store:
    """The town, on each database."""
    return settle(store)


def switch(store: Store, *, on: bool) -> None:
    with store.write() as session:
        set_policy(session, NOW, SuccessionPolicy(enabled=on, notice_fr="Avis", notice_en="Notice"))


def add(
    store: Store, successor: str | None = "t:ben", due_on: date = SOON, status: StepStatus = StepStatus.PLANNED
) -> int:
    with store.write() as session:
        made = {"created_at": NOW, "updated_at": NOW, "starts_on": TODAY, "due_on": due_on, "title": "Vannes"}
        row = TransferStepRow(plan_id=1, kind=StepKind.MENTORING, successor_id=successor, status=status, **made)
        session.add(row)
        session.flush()
        return row.id


def claim(store: Store, now: datetime = NOW) -> list[Reminder]:
    with store.write() as session:
        return claim_reminders(session, now)


def reminded(store: Store, now: datetime = NOW) -> list[tuple[str, int]]:
    return [(reminder.person_id, reminder.step_id) for reminder in claim(store, now)]


def test_the_successor_is_reminded_a_week_before_the_last_day_and_not_earlier(town: Store) -> None:
    step = add(town)
    assert claim(town, NOW - DAY) == []
    [given] = claim(town)
    assert given == Reminder(given.id, step, 1, "t:ben", SOON, NOW)


def test_where_nobody_takes_a_step_over_the_person_of_the_plan_is_reminded(town: Store) -> None:
    step = add(town, successor=None)
    assert reminded(town) == [("t:ana", step)]


def test_nobody_is_reminded_of_what_they_did_not_take_on_or_what_is_settled(town: Store) -> None:
    for status in (StepStatus.PROPOSED, StepStatus.DONE, StepStatus.DROPPED):
        add(town, status=status)
    assert claim(town) == []


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.COMPLETED, PlanStatus.ABANDONED])
def test_only_active_plans_remind(town: Store, status: PlanStatus) -> None:
    add(town)
    with town.write() as session:
        session.get_one(TransferPlanRow, 1).status = status
    assert claim(town) == []


def test_switched_off_succession_reminds_nobody(town: Store) -> None:
    add(town)
    switch(town, on=False)
    assert claim(town) == []


def test_nobody_is_reminded_while_they_pause_after_they_opted_out_or_once_they_left(town: Store) -> None:
    step = add(town)
    for person, changes in (
        (BEN, {"paused_until": TODAY}),
        (BEN, {"paused_until": None, "visible_as_expert": False}),
    ):
        with town.write() as session:
            change_preferences(session, person, "t:ben", changes)
        assert claim(town) == []
    with town.write() as session:
        change_preferences(session, BEN, "t:ben", {"visible_as_expert": True})
        change_preferences(session, ANA, "t:ana", {"visible_as_expert": False})
    assert claim(town) == [], "Ben does not see a plan about someone who opted out"
    with town.write() as session:
        change_preferences(session, ANA, "t:ana", {"visible_as_expert": True})
    write(town, [DepartureRecord(person="ben", declared_by="self", earliest=TODAY - DAY)], source="t")
    assert claim(town) == []
    write(town, [DepartureRecord(person="ben", declared_by="self", revoked=True)], source="t")
    assert reminded(town) == [("t:ben", step)]


def test_a_person_is_reminded_once_a_week_the_least_reminded_step_first_then_the_nearest(town: Store) -> None:
    later, sooner = add(town, due_on=SOON), add(town, due_on=SOON - DAY)
    evas = add(town, successor="t:eva")
    assert reminded(town) == [("t:ben", sooner), ("t:eva", evas)]
    assert reminded(town, NOW + APART - timedelta(seconds=1)) == []
    assert reminded(town, NOW + APART) == [("t:ben", later), ("t:eva", evas)]
    assert reminded(town, NOW + 2 * APART) == [("t:ben", sooner), ("t:eva", evas)]


def test_however_often_it_is_called_a_step_reminds_three_times_and_a_person_weekly(town: Store) -> None:
    for number in range(3):
        add(town, due_on=TODAY + number * DAY)
    for hours in range(0, 24 * 7 * 14, 11):
        claim(town, NOW + timedelta(hours=hours))
    with town.read() as session:
        rows = session.execute(select(StepReminderRow.step_id, StepReminderRow.at).order_by(StepReminderRow.at)).all()
    moments = [at for _, at in rows]
    assert all(after - before >= APART for before, after in pairwise(moments))
    counts = [sum(step == other for other, _ in rows) for step in {step for step, _ in rows}]
    assert counts == [MOST_PER_STEP] * 3


def test_two_workers_at_once_remind_once(town: Store) -> None:
    for _ in range(3):
        add(town)
    given: list[Reminder] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        given.extend(claim(town))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [reminder.person_id for reminder in given] == ["t:ben"]


def test_whom_another_worker_is_reminding_is_left_to_it(postgresql_store: Store) -> None:
    settle(postgresql_store)
    add(postgresql_store)
    add(postgresql_store)
    with postgresql_store.write() as first:
        assert len(claim_reminders(first, NOW)) == 1
        assert claim(postgresql_store) == []
    assert claim(postgresql_store) == []


def test_what_was_undone_is_given_again(town: Store) -> None:
    step = add(town)

    def give_and_fail() -> None:
        with town.write() as session:
            assert len(claim_reminders(session, NOW)) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_and_fail()
    assert reminded(town) == [("t:ben", step)]


def test_webhooks_are_told_ids_and_the_day_and_no_words(town: Store) -> None:
    with town.write() as session:
        create_webhook(session, NOW, "https://receiver.example/", [WebhookEvent.TRANSFER_STEP_DUE])
    step = add(town)
    [given] = claim(town)
    with town.read() as session:
        [delivery] = session.scalars(select(DeliveryRow)).all()
    assert json.loads(delivery.payload) == {
        "type": "transfer_step.due",
        "timestamp": NOW.isoformat(),
        "data": {"id": given.id, "step_id": step, "plan_id": 1, "person_id": "t:ben", "due_on": SOON.isoformat()},
    }


def test_each_reads_their_own_reminders_of_the_week_while_the_step_is_open(town: Store) -> None:
    step = add(town)
    [given] = claim(town)

    def read(viewer: Viewer, now: datetime = NOW) -> list[Reminder]:
        with town.read() as session:
            return read_own_reminders(session, viewer, now)

    assert read(BEN) == [given]
    assert read(ANA) == read(EVA) == read(BEN, NOW + APART) == []
    with pytest.raises(NotAllowedError):
        read(Viewer())
    with town.write() as session:
        session.get_one(TransferStepRow, step).status = StepStatus.DONE
    assert read(BEN) == []
