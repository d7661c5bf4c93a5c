"""Sending deliveries: a thread of each worker that claims what is due, sends it signed and notes how it went."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import httpx
import structlog

from api.operations.outgoing import Answered, OutgoingRules, RefusedAddressError, Resolver, SendingError, post, resolve
from api.operations.signing import signed_headers
from models.deliveries import DueDelivery, any_due, due_deliveries, empty_old_payloads, mark_delivered, mark_failed
from models.store import Store
from models.webhooks import disable_webhook

POLL_S: Final = 2.0
PER_BATCH: Final = 20
STOP_TIMEOUT_S: Final = 20.0


def utc_now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


class DeliverySender:
    """Sends deliveries in the background; several workers each claim their own.

    Each is sent at least once: killed between the sending and the note of it, it is sent again under the same id.
    """

    def __init__(
        self,
        store: Store,
        rules: OutgoingRules,
        clock: Callable[[], datetime] = utc_now,
        resolver: Resolver = resolve,
    ) -> None:
        self.store = store
        self.rules = rules
        self.clock = clock
        self.resolver = resolver
        self.trusted = httpx.create_ssl_context()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="delivery-sender", daemon=True)

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Stop after what is being sent."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def run(self) -> None:
        """Send until stopped; the thread outlives every error."""
        while not self._stopping.wait(POLL_S):
            try:
                while self.send_due() == PER_BATCH and not self._stopping.is_set():
                    pass
            except Exception as error:
                structlog.get_logger("releve").warning("deliveries not sent", exc_info=error)

    def send_due(self) -> int:
        """Send what is due now, and return how many that were."""
        with self.store.read() as session:
            if not any_due(session, self.clock()):
                return 0
        with self.store.write() as session:
            claimed = due_deliveries(session, self.clock(), PER_BATCH)
            empty_old_payloads(session, self.clock())
        asyncio.run(self.send_all(claimed))
        return len(claimed)

    async def send_all(self, claimed: list[DueDelivery]) -> None:
        """Send deliveries beside each other, so that a slow receiver holds up none but its own."""
        await asyncio.gather(*(self.send(delivery) for delivery in claimed))

    async def send(self, delivery: DueDelivery) -> None:
        """Send one delivery and note how it went."""
        body = delivery.body.encode()
        headers = signed_headers(delivery.secret, delivery.id, self.clock(), body)
        try:
            answer = await post(delivery.url, body, headers, self.rules, self.trusted, self.resolver)
        except (RefusedAddressError, SendingError) as error:
            self.note_failure(delivery, str(error))
        else:
            self.note(delivery, answer)

    def note(self, delivery: DueDelivery, answer: Answered) -> None:
        """Note what the receiver answered: 2xx is delivered, 410 means that it wants nothing more."""
        if 200 <= answer.status < 300:
            with self.store.write() as session:
                mark_delivered(session, delivery.id, self.clock())
        elif answer.status == HTTPStatus.GONE:
            with self.store.write() as session:
                disable_webhook(session, self.clock(), delivery.webhook_id, "the receiver answered 410 Gone")
        else:
            self.note_failure(delivery, f"HTTP {answer.status}: {answer.beginning}")

    def note_failure(self, delivery: DueDelivery, error: str) -> None:
        """Note a failure, and try again later."""
        structlog.get_logger("releve").info("delivery failed", delivery=delivery.id, attempt=delivery.attempt)
        with self.store.write() as session:
            mark_failed(session, delivery, self.clock(), error, random.random())  # noqa: S311 - spreads, hides nothing
