"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, pages, rest
from api.wiring import Service

DESCRIPTION = """Who knows about X? People with their evidence, the practices and the earlier answers beside them.

Within `/v1`, fields are added and never renamed or removed; an incompatible change makes `/v2`."""


def create_app(open_service: Callable[[], Service]) -> FastAPI:
    """Return the application; the service is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = open_service()
        try:
            yield
        finally:
            app.state.service.close()

    app = FastAPI(
        title="Relève", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    errors.register(app)
    app.include_router(rest.health.router)
    app.include_router(rest.experts.router)
    pages.install(app)
    return app
