"""Deliveries reach a real receiver, signed, once they are due; failures come back; a killed sender loses none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from api.operations.deliveries import DeliverySender
from api.operations.outgoing import OutgoingRules
from api.operations.signing import sign
from models.deliveries import CLAIM, DeliveryState, due_deliveries, list_deliveries
from models.paging import PageRequest
from models.store import Store
from models.webhooks import WebhookEvent, create_webhook, emit, read_webhook
from tests.api.operations.receiving import Receiver, receiving
from tests.conftest import NOW

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
EVENT = WebhookEvent.SOLICITATION_CREATED


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def sender_to(store: Store, receiver: Receiver, clock: Clock) -> DeliverySender:
    return DeliverySender(store, OutgoingRules(frozenset({"127.0.0.1"}), frozenset({receiver.port}), http=True), clock)


def subscribe(store: Store, url: str) -> tuple[str, str]:
    """Return the id and secret of a webhook with one event to tell."""
    with store.write() as session:
        webhook, secret = create_webhook(session, NOW, url, [EVENT])
        emit(session, EVENT, {"id": 7}, NOW)
    return webhook.id, secret


def state_of(store: Store, webhook_id: str) -> tuple[DeliveryState, int, str | None]:
    with store.read() as session:
        [shown] = list_deliveries(session, webhook_id, PageRequest()).items
    return shown.state, shown.attempts, shown.last_error


def test_a_delivery_arrives_once_with_a_signature_that_verifies(store: Store, receiver: Receiver) -> None:
    webhook_id, secret = subscribe(store, receiver.url())
    sender = sender_to(store, receiver, Clock())
    assert [sender.send_due(), sender.send_due()] == [1, 0]
    [request] = receiver.received
    headers = request.headers
    assert json.loads(request.body)["data"] == {"id": 7}
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    expected = sign(secret, headers["webhook-id"], int(NOW.timestamp()), request.body)
    assert headers["webhook-signature"] == expected
    assert state_of(store, webhook_id) == (DeliveryState.DELIVERED, 1, None)


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the specification's own libraries.
    body = b'{"test": 2432232314}'
    signature = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_failure_comes_back_when_its_time_has_come_under_the_same_id(store: Store, receiver: Receiver) -> None:
    webhook_id, _ = subscribe(store, receiver.url("/500"))
    clock = Clock()
    sender = sender_to(store, receiver, clock)
    assert [sender.send_due(), sender.send_due()] == [1, 0]
    assert state_of(store, webhook_id) == (DeliveryState.PENDING, 1, "HTTP 500: said")
    clock.now += timedelta(seconds=7)
    assert sender.send_due() == 1
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_what_a_sender_killed_before_sending_had_claimed_is_sent_again(store: Store, receiver: Receiver) -> None:
    webhook_id, _ = subscribe(store, receiver.url())
    with store.write() as session:
        assert len(due_deliveries(session, NOW, 10)) == 1  # and here it was killed
    clock = Clock()
    sender = sender_to(store, receiver, clock)
    assert sender.send_due() == 0
    clock.now += CLAIM
    assert sender.send_due() == 1
    assert state_of(store, webhook_id) == (DeliveryState.DELIVERED, 2, None)


def test_a_redirect_to_an_internal_address_is_a_failure(store: Store, receiver: Receiver) -> None:
    webhook_id, _ = subscribe(store, receiver.url("/redirect"))
    sender_to(store, receiver, Clock()).send_due()
    assert [request.path for request in receiver.received] == ["/redirect"]
    assert state_of(store, webhook_id)[0] is DeliveryState.PENDING


def test_a_receiver_that_is_gone_is_told_nothing_more(store: Store, receiver: Receiver) -> None:
    webhook_id, _ = subscribe(store, receiver.url("/410"))
    sender_to(store, receiver, Clock()).send_due()
    with store.read() as session:
        assert read_webhook(session, webhook_id).disabled_at == NOW
    assert state_of(store, webhook_id)[0] is DeliveryState.FAILED


def test_an_address_that_may_no_longer_be_reached_gets_nothing(store: Store, receiver: Receiver) -> None:
    webhook_id, _ = subscribe(store, receiver.url())
    DeliverySender(store, OutgoingRules(ports=frozenset({receiver.port}), http=True), Clock()).send_due()
    assert receiver.received == []
    state, _, error = state_of(store, webhook_id)
    assert state is DeliveryState.PENDING
    assert error is not None
    assert "RELEVE_WEBHOOK_HOSTS" in error
