"""Notices: what is stored about people, and how each decides."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import ServiceDep
from api.pages.rendering import render
from models.planning import read_policy

router = APIRouter()


@router.get("/privacy")
def privacy(request: Request, service: ServiceDep) -> HTMLResponse:
    """Return the notice on privacy, with that on succession where it is switched on; readable by anyone."""
    with service.store.read() as session:
        policy = read_policy(session)
    return render(request, "privacy.html", policy=policy)
