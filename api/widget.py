"""The widget: its file, for other sites to include, and their leave to ask for suggestions from a browser (CORS)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from api.auth.answering import refuse
from api.callers import Scope
from api.rest.routing import entity_tag, matches
from api.wiring import Service
from models.api_keys import ApiKey, clean_origin, find_key, list_keys
from models.errors import InvalidInputError, NotSignedInError

WIDGET_PATH, SUGGEST_PATH = "/widget.js", "/v1/suggest"
SCRIPT = Path(__file__).with_name("widget.js")
# An hour, so that a correction reaches every page on the day it is installed.
SCRIPT_HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Integrity hashes and module scripts are fetched with CORS; the file is the same for everyone.
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def install(app: FastAPI) -> None:
    """Serve the widget, and let pages of other sites ask for suggestions with a public token.

    To be called after whatever else stands before the endpoints: a preflight carries nothing to recognise anyone by.
    """
    content = SCRIPT.read_bytes()
    headers = {**SCRIPT_HEADERS, "ETag": entity_tag(content)}

    @app.api_route(WIDGET_PATH, methods=["GET", "HEAD"], include_in_schema=False)
    def widget(request: Request) -> Response:
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type="text/javascript; charset=utf-8")

    app.add_middleware(SuggestAcrossSites)


class SuggestAcrossSites:
    """Lets pages of another site ask for suggestions if their token is for that site; cookies never count."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != SUGGEST_PATH:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        service: Service = request.app.state.service
        origin = request.headers.get("origin")
        if origin is None or is_own(request, origin, service.settings.public_url):
            await self.app(scope, receive, send)
        elif request.method == "OPTIONS":
            allowed = await run_in_threadpool(some_token_is_for, service, origin)
            await preflight(origin, allowed=allowed)(scope, receive, send)
        elif "authorization" not in request.headers:
            message = (
                f"Pages of '{origin[:100]}' need a public token; make one with: releve keys create --scope suggest"
            )
            await refuse(scope, receive, send, NotSignedInError(message))
        else:
            allowed = await run_in_threadpool(token_is_for, service, request.headers["authorization"], origin)
            # Whoever is signed in here in the same browser is not who asks.
            headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
            answer_headers = readable_by(origin) if allowed else {"Vary": "Origin"}
            await self.app({**scope, "headers": headers}, receive, adding(answer_headers, send))


def readable_by(origin: str) -> dict[str, str]:
    """Return the headers that let pages of an origin read an answer."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After", "Vary": "Origin"}


def preflight(origin: str, *, allowed: bool) -> Response:
    """Return what a browser is told before it sends the draft."""
    if not allowed:
        return Response(status_code=403, headers={"Vary": "Origin"})
    return Response(status_code=204, headers={**PREFLIGHT_HEADERS, **readable_by(origin)})


def adding(headers: Mapping[str, str], send: Send) -> Send:
    """Return a channel that adds headers to the answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered = MutableHeaders(scope=message)
            for name, value in headers.items():
                answered[name] = value
        await send(message)

    return send_with_headers


def is_own(request: Request, origin: str, public_url: str | None) -> bool:
    """Return whether an origin is this very site; its scheme may be that of a proxy in front."""
    authority = urlsplit(origin).netloc.lower()
    own = {request.headers.get("host", "").lower(), urlsplit(public_url or "").netloc.lower()}
    return bool(authority) and authority in own


def some_token_is_for(service: Service, origin: str) -> bool:
    """Return whether any public token that works is for the pages of an origin."""
    now = datetime.now(UTC)
    with service.store.read() as session:
        return any(key.works(now) and is_public_for(key, origin) for key in list_keys(session))


def token_is_for(service: Service, authorization: str, origin: str) -> bool:
    """Return whether this very token is public and for the pages of an origin."""
    with service.store.read() as session:
        key = find_key(session, datetime.now(UTC), authorization.partition(" ")[2].strip())
    return key is not None and is_public_for(key, origin)


def is_public_for(key: ApiKey, origin: str) -> bool:
    """Return whether a key can only suggest, and is for the pages of an origin."""
    try:
        return set(key.scopes) == {Scope.SUGGEST} and clean_origin(origin) in key.origins
    except InvalidInputError:
        return False
