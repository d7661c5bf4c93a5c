"""Dependencies: what endpoints and pages ask for: the service, and the caller with the scopes they need."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request

from api.auth.recognition import recognise
from api.callers import Caller, CallerKind, Scope
from api.wiring import Service
from models.errors import NotAllowedError


# What waits for nothing is async, so that FastAPI does not hand it to another thread and back.
async def get_service(request: Request) -> Service:
    """Return the service of the application."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(get_service)]


def get_caller(request: Request, service: ServiceDep) -> Caller:
    """Return who stands behind the request."""
    caller = recognise(request, service)
    request.state.caller_kind = caller.kind.value  # what the log says of who asked
    # Whether pages lead to those of succession: for who manages units, and for whoever is at this machine.
    request.state.plans = bool(caller.managed_units) or caller.kind is CallerKind.LOCAL
    return caller


def check_scope(caller: Caller, scope: Scope) -> Caller:
    """Return the caller if they have a scope.

    Raises:
        NotAllowedError: they have it not.
    """
    # Whoever may read may also ask for suggestions.
    if scope not in caller.scopes and not (scope is Scope.SUGGEST and Scope.READ in caller.scopes):
        message = f"This needs the scope '{scope}'; yours are: {', '.join(sorted(caller.scopes)) or 'none'}"
        raise NotAllowedError(message)
    return caller


def requires(scope: Scope) -> Callable[[Caller], Coroutine[Any, Any, Caller]]:
    """Return a dependency that gives the caller if they have a scope."""

    async def check(caller: Annotated[Caller, Depends(get_caller)]) -> Caller:
        return check_scope(caller, scope)

    return check


Reader = Annotated[Caller, Depends(requires(Scope.READ))]
"""A caller who may read what their viewer may read."""
Writer = Annotated[Caller, Depends(requires(Scope.WRITE))]
"""A caller who may also write."""
Administrator = Annotated[Caller, Depends(requires(Scope.ADMIN))]
"""A caller who may administer the installation."""
Suggester = Annotated[Caller, Depends(requires(Scope.SUGGEST))]
"""A caller who may ask for suggestions; readers may too."""
