"""Background: what runs in each worker beside the requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.operations.areas_follower import AreasFollower
from api.operations.deliveries import DeliverySender, utc_now
from api.operations.follower import IndexFollower
from api.operations.outgoing import OutgoingRules
from api.operations.suggesting import tell_of_new_questions
from api.wiring import Service


@contextmanager
def run_beside(service: Service) -> Iterator[None]:
    """Follow the store, keep areas up to date and send deliveries as long as a worker serves."""
    follower = IndexFollower(service, lambda: tell_of_new_questions(service, utc_now()))
    areas = AreasFollower(service)
    sender = DeliverySender(service.store, OutgoingRules.of(service.settings))
    follower.start()
    areas.start()
    sender.start()
    try:
        yield
    finally:
        areas.stop()
        follower.stop()
        sender.stop()
