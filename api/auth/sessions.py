"""Sessions: what the browser keeps, signed, of who signed in; a cookie that no script reads."""

from __future__ import annotations

import secrets
import time
from typing import Any

from fastapi import Request

from api.settings import Settings

PERSON, SIGNED_IN_AT, CSRF = "person", "at", "csrf"


def is_https(settings: Settings) -> bool:
    """Return whether people reach the server by HTTPS."""
    return (settings.public_url or "").lower().startswith("https://")


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie; with HTTPS, one that browsers take from this very host alone."""
    return "__Host-releve" if is_https(settings) else "releve"


def session_of(request: Request) -> dict[str, Any]:
    """Return the session of the browser behind a request; empty where there is none."""
    found: dict[str, Any] = request.scope.get("session", {})
    return found


def start_session(request: Request, person_id: str) -> None:
    """Begin a session for someone who signed in; nothing of an earlier one stays, least of all its token."""
    session = session_of(request)
    session.clear()
    session.update({PERSON: person_id, SIGNED_IN_AT: int(time.time()), CSRF: secrets.token_urlsafe(32)})


def end_session(request: Request) -> None:
    """Forget who signed in."""
    session_of(request).clear()


def person_in_session(request: Request, settings: Settings) -> str | None:
    """Return the id of the person who signed in, unless that was too long ago."""
    session = session_of(request)
    person_id, signed_in_at = session.get(PERSON), session.get(SIGNED_IN_AT)
    if not isinstance(person_id, str) or not isinstance(signed_in_at, int):
        return None
    return person_id if time.time() - signed_in_at < settings.session_hours * 3600 else None
