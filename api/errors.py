"""Errors as HTTP: the one place where an error class becomes a status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from models.errors import (
    AmbiguousError,
    EncoderMismatchError,
    IndexMissingError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    ReleveError,
    TooLargeError,
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
    (NotSignedInError, 401),
    (NotAllowedError, 403),
    (TooLargeError, 413),
    (AmbiguousError, 409),
    (IndexMissingError, 503),
    (EncoderMismatchError, 503),
    (UserError, 422),
    (ReleveError, 500),
)
PROBLEMS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (404, 409, 422, 503)}


def register(app: FastAPI) -> None:
    """Make the application answer every error as a Problem."""

    @app.exception_handler(ReleveError)
    async def explain(_request: Request, error: ReleveError) -> JSONResponse:
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        return JSONResponse(Problem(error=type(error).__name__, detail=str(error)).model_dump(), status)

    @app.exception_handler(RequestValidationError)
    async def explain_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        parts = [f"{'.'.join(str(step) for step in item['loc'])}: {item['msg']}" for item in error.errors()]
        return JSONResponse(Problem(error="InvalidRequest", detail="; ".join(parts)).model_dump(), 422)
