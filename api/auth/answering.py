"""Answers of the middlewares: the same errors, in the same shape, as those of the endpoints."""

from __future__ import annotations

import inspect

from fastapi import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from models.errors import ReleveError


async def explain(request: Request, error: ReleveError) -> Response:
    """Return the answer that the application gives to an error of Relève, as api.errors registered it."""
    found = request.app.exception_handlers[ReleveError](request, error)
    answer: Response = await found if inspect.isawaitable(found) else found
    return answer


async def refuse(scope: Scope, receive: Receive, send: Send, error: ReleveError) -> None:
    """Answer a request with an error, before any endpoint sees it."""
    response = await explain(Request(scope), error)
    await response(scope, receive, send)
