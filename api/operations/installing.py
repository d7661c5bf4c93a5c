"""Installing: puts logs, metrics and their page into an application."""

from __future__ import annotations

from fastapi import FastAPI

from api.operations.metrics import Metrics
from api.operations.metrics_page import router
from api.operations.observing import ObserveRequests


def install(app: FastAPI) -> None:
    """Observe every request of an application; call it after other middleware, so that it sees what they answer."""
    app.state.metrics = Metrics()
    app.include_router(router)
    app.add_middleware(ObserveRequests, metrics=app.state.metrics)
