"""Notices: what is stored about people, and how each decides."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render

router = APIRouter()


@router.get("/privacy")
def privacy(request: Request) -> HTMLResponse:
    """Return the notice on privacy; readable by anyone, signed in or not."""
    return render(request, "privacy.html")
