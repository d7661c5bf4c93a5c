"""Routing: what every REST route does beside its own work: bodies of the right type, entity tags, rate limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from api.rate_limits import limit, limit_suggest
from api.refusals import PreconditionError, UnsupportedMediaTypeError

CARRYING: Final = frozenset({"POST", "PUT", "PATCH"})
# Personal data: kept by the caller's own client alone, and asked for again with its tag.
CACHING: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


class RestRoute(APIRoute):
    """A route that refuses bodies that are not JSON, and answers 304 to a caller who holds the same answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route."""
        answer = super().get_route_handler()

        async def answer_with_tag(request: Request) -> Response:
            if request.method in CARRYING:
                require_json(request)
            response = await answer(request)
            if request.method != "GET" or response.status_code != HTTPStatus.OK:
                response.headers.setdefault("Cache-Control", "no-store")
                return response
            tag = entity_tag(bytes(response.body))
            response.headers.update({"ETag": tag, **CACHING})
            if matches(request.headers.get("if-none-match"), tag):
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag, **CACHING})
            return response

        return answer_with_tag


def rest_router(path: str, tag: str, *, suggest: bool = False) -> APIRouter:
    """Return a router under /v1 whose every route is limited, tagged and refuses what is not JSON."""
    counted = Depends(limit_suggest if suggest else limit)
    return APIRouter(prefix=f"/v1{path}", tags=[tag], route_class=RestRoute, dependencies=[counted])


def require_json(request: Request) -> None:
    """Refuse a body of another type.

    Raises:
        UnsupportedMediaTypeError: it states another type, or none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    carries = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if carries and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        stated = f"'{kind}'" if kind else "of no stated type"
        message = f"The body is {stated}; send JSON with Content-Type: application/json"
        raise UnsupportedMediaTypeError(message)


def entity_tag(body: bytes) -> str:
    """Return the entity tag of an answer: what it says, hashed, so that another viewer's never matches by accident."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def matches(given: str | None, tag: str) -> bool:
    """Return whether an If-None-Match names the tag; proxies that compress put W/ before it."""
    if given is None:
        return False
    tags = [part.strip().removeprefix("W/") for part in given.split(",")]
    return tag in tags or "*" in tags


def require_match(given: str | None, tag: str) -> None:
    """Refuse a change of something that is no longer as the caller read it.

    Raises:
        PreconditionError: If-Match names another version.
    """
    if given is not None and not matches(given, tag):
        message = f"It changed since you read it; read it again and send its new ETag in If-Match, which was {given}"
        raise PreconditionError(message)
