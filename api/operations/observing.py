"""Observing: times every request, says it in one log line and in the metrics, and answers what nobody caught."""

from __future__ import annotations

import inspect
import time
from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operations.metrics import Metrics

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Probes ask every few seconds; that they were answered says nothing.
_UNLOGGED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
NO_ROUTE: Final = "unmatched"


class ObserveRequests:
    """ASGI middleware: one line and one count a request, by route, never by path, which holds ids."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, then say how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            structlog.get_logger("releve").error(
                "uncaught error", route=route_of(scope), request_id=state.get("request_id"), exc_info=error
            )
            answer = scope["app"].exception_handlers.get(Exception)
            if status or answer is None:
                # Half an answer is out: only cutting the connection tells the caller.
                raise
            response = answer(Request(scope), error)
            await (await response if inspect.isawaitable(response) else response)(scope, receive, watch)
        finally:
            self.say(scope, status or 500, time.perf_counter() - started)

    def say(self, scope: Scope, status: int, seconds: float) -> None:
        """Log and count an answered request."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route, state = route_of(scope), scope["state"]
        self.metrics.count_request(method, route, status, seconds)
        if route in _UNLOGGED and status < 400:
            return
        structlog.get_logger("releve").info(
            "request",
            method=method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            request_id=state.get("request_id"),
            caller=state.get("caller_kind", "unknown"),
        )


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered."""
    template: str = getattr(scope.get("route"), "path", NO_ROUTE)
    return template
