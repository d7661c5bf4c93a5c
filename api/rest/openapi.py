"""The OpenAPI document: what FastAPI derives, and what holds for every operation alike."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import Problem, problems

DESCRIPTION: Final = """Who knows about X? People with their evidence, the practices and the earlier answers beside them.

**Stability.** Within `/v1`, fields, addresses, optional parameters and values of enumerations are added, and never renamed or removed; what is sent keeps its meaning. An incompatible change makes `/v2`, and `/v1` is then served beside it for at least a year. Read answers tolerantly: ignore fields you do not know.

**Who asks.** A program sends `Authorization: Bearer KEY`; a person signed in in a browser has a session. Every answer holds only what its caller may read. What you may not see is answered like what does not exist: 404.

**Errors** are problem details (RFC 9457, `application/problem+json`): `type` names the kind and never changes, `detail` says what to do, `errors` points to each wrong field, `request_id` finds the request in the log.

**Lists** are pages: `limit` (1 to 200), and `cursor` from `next_cursor` of the page before, also given as a `Link` header with `rel="next"`. What is added meanwhile shifts nothing.

**Caching.** A GET answers with an `ETag`; send it in `If-None-Match` and an unchanged answer is `304` without a body.

**Sending again.** PUT and DELETE may be sent again as they are. POST that writes takes an `Idempotency-Key`: the same write sent again within 24 hours is done once and answered as before, with `Idempotent-Replayed: true`.

**Rates.** `RateLimit` says how many requests are left, `Retry-After` on a `429` how many seconds to wait."""  # noqa: E501
TAGS: Final = {
    "experts": "Who knows about a question.",
    "search": "Practices and earlier questions that may already be enough.",
    "suggest": "While someone writes a question: who and what may answer it.",
    "people": "People, what they know and from what that is inferred.",
    "me": "What a person reads and decides about themself.",
    "documents": "What was written, and by whom; and programs that write it.",
    "communities": "Communities of practice, and taking part in them.",
    "areas": "Fields of expertise.",
    "feedback": "What people say of suggestions.",
    "solicitations": "Questions put to someone, and what became of them.",
    "succession": "What the units of a manager know, what leaves with whom, and how it passes on.",
    "webhooks": "Addresses told of what happens.",
    "administration": "For administrators.",
    "health": "Is the process alive, and can it answer.",
}
SECURITY: Final[dict[str, dict[str, str]]] = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, made by `releve keys create`. Scopes: `read`, `write`, `on-behalf-of`, `admin`, "
        "`suggest`. With `on-behalf-of`, the header `On-Behalf-Of` names the person the key acts for.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "description": "The session of a person signed in in a browser.",
    },
}
CACHED: Final = {"ETag": {"description": "Names this very answer.", "schema": {"type": "string"}}}
IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the answer you hold.",
    "schema": {"type": "string"},
}
METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def describe(app: FastAPI, cookie: str) -> Callable[[], dict[str, Any]]:
    """Return what writes the OpenAPI document of the application, once."""

    def write() -> dict[str, Any]:
        if not app.openapi_schema:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=DESCRIPTION,
                routes=app.routes,
                servers=[{"url": "/", "description": "This installation."}],
                tags=[{"name": name, "description": text} for name, text in TAGS.items()],
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            )
            app.openapi_schema = complete(document)
            app.openapi_schema["components"]["securitySchemes"]["session"]["name"] = cookie
        return app.openapi_schema

    return write


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with what holds for every operation under /v1."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = deepcopy(SECURITY)
    schemas = components.setdefault("schemas", {})
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(shape.pop("$defs", {}))
    schemas["Problem"] = shape
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in METHODS and path.startswith("/v1"):
                complete_operation(method, operation)
    return document


def complete_operation(method: str, operation: dict[str, Any]) -> None:
    """Add to an operation the answers that every one of them gives."""
    operation["security"] = [{"key": []}, {"session": []}]
    operation["responses"].pop("422" if not takes_input(operation) else "", None)
    statuses = {400, 401, 403, 404, 429, 500, 503} | ({422} if takes_input(operation) else set())
    if "requestBody" in operation:
        statuses |= {413, 415}
    for status, response in problems(*sorted(statuses)).items():
        if status == HTTPStatus.UNPROCESSABLE_ENTITY or str(status) not in operation["responses"]:
            operation["responses"][str(status)] = response
    if method == "get":
        operation["responses"]["200"]["headers"] = CACHED
        operation["responses"]["304"] = {"description": "You hold this answer already.", "headers": CACHED}
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def takes_input(operation: dict[str, Any]) -> bool:
    """Return whether anything sent to the operation can have a wrong form."""
    return bool(operation.get("parameters") or operation.get("requestBody"))
