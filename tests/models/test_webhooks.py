"""Webhooks and deliveries: one row a webhook told of an event, claimed by one sender, retried, at last given up."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from models.deliveries import (
    CLAIM,
    MAX_ATTEMPTS,
    PAYLOAD_KEPT,
    DeliveryState,
    count_deliveries,
    due_deliveries,
    empty_old_payloads,
    list_deliveries,
    mark_delivered,
    mark_failed,
)
from models.errors import InvalidInputError, NotFoundError
from models.paging import PageRequest
from models.store import Store
from models.tables import DeliveryRow
from models.webhooks import (
    WebhookEvent,
    create_webhook,
    delete_webhook,
    disable_webhook,
    emit,
    list_webhooks,
    read_webhook,
)
from tests.conftest import NOW

CREATED, SETTLED = WebhookEvent.SOLICITATION_CREATED, WebhookEvent.SOLICITATION_SETTLED
URL = "https://receiver.example/hook"


def test_each_webhook_told_of_an_event_gets_one_delivery(store: Store) -> None:
    with store.write() as session:
        told, secret = create_webhook(session, NOW, URL, [CREATED])
        create_webhook(session, NOW, URL, [SETTLED])
        silent, _ = create_webhook(session, NOW, URL, [CREATED])
        disable_webhook(session, NOW, silent.id)
        assert emit(session, CREATED, {"id": 7}, NOW) == 1
    with store.write() as session:
        [due] = due_deliveries(session, NOW, 10)
    assert (due.webhook_id, due.url, due.secret, due.attempt) == (told.id, URL, secret, 1)
    assert json.loads(due.body) == {"type": "solicitation.created", "timestamp": NOW.isoformat(), "data": {"id": 7}}


def test_an_event_undone_leaves_no_delivery(store: Store) -> None:
    def fail_after_emitting() -> None:
        with store.write() as session:
            emit(session, CREATED, {}, NOW)
            raise RuntimeError

    with store.write() as session:
        create_webhook(session, NOW, URL, [CREATED])
    with pytest.raises(RuntimeError):
        fail_after_emitting()
    with store.read() as session:
        assert count_deliveries(session) == (0, 0)


def test_what_a_sender_claimed_is_given_to_nobody_else_until_the_claim_ends(store: Store) -> None:
    with store.write() as session:
        create_webhook(session, NOW, URL, [CREATED])
        emit(session, CREATED, {}, NOW)
    with store.write() as session:
        [first] = due_deliveries(session, NOW, 10)
    with store.write() as session:
        assert due_deliveries(session, NOW + CLAIM / 2, 10) == []
        [again] = due_deliveries(session, NOW + CLAIM, 10)
    assert (again.id, again.attempt) == (first.id, 2)


def test_a_failing_delivery_is_retried_ever_later_then_given_up_and_shown_as_failed(store: Store) -> None:
    now, waits = NOW, []
    with store.write() as session:
        webhook, _ = create_webhook(session, NOW, URL, [CREATED])
        emit(session, CREATED, {}, NOW)
    for _ in range(MAX_ATTEMPTS):
        with store.write() as session:
            [due] = due_deliveries(session, now, 10)
            mark_failed(session, due, now, "HTTP 500", jitter=0.5)
        with store.read() as session:
            [shown] = list_deliveries(session, webhook.id, PageRequest()).items
        if shown.next_attempt_at:
            waits.append((shown.next_attempt_at - now).total_seconds())
            now = shown.next_attempt_at
    assert waits == [5, 20, 80, 320, 1280, 5120, 20480, 43200, 43200]
    assert (shown.state, shown.attempts, shown.last_error) == (DeliveryState.FAILED, MAX_ATTEMPTS, "HTTP 500")
    with store.write() as session:
        assert due_deliveries(session, now + timedelta(days=9), 10) == []
        assert count_deliveries(session) == (0, 1)


def test_chance_spreads_retries_by_a_quarter_to_both_sides(store: Store) -> None:
    with store.write() as session:
        webhook, _ = create_webhook(session, NOW, URL, [CREATED])
        emit(session, CREATED, {}, NOW)
        [due] = due_deliveries(session, NOW, 10)
        mark_failed(session, due, NOW, "", jitter=0.0)
        [shown] = list_deliveries(session, webhook.id, PageRequest()).items
    assert shown.next_attempt_at == NOW + timedelta(seconds=3.75)


def test_the_same_event_is_told_once(store: Store) -> None:
    with store.write() as session:
        create_webhook(session, NOW, URL, [CREATED])
        assert [emit(session, CREATED, {}, NOW, once="7") for _ in range(2)] == [1, 0]
        assert emit(session, CREATED, {}, NOW, once="8") == 1


def test_disabling_gives_up_what_waits_and_deleting_forgets_it(store: Store) -> None:
    with store.write() as session:
        webhook, _ = create_webhook(session, NOW, URL, [CREATED])
        emit(session, CREATED, {}, NOW)
        disable_webhook(session, NOW, webhook.id)
        [shown] = list_deliveries(session, webhook.id, PageRequest()).items
        assert (shown.state, shown.last_error) == (DeliveryState.FAILED, "the webhook is disabled")
        delete_webhook(session, webhook.id)
        assert list_webhooks(session) == []
        assert count_deliveries(session) == (0, 0)
        with pytest.raises(NotFoundError):
            read_webhook(session, webhook.id)


def test_a_payload_is_dropped_a_month_after_it_was_sent(store: Store) -> None:
    later = NOW + PAYLOAD_KEPT + timedelta(seconds=1)
    with store.write() as session:
        create_webhook(session, NOW, URL, [CREATED])
        emit(session, CREATED, {"name": "Lucien"}, NOW)
        emit(session, CREATED, {"name": "Aïcha"}, NOW)
        sent, _ = due_deliveries(session, NOW, 10)
        mark_delivered(session, sent.id, NOW)
        empty_old_payloads(session, later)
    with store.read() as session:
        payloads = {row.id: row.payload for row in session.query(DeliveryRow)}
    assert payloads.pop(sent.id) == ""
    assert all(payloads.values())


def test_a_webhook_of_no_event_is_refused(store: Store) -> None:
    with store.write() as session, pytest.raises(InvalidInputError, match="at least one event"):
        create_webhook(session, NOW, URL, [WebhookEvent.PING])
