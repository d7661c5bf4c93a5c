"""Background: what runs in each worker beside the requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.operations.deliveries import DeliverySender, utc_now
from api.operations.follower import IndexFollower
from api.operations.outgoing import OutgoingRules
from api.operations.suggesting import tell_of_new_questions
from api.wiring import Service


@contextmanager
def run_beside(service: Service) -> Iterator[None]:
    """Follow the store and send deliveries as long as a worker serves."""
    follower = IndexFollower(service, lambda: tell_of_new_questions(service, utc_now()))
    sender = DeliverySender(service.store, OutgoingRules.of(service.settings))
    follower.start()
    sender.start()
    try:
        yield
    finally:
        follower.stop()
        sender.stop()
