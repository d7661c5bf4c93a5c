"""The single-user mode is for this machine alone: other names and other sites are refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.answering import refuse
from api.auth.csrf import API, SAFE_METHODS
from models.errors import NotAllowedError

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def host_of(authority: str) -> str | None:
    """Return the name in `host[:port]`, in small letters; None where there is none."""
    try:
        parts = urlsplit(f"//{authority}")
        parts.port  # noqa: B018 - raises on what is no port
    except ValueError:
        return None
    return None if parts.username or parts.path or parts.query or parts.fragment else parts.hostname


class LocalOnlyMiddleware:
    """Refuses what a page of another site makes a browser send here: by a name that now points here, or across sites.

    A site whose name is made to point at 127.0.0.1 (DNS rebinding) would otherwise read everything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to what another site asked for."""
        refusal = _why_refused(Request(scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, NotAllowedError(refusal))


def _why_refused(request: Request) -> str | None:
    """Return why a request is not of this machine's own user; None when it is."""
    hosts = request.headers.getlist("host")
    if len(hosts) != 1 or host_of(hosts[0]) not in LOCAL_HOSTS:
        return "In the single-user mode this server answers to localhost and 127.0.0.1 only; see RELEVE_AUTH for others"
    # A key is not something that a browser sends by itself.
    if "authorization" in request.headers:
        return None
    if request.method in SAFE_METHODS and not request.scope["path"].startswith(API):
        return None
    origin = request.headers.get("origin")
    foreign = origin is not None and origin.lower() != f"{request.scope['scheme']}://{hosts[0]}".lower()
    if foreign or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return "Another site asked for this; open Relève itself, or give the other site's server an API key"
    return None
