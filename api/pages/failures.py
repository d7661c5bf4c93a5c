"""Failures: an error as a page that says what happened and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render

if TYPE_CHECKING:
    from api.errors import Problem

TOLD_APART = frozenset({401, 403, 404, 422, 503})


def show_problem(request: Request, problem: Problem) -> HTMLResponse:
    """Return a problem as a page; its detail, in English, is kept for who asks for help."""
    status = problem.status
    told = status if status in TOLD_APART else 500 if status >= 500 else 404 if status == 405 else 422
    return render(request, "failure.html", status, told=told, problem=problem)
