"""Errors as HTTP: the one place where an error class becomes a status, told as problem details (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api.refusals import (
    BeingAnsweredError,
    MalformedRequestError,
    PreconditionError,
    ReusedKeyError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
)
from api.request_ids import REQUEST_ID_HEADER, request_id_of
from models.errors import (
    AmbiguousError,
    EncoderMismatchError,
    IndexMissingError,
    LockedError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    ReleveError,
    TooLargeError,
    UserError,
)

PROBLEM_TYPE: Final = "application/problem+json"
# What a busy store or a missing index is worth waiting for.
RETRY_AFTER_S: Final = 5


class ProblemItem(BaseModel):
    """One thing that is wrong with a request."""

    detail: str
    pointer: str | None = Field(default=None, description="JSON pointer to it in the body.", examples=["#/query"])
    parameter: str | None = Field(default=None, description="Name of the parameter or header.", examples=["limit"])


class Problem(BaseModel):
    """What went wrong, as problem details (RFC 9457)."""

    type: str = Field(
        description="Names the kind of problem; never changes for one kind.",
        examples=["urn:problem-type:releve:not-found"],
    )
    title: str = Field(description="The kind of problem in a few words.", examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="The thing, the value and the remedy.", examples=["Nobody you may see has the id 'people:1'"]
    )
    instance: str = Field(description="The address that was asked for.", examples=["/v1/people/people:1"])
    error: str = Field(description="The class of the error.", examples=["NotFoundError"])
    request_id: str | None = Field(default=None, description="To give when asking for help; also in X-Request-Id.")
    errors: list[ProblemItem] = Field(default_factory=list, description="Each thing wrong with the request.")


# The first class that fits decides.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFoundError, 404),
    (NotSignedInError, 401),
    (NotAllowedError, 403),
    (TooLargeError, 413),
    (AmbiguousError, 409),
    (BeingAnsweredError, 409),
    (PreconditionError, 412),
    (UnsupportedMediaTypeError, 415),
    (MalformedRequestError, 400),
    (ReusedKeyError, 422),
    (TooManyRequestsError, 429),
    (IndexMissingError, 503),
    (EncoderMismatchError, 503),
    (LockedError, 503),
    (OperationalError, 503),
    (UserError, 422),
    (ReleveError, 500),
)
# What the framework refuses by itself, in our words.
REFUSED: Mapping[int, tuple[str, str]] = {
    400: ("MalformedRequestError", "The body cannot be read; send JSON in UTF-8"),
    404: ("NotFoundError", "There is nothing at this address; the addresses are listed in /openapi.json"),
    405: ("MethodNotAllowedError", "This address does not take this method; the header Allow lists those it takes"),
    413: ("BodyTooLargeError", "The body is too large; send less at once"),
    415: ("UnsupportedMediaTypeError", "This address does not take this type of content; send application/json"),
}
PageMaker = Callable[[Request, Problem], Response]
_log = logging.getLogger(__name__)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how an operation documents that it answers with these statuses."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def register(app: FastAPI, make_page: PageMaker | None = None) -> None:
    """Make the application answer every error as a problem.

    Args:
        make_page: shows a problem to a browser that asked for a page; None to answer JSON everywhere.
    """

    def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
        if make_page is not None and wants_page(request):
            response = make_page(request, problem)
            response.headers.update(headers or {})
            return response
        body = problem.model_dump(exclude_none=True, exclude={"errors"} if not problem.errors else None)
        return JSONResponse(body, problem.status, headers, PROBLEM_TYPE)

    @app.exception_handler(ReleveError)
    @app.exception_handler(OperationalError)
    async def explain(request: Request, error: Exception) -> Response:
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        if status == HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, OperationalError):
            _log.error("request failed", exc_info=error)
        return answer(request, problem_of(request, error, status), helping_headers(error, status))

    @app.exception_handler(RequestValidationError)
    async def explain_request(request: Request, error: RequestValidationError) -> Response:
        return answer(request, invalid_request(request, error.errors()))

    @app.exception_handler(HTTPException)
    async def explain_refusal(request: Request, error: HTTPException) -> Response:
        name, detail = REFUSED.get(error.status_code, ("RefusedError", str(error.detail)))
        return answer(request, make_problem(request, name, error.status_code, detail), error.headers)

    @app.exception_handler(Exception)
    async def explain_fault(request: Request, error: Exception) -> Response:
        # Answered outside every middleware, which could not add the request id.
        headers = {REQUEST_ID_HEADER: request_id_of(request) or ""}
        return answer(request, problem_of(request, error, 500), headers)


def problem_of(request: Request, error: Exception, status: int) -> Problem:
    """Return what to say of an error; of a fault of ours, nothing of how we work."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = "Relève failed to answer; the fault is ours. Give the request id to whoever runs this installation"
        return make_problem(request, "InternalError", status, detail)
    if isinstance(error, OperationalError):
        return make_problem(request, "StoreBusyError", status, "The store does not answer; ask again in a moment")
    return make_problem(request, type(error).__name__, status, str(error))


def invalid_request(request: Request, items: Sequence[Any]) -> Problem:
    """Return what to say of a request that does not have its documented form."""
    if any(item["type"] == "json_invalid" for item in items):
        detail = f"The body is not JSON: {items[0].get('ctx', {}).get('error', 'it cannot be read')}"
        return make_problem(request, "MalformedRequestError", 400, detail)
    found = [problem_item(item["loc"], item["msg"]) for item in items]
    parts = [f"{item.pointer or item.parameter or 'request'}: {item.detail}" for item in found]
    problem = make_problem(request, "InvalidRequest", 422, "; ".join(parts))
    return problem.model_copy(update={"errors": found})


def problem_item(location: Sequence[str | int], message: str) -> ProblemItem:
    """Return one fault with where it stands."""
    where, *steps = location or ("request",)
    if where == "body":
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return ProblemItem(detail=message, pointer="#" + "".join(f"/{step}" for step in escaped))
    return ProblemItem(detail=message, parameter=str(steps[0]) if steps else str(where))


def make_problem(request: Request, name: str, status: int, detail: str) -> Problem:
    """Return a problem with the names that follow from its class."""
    words = re.findall(r"[A-Z][a-z]+", name.removesuffix("Error"))
    return Problem(
        type="urn:problem-type:releve:" + "-".join(word.lower() for word in words),
        title=" ".join(words).capitalize(),
        status=status,
        detail=detail,
        instance=quote(request.url.path, safe="/:@"),
        error=name,
        request_id=request_id_of(request),
    )


def helping_headers(error: Exception, status: int) -> dict[str, str] | None:
    """Return how to sign in or when to ask again, where that helps."""
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyRequestsError):
        return {"Retry-After": str(error.retry_after_s)}
    return {"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None


def wants_page(request: Request) -> bool:
    """Return whether a browser asks for a page: never under /v1, and elsewhere if HTML comes before JSON in Accept."""
    if request.url.path.startswith("/v1"):
        return False
    accepted: dict[str, float] = {}
    for part in request.headers.get("accept", "").lower().split(","):
        kind, _, parameters = part.partition(";")
        quality = re.search(r"q=(0(?:\.\d+)?|1(?:\.0+)?)", parameters)
        accepted[kind.strip()] = float(quality[1]) if quality else 1.0
    return accepted.get("text/html", 0.0) > accepted.get("application/json", 0.0)
