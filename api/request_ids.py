"""Request ids: each request has one, taken from the caller where it is sane, to find it again in the log."""

from __future__ import annotations

import re
import uuid
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER: Final = "X-Request-Id"
# As long as the audit log's column; anything else could not be told from an attempt to forge a log line.
SANE: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class RequestIds:
    """Gives every request its id in `request.state.request_id`, and every answer the headers that were noted for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = HTTPConnection(scope).headers.get(REQUEST_ID_HEADER, "")
        request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["answer_headers"] = {}

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({REQUEST_ID_HEADER: request_id, **state["answer_headers"]})
            await send(message)

        await self.app(scope, receive, send_with_id)


def request_id_of(connection: HTTPConnection) -> str | None:
    """Return the id of a request; None where nothing gave it one."""
    found: str | None = connection.scope.get("state", {}).get("request_id")
    return found


def note_headers(connection: HTTPConnection, headers: dict[str, str]) -> None:
    """Have the answer to this request carry headers, whether it succeeds or not."""
    connection.scope["state"]["answer_headers"].update(headers)
