"""Writing once: a write that carries an idempotency key is done once, however often it is sent."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.callers import Caller
from api.dependencies import ServiceDep, get_caller
from api.refusals import BeingAnsweredError, ReusedKeyError
from models.idempotency import KeyedRequest, claim_key, store_answer
from models.store import Store
from models.tables import ID_LENGTH

REPLAYED: Final = "Idempotent-Replayed"
Effect = Callable[[Session], BaseModel]


class KeysInHand:
    """The keys whose requests this process is answering now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, request: KeyedRequest) -> Iterator[None]:
        """Hold a key while its request is answered.

        Raises:
            BeingAnsweredError: another request holds it.
        """
        name = (request.caller, request.key)
        with self._lock:
            if name in self._keys:
                message = (
                    f"The request with the Idempotency-Key '{request.key}' is being answered; ask again in a moment"
                )
                raise BeingAnsweredError(message)
            self._keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(name)


_keys_in_hand = KeysInHand()


@dataclass(frozen=True, slots=True)
class Once:
    """Does the write of one request, at most once for its key."""

    store: Store
    request: KeyedRequest | None

    def write(self, effect: Effect, status: int = HTTPStatus.OK) -> Response:
        """Do a write in one transaction, together with its stored answer, or answer as it was answered before.

        What fails is undone whole, key included, and may be sent again.

        Raises:
            ReusedKeyError: the key came with another request before.
            BeingAnsweredError: the request with this key is being answered now.
        """
        if self.request is None:
            with self.store.write() as session:
                return json_response(effect(session).model_dump_json(), status)
        with _keys_in_hand.hold(self.request), self.store.write() as session:
            stored = claim_key(session, datetime.now(UTC), self.request)
            if stored is None:
                body = effect(session).model_dump_json()
                store_answer(session, self.request, status, body)
                return json_response(body, status)
        if stored.request_hash != self.request.request_hash:
            message = f"The Idempotency-Key '{self.request.key}' came with another request before; make a new key"
            raise ReusedKeyError(message)
        response = json_response(stored.body, stored.status or status)
        response.headers[REPLAYED] = "true"
        return response


def json_response(body: str, status: int) -> Response:
    """Return JSON that is written already."""
    return Response(body, status, media_type="application/json")


async def make_once(
    request: Request,
    service: ServiceDep,
    caller: Annotated[Caller, Depends(get_caller)],
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[\x21-\x7e]{1,255}$",
            description="Any text of your own, new for each write. The same write sent again with it within 24 hours "
            "does nothing twice and is answered as before, with `Idempotent-Replayed: true`.",
            examples=["6b0d8a52-5d0f-4b4e-9d6c-2f6f1f0f2a11"],
        ),
    ] = None,
) -> Once:
    """Return what does the write of this request."""
    if idempotency_key is None:
        return Once(service.store, None)
    # A key may act for several people: the same words for another are another request.
    named = f"{request.method} {request.url.path} {caller.viewer.person_id or ''}"
    said = named.encode() + b"\0" + await request.body()
    actor = caller.actor[:ID_LENGTH]
    return Once(service.store, KeyedRequest(actor, idempotency_key, hashlib.sha256(said).hexdigest()))


OnceDep = Annotated[Once, Depends(make_once)]
