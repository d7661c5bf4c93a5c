"""Availability: how much the reader accepts, pauses, opting out, and when they leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth.auditing import audit
from api.callers import Caller
from api.dependencies import Reader, ServiceDep, Writer
from api.page_words import Done
from api.pages.announcing import back_to
from api.pages.me import show_nobody
from api.pages.rendering import render, wording_of
from api.schemas_me import MOST_PER_WEEK
from api.wiring import Service
from models.access import require_person, who_knows
from models.audit import about_person
from models.departures import declare_departure, read_own_departures, revoke_departure
from models.errors import InvalidInputError
from models.planning import read_policy
from models.preferences import change_preferences, read_preferences
from models.records import DeclaredBy

HERE = "/me/availability"
router = APIRouter()
Text = Annotated[str, Form()]


@router.get(HERE)
def show(request: Request, caller: Reader, service: ServiceDep) -> HTMLResponse:
    """Return what the reader decided about being asked."""
    if caller.viewer.person_id is None:
        return show_nobody(request)
    return show_choices(request, caller, service)


def show_choices(
    request: Request,
    caller: Caller,
    service: Service,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """Return the page; with errors, each at its field, and what was written there."""
    person = require_person(caller.viewer)
    with service.store.read() as session:
        choices = read_preferences(session, caller.viewer, person)
        departures = read_own_departures(session, caller.viewer, person)
        policy = read_policy(session)
    visibility = policy.departures if policy.enabled else None
    own = next((found for found in departures if found.declared_by is DeclaredBy.SELF), None)
    today = datetime.now(UTC).date()
    values: dict[str, Any] = {
        "capacity": "" if choices.capacity_per_week is None else choices.capacity_per_week,
        "until": choices.paused_until or "",
        "earliest": own.earliest if own else "",
        "latest": own.latest if own and own.latest != own.earliest else "",
        "announced": own.announced if own else False,
        **(given or {}),
    }
    return render(
        request,
        "me/availability.html",
        422 if errors else 200,
        choices=choices,
        paused=choices.paused_until is not None and choices.paused_until >= today,
        departures=[(each, who_knows(visibility, each.declared_by, announced=each.announced)) for each in departures],
        unannounced=who_knows(visibility, DeclaredBy.SELF, announced=False),
        own=own,
        today=today,
        errors=errors or {},
        values=values,
    )


def choose(request: Request, caller: Caller, service: Service, done: Done, place: str, **changes: Any) -> Response:  # noqa: ANN401 - columns
    """Change some of the reader's preferences."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        change_preferences(session, caller.viewer, person, changes)
        names = ",".join(sorted(changes))
        audit(session, caller, request, "preferences.changed", about_person(person), fields=names)
    return back_to(request, HERE, done, place)


@router.post(f"{HERE}/capacity")
def set_capacity(request: Request, caller: Writer, service: ServiceDep, capacity: Text = "") -> Response:
    """Set how many questions the reader accepts in a week; nothing for no limit."""
    written = capacity.strip()
    accepted = int(written) if written.isascii() and written.isdecimal() and len(written) <= 4 else None
    if written and (accepted is None or accepted > MOST_PER_WEEK):
        say = wording_of(request)
        wrong = say.gettext("Write a whole number from 0 to %(most)s, or nothing for no limit.") % {
            "most": say.number(MOST_PER_WEEK)
        }
        return show_choices(request, caller, service, {"capacity": wrong}, {"capacity": capacity})
    return choose(request, caller, service, Done.CAPACITY_SET, "capacity-title", capacity_per_week=accepted)


@router.post(f"{HERE}/pause")
def pause(request: Request, caller: Writer, service: ServiceDep, until: Text = "") -> Response:
    """Pause until a day, that day included."""
    say, today = wording_of(request), datetime.now(UTC).date()
    day, wrong = read_day(until), None
    if day is None:
        wrong = say.gettext("Give the last day of your pause, such as %(example)s.") % {"example": today.isoformat()}
    elif day < today:
        wrong = say.gettext("This day is past; give one from today on.")
    if wrong is not None:
        return show_choices(request, caller, service, {"until": wrong}, {"until": until})
    return choose(request, caller, service, Done.PAUSED, "pause-title", paused_until=day)


@router.post(f"{HERE}/resume")
def resume(request: Request, caller: Writer, service: ServiceDep) -> Response:
    """End a pause."""
    return choose(request, caller, service, Done.PAUSE_ENDED, "pause-title", paused_until=None)


@router.post(f"{HERE}/visibility")
def set_visibility(request: Request, caller: Writer, service: ServiceDep, visible: Annotated[bool, Form()]) -> Response:
    """Opt out of being suggested, or in again."""
    done = Done.OPTED_IN if visible else Done.OPTED_OUT
    return choose(request, caller, service, done, "visibility-title", visible_as_expert=visible)


@router.post(f"{HERE}/departure")
def declare(
    request: Request,
    caller: Writer,
    service: ServiceDep,
    earliest: Text = "",
    latest: Text = "",
    announced: Annotated[bool, Form()] = False,
) -> Response:
    """Declare when the reader leaves, in place of what they declared before."""
    person = require_person(caller.viewer)
    given = {"earliest": earliest, "latest": latest, "announced": announced}
    first, last = read_day(earliest), read_day(latest) if latest.strip() else read_day(earliest)
    say, errors = wording_of(request), {}
    if first is None:
        errors["earliest"] = say.gettext("Give the day, such as %(example)s.") % {"example": example_day()}
    if last is None and latest.strip():
        errors["latest"] = say.gettext("Give the day, such as %(example)s.") % {"example": example_day()}
    if first and last and last < first:
        errors["latest"] = say.gettext("This day comes before the first one.")
    if errors or first is None or last is None:
        return show_choices(request, caller, service, errors, given)
    try:
        with service.store.write() as session:
            declare_departure(session, caller.viewer, datetime.now(UTC), first, last, announced=announced)
            audit(session, caller, request, "departure.declared", about_person(person), announced=announced)
    except InvalidInputError:
        wrong = say.gettext("This year cannot be meant; correct the date.")
        return show_choices(request, caller, service, {"earliest": wrong}, given)
    return back_to(request, HERE, Done.DEPARTURE_DECLARED, "departure-title")


@router.post(f"{HERE}/departure/revoke")
def revoke(request: Request, caller: Writer, service: ServiceDep) -> RedirectResponse:
    """Take back what the reader declared of their departure."""
    person = require_person(caller.viewer)
    with service.store.write() as session:
        revoke_departure(session, caller.viewer, datetime.now(UTC))
        audit(session, caller, request, "departure.revoked", about_person(person))
    return back_to(request, HERE, Done.DEPARTURE_REVOKED, "departure-title")


def read_day(text: str) -> date | None:
    """Return the day that a form holds, as browsers send it: 2026-06-15."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def example_day() -> str:
    """Return a day as browsers send it."""
    return datetime.now(UTC).date().isoformat()
