"""The size of bodies: a request larger than the installation takes is refused, declared or streamed."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.answering import refuse
from models.errors import TooLargeError


class _TooMuchError(Exception):
    """Ends the reading of a body that has been answered already."""


class BodySizeMiddleware:
    """Refuses bodies over a limit: by what they declare, and by what comes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 to bodies over the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _declared(scope) > self.limit:
            await self._refuse(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, unless more comes than the limit; then nothing else is sent."""
        received, started, refused = 0, False, False

        async def counted() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                if not started and not refused:
                    refused = True
                    await self._refuse(scope, receive, send)
                raise _TooMuchError
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal started
            started = True
            if not refused:
                await send(message)

        try:
            await self.app(scope, counted, send_unless_refused)
        except _TooMuchError:
            if not refused:
                raise

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = f"The body has more than {self.limit} bytes; send it in parts, or raise RELEVE_MAX_BODY_BYTES"
        await refuse(scope, receive, send, TooLargeError(message))


def _declared(scope: Scope) -> int:
    """Return the length that the request declares; 0 when it does not."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(length) for length in lengths if length.isdigit()), default=0)
