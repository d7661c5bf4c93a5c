"""The page that Prometheus reads: from this machine itself, or with a key that may administer."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.callers import Scope
from api.dependencies import ServiceDep, check_scope, get_caller
from api.operations.metrics import Metrics
from api.settings import MetricsAccess

router = APIRouter(include_in_schema=False)

# A reverse proxy on this machine also calls from loopback; it says so by one of these.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@router.get("/metrics")
def read_metrics(request: Request, service: ServiceDep) -> Response:
    """Return the metrics of every worker."""
    open_here = service.settings.metrics is MetricsAccess.LOOPBACK and comes_from_this_machine(request)
    if not open_here:
        # Not as a dependency: who needs no key may have none.
        check_scope(get_caller(request, service), Scope.ADMIN)
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(service), media_type=CONTENT_TYPE_LATEST)


def comes_from_this_machine(request: Request) -> bool:
    """Return whether a program of this machine asks directly: not through a proxy, nor a page with a borrowed name."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return is_loopback_name(request.url.hostname) and is_loopback_name(request.client.host if request.client else None)


def is_loopback_name(host: str | None) -> bool:
    """Return whether a host is this machine."""
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
