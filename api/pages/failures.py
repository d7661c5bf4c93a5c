"""Failures: an error as a page that says what happened and what to do now."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render

# Addresses that programs call: they are answered in JSON whatever they accept.
PROGRAM_PATHS = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
TOLD_APART = frozenset({401, 403, 404, 422, 503})


def wants_page(request: Request) -> bool:
    """Return whether a browser asked for a page."""
    if request.url.path.startswith(PROGRAM_PATHS):
        return False
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request, status: int, detail: str) -> HTMLResponse:
    """Return an error as a page; the detail, in English, is kept for who asks for help."""
    told = status if status in TOLD_APART else 500 if status >= 500 else 404 if status == 405 else 422
    return render(request, "failure.html", status, told=told, status=status, detail=detail)
