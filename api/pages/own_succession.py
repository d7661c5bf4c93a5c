"""Own succession: what managers are shown about the reader, who looked, and what was planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Reader, ServiceDep
from api.pages.me import show_nobody
from api.pages.own_data import name_actors
from api.pages.rendering import render
from models.audit import about_person, list_events_about
from models.paging import PageRequest
from models.queries.own_succession import read_own_succession
from models.queries.transfer_plans import list_own_plans
from models.reminders import read_own_reminders
from recommender.succession.ground import read_ground
from recommender.succession.transfer import TransferItem, own_transfer

EVENTS_SHOWN = 10
ITEMS_SHOWN = 10
router = APIRouter()


@router.get("/me/succession")
def show(request: Request, caller: Reader, service: ServiceDep, cursor: str | None = None) -> HTMLResponse:
    """Return what succession shows about the reader: to whom, on what terms, and who looked."""
    if caller.viewer.person_id is None:
        return show_nobody(request)
    now = datetime.now(UTC)
    today = now.date()
    with service.store.read() as session:
        shown = read_own_succession(session, caller.viewer, today)
        reminded = {reminder.step_id for reminder in read_own_reminders(session, caller.viewer, now)}
        items: Sequence[TransferItem] = ()
        if shown.policy.enabled:
            ground = read_ground(session, service.traces(), caller.viewer, today)
            items = own_transfer(session, ground, caller.viewer, today).items[:ITEMS_SHOWN]
        plans = list_own_plans(session, caller.viewer, today)
        views = list_events_about(session, caller.viewer, PageRequest(cursor, EVENTS_SHOWN), "succession")
        names = name_actors(session, caller.viewer, views.items)
    person = caller.viewer.person_id
    return render(
        request,
        "me/succession.html",
        shown=shown,
        plans=plans,
        reminded=reminded,
        items=items,
        views=views,
        names=names,
        own=about_person(person),
        viewer_id=person,
    )
