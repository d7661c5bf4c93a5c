"""Forms from elsewhere: a write from a browser carries the token of its session, or is refused (CSRF)."""

from __future__ import annotations

import hmac
import secrets

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.answering import refuse
from api.auth.credentials import shows_key
from api.auth.sessions import CSRF, PERSON, session_of
from api.settings import AuthMode, Settings
from models.errors import NotAllowedError

FIELD, HEADER = "csrf", "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
API = "/v1/"


def csrf_token(request: Request) -> str:
    """Return the token for the hidden field `csrf` of every form, or the header X-CSRF-Token of every script."""
    session = session_of(request)
    if not isinstance(session.get(CSRF), str):
        session[CSRF] = secrets.token_urlsafe(32)
    token: str = session[CSRF]
    return token


class CsrfMiddleware:
    """Refuses unsafe requests that a browser could have been made to send, unless they carry the session's token."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to writes without the token of the session."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not self._needs_token(request):
            await self.app(scope, receive, send)
            return
        given = request.headers.get(HEADER)
        if given is None and request.headers.get("content-type", "").split(";")[0].strip().lower() in FORMS:
            body = await request.body()
            receive = _replay(body, receive)
            given = await _token_in_form(scope, body)
        expected = session_of(request).get(CSRF)
        if not isinstance(expected, str) or not hmac.compare_digest((given or "").encode(), expected.encode()):
            message = (
                "This form is not of your session, or the session is over; open the page again and send it once more"
            )
            await refuse(scope, receive, send, NotAllowedError(message))
            return
        await self.app(scope, receive, send)

    def _needs_token(self, request: Request) -> bool:
        """Return whether the request could act with what the browser sends by itself."""
        # Recognition looks at nothing else when this header is there, and no form of another site can set it.
        if request.method in SAFE_METHODS or shows_key(request, self.settings):
            return False
        if not request.scope["path"].startswith(API):
            return True
        # At this machine LocalOnlyMiddleware refuses other origins, so that scripts here need no session.
        if self.settings.auth is AuthMode.SINGLE_USER:
            return False
        # Where nobody is signed in there is nothing to abuse, and 401 says more.
        return PERSON in session_of(request) or self.settings.auth is AuthMode.PROXY


async def _token_in_form(scope: Scope, body: bytes) -> str | None:
    """Return the token that a form carries; none when the form cannot be read."""
    try:
        async with Request(scope, _replay(body, _nothing)).form() as form:
            field = form.get(FIELD)
    except HTTPException:
        return None
    return field if isinstance(field, str) else None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives a body read before, and then whatever follows it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
