"""Health: is the process alive, and can it answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.wiring import Service
from models.errors import ReleveError

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The state of the server."""

    status: Literal["ok", "not ready"]
    detail: str = ""


@router.get("/healthz", summary="Is the process alive?")
def healthz() -> Health:
    """Return ok: the process answers."""
    return Health(status="ok")


@router.get("/readyz", summary="Can questions be answered?", responses={503: {"model": Health}})
def readyz(request: Request, response: Response) -> Health:
    """Return ok when the store and the index answer, and 503 with the reason when they do not."""
    service: Service = request.app.state.service
    try:
        service.check()
    except ReleveError as error:
        response.status_code = 503
        return Health(status="not ready", detail=str(error))
    return Health(status="ok")
