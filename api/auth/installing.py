"""Installing: what stands before every endpoint, in its order, and what the settings must hold for it."""

from __future__ import annotations

import hashlib
from typing import cast
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response

from api.auth import sign_in
from api.auth.answering import explain
from api.auth.body_size import BodySizeMiddleware
from api.auth.csrf import CsrfMiddleware, csrf_token
from api.auth.headers import SecurityHeadersMiddleware
from api.auth.local import LOCAL_HOSTS, LocalOnlyMiddleware
from api.auth.oidc import Provider
from api.auth.session_secret import session_secret
from api.auth.sessions import cookie_name, is_https
from api.errors import wants_page
from api.settings import AuthMode, Settings
from models.errors import InvalidInputError, NotLinkedError, NotSignedInError


def install(app: FastAPI, settings: Settings) -> None:
    """Put sessions, the checks of every request and the security headers before the application's routes.

    Raises:
        InvalidInputError: the settings do not go together.
    """
    check_settings(settings)
    app.include_router(sign_in.router)
    app.state.csrf_token = csrf_token
    if settings.auth is AuthMode.OIDC:
        app.state.provider = Provider(settings)
    app.add_exception_handler(NotSignedInError, _send_to_sign_in)
    app.add_exception_handler(NotLinkedError, _show_unlinked)
    # The last one added is the first to see a request.
    app.add_middleware(CsrfMiddleware, settings=settings)
    app.add_middleware(
        SessionMiddleware,
        secret_key=signing_key(settings),
        session_cookie=cookie_name(settings),
        max_age=int(settings.session_hours * 3600),
        same_site="lax",
        https_only=is_https(settings),
    )
    if settings.auth is AuthMode.SINGLE_USER:
        app.add_middleware(LocalOnlyMiddleware)
    app.add_middleware(BodySizeMiddleware, limit=settings.max_body_bytes)
    # Around everything, the answer to a fault of ours included, which no middleware of the list sees.
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: SecurityHeadersMiddleware(build(), https=is_https(settings))  # type: ignore[method-assign]


async def _send_to_sign_in(request: Request, error: Exception) -> Response:
    """Send people to the page where they sign in; tell programs."""
    if _wants_page(request):
        return sign_in.send_to_sign_in(request)
    return await explain(request, cast("NotSignedInError", error))


async def _show_unlinked(request: Request, error: Exception) -> Response:
    """Say on a page to whom one must turn; tell programs."""
    if _wants_page(request):
        return await run_in_threadpool(sign_in.show, request, "/", sign_in.Problem.NOT_LINKED, error, 403)
    return await explain(request, cast("NotLinkedError", error))


def _wants_page(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and wants_page(request)


def signing_key(settings: Settings) -> str:
    """Return what signs sessions: another for each mode, so that a person chosen in one is not signed in in another."""
    bound = f"{session_secret(settings)}|{settings.auth}|{settings.oidc_issuer}"
    return hashlib.sha256(bound.encode()).hexdigest()


def check_settings(settings: Settings) -> None:
    """Raise InvalidInputError if the settings of the mode are missing, or would send secrets in clear."""
    if settings.public_url is not None:
        _check_address("RELEVE_PUBLIC_URL", settings.public_url)
    if settings.auth is AuthMode.PROXY and not settings.trusted_proxies:
        message = "RELEVE_AUTH is proxy, and no proxy is trusted; set RELEVE_TRUSTED_PROXIES to its address"
        raise InvalidInputError(message)
    if settings.auth is not AuthMode.OIDC:
        return
    needed = ("public_url", "oidc_issuer", "oidc_client_id")
    missing = [f"RELEVE_{name.upper()}" for name in needed if not getattr(settings, name)]
    if missing:
        message = f"RELEVE_AUTH is oidc, and {', '.join(missing)} not set; see docs/how-to/sign-in.md"
        raise InvalidInputError(message)
    _check_address("RELEVE_OIDC_ISSUER", settings.oidc_issuer or "")
    for name, address in (
        ("RELEVE_OIDC_ISSUER", settings.oidc_issuer or ""),
        ("RELEVE_PUBLIC_URL", settings.public_url or ""),
    ):
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
            message = f"{name} '{address}' is not HTTPS; others on the network could read the sign-in: use https://"
            raise InvalidInputError(message)


def _check_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        message = f"{name} '{address}' is not the address of a server; write it as https://releve.ville.example"
        raise InvalidInputError(message)
