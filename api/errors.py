"""Errors as HTTP: the one place where an error class becomes a status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.pages.failures import error_page, wants_page

from models.errors import (
    AmbiguousError,
    EncoderMismatchError,
    IndexMissingError,
    NotAllowedError,
    NotFoundError,
    ReleveError,
    UserError,
)


class Problem(BaseModel):
    """What went wrong."""

    error: str
    """The class of the error."""
    detail: str
    """The thing, the value and the remedy."""


# The first class that fits decides.
STATUSES: tuple[tuple[type[ReleveError], int], ...] = (
    (NotFoundError, 404),
    (NotAllowedError, 403),
    (AmbiguousError, 409),
    (IndexMissingError, 503),
    (EncoderMismatchError, 503),
    (UserError, 422),
    (ReleveError, 500),
)
PROBLEMS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (404, 409, 422, 503)}


def register(app: FastAPI) -> None:
    """Make the application answer every error as a Problem, or as a page where a browser asked for one."""

    def answer(request: Request, status: int, problem: Problem) -> Response:
        if wants_page(request):
            return error_page(request, status, problem.detail)
        return JSONResponse(problem.model_dump(), status)

    @app.exception_handler(ReleveError)
    async def explain(request: Request, error: ReleveError) -> Response:
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        return answer(request, status, Problem(error=type(error).__name__, detail=str(error)))

    @app.exception_handler(RequestValidationError)
    async def explain_request(request: Request, error: RequestValidationError) -> Response:
        parts = [f"{'.'.join(str(step) for step in item['loc'])}: {item['msg']}" for item in error.errors()]
        return answer(request, 422, Problem(error="InvalidRequest", detail="; ".join(parts)))

    @app.exception_handler(HTTPException)
    async def explain_refusal(request: Request, error: HTTPException) -> Response:
        if wants_page(request):
            return error_page(request, error.status_code, str(error.detail))
        return await http_exception_handler(request, error)

    @app.exception_handler(Exception)
    async def explain_fault(request: Request, error: Exception) -> Response:
        # What went wrong is in the log; the answer says nothing of the inside.
        return answer(request, 500, Problem(error="InternalError", detail="Relève failed; its log says where"))
