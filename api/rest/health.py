"""Health: is the process alive, and can it answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from api.wiring import Service

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The state of the server."""

    status: Literal["ok", "not ready"]
    detail: str = ""


class Readiness(Health):
    """Whether questions can be answered, and how far the index follows the store."""

    store_revision: int = 0
    index_revision: int = 0
    behind: bool = False
    """True when something imported is not found yet; that does not make the server less ready."""


@router.get("/healthz", summary="Is the process alive?")
def healthz() -> Health:
    """Return ok: the process answers."""
    return Health(status="ok")


@router.get("/readyz", summary="Can questions be answered?", responses={503: {"model": Readiness}})
def readyz(request: Request, response: Response) -> Readiness:
    """Return ok when the store and the index answer, and 503 with the reason when they do not."""
    service: Service = request.app.state.service
    try:
        state = service.index_state()
    except OperationalError:
        response.status_code = 503
        return Readiness(status="not ready", detail="The store does not answer")
    response.status_code = 503 if state.problem else 200
    return Readiness(
        status="not ready" if state.problem else "ok",
        detail=state.problem,
        store_revision=state.store_revision,
        index_revision=state.index_revision,
        behind=state.lag > 0,
    )
