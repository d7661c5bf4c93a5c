"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI

from api import errors, rest
from api.operations import installing
from api.operations.metrics import counted_recommender
from api.wiring import Service

DESCRIPTION = """Who knows about X? People with their evidence, the practices and the earlier answers beside them.

Within `/v1`, fields are added and never renamed or removed; an incompatible change makes `/v2`."""


def create_app(
    open_service: Callable[[], Service], beside: Callable[[Service], AbstractContextManager[None]] | None = None
) -> FastAPI:
    """Return the application; the service is opened when it starts and closed when it stops.

    Args:
        open_service: called once, in the process that serves.
        beside: what runs in the background as long as the service is open.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = app.state.service = open_service()
        service.make_recommender = counted_recommender(app.state.metrics)
        try:
            with beside(service) if beside else nullcontext():
                yield
        finally:
            service.close()

    app = FastAPI(
        title="Relève", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    errors.register(app)
    app.include_router(rest.health.router)
    app.include_router(rest.experts.router)
    app.include_router(rest.webhooks.router)
    installing.install(app)
    return app
