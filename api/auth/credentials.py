"""Credentials: whether a request shows an API key, which recognition and the checks before it must agree on."""

from __future__ import annotations

from fastapi import Request

from api.settings import AuthMode, Settings


def shows_key(request: Request, settings: Settings) -> bool:
    """Return whether the request is to be judged by the key in its Authorization header, and by nothing else.

    Behind a proxy, the header may also hold what signed a browser in with the proxy (Basic, Negotiate).
    """
    authorization = request.headers.get("authorization")
    if authorization is None:
        return False
    return settings.auth is not AuthMode.PROXY or authorization.partition(" ")[0].lower() == "bearer"
