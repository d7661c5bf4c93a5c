"""Announcing: after a form was sent, the page that follows says once what was done, where it was done."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse

from api.auth.sessions import session_of
from api.page_words import Done, say_done
from api.wording import Wording

SAID = "said"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was done, and the section of the page that says so."""

    words: str
    place: str


def back_to(request: Request, address: str, done: Done, place: str = "main") -> RedirectResponse:
    """Return the redirection that follows a form; the page it leads to says what was done, in the section `place`."""
    session_of(request)[SAID] = [done.value, place]
    # Browsers move the focus to where an address leads, so that it is read out without a script.
    return RedirectResponse(f"{address}#said", status_code=303)


def take_announcement(request: Request, say: Wording) -> Announcement | None:
    """Return what the form sent before this page did, once."""
    said = session_of(request).pop(SAID, None)
    if not isinstance(said, list) or len(said) != 2 or said[0] not in set(Done):
        return None
    return Announcement(say_done(say, Done(said[0])), str(said[1]))
