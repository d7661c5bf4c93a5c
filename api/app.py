"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, rest
from api.auth.installing import install
from api.settings import Settings
from api.wiring import Service

DESCRIPTION = """Who knows about X? People with their evidence, the practices and the earlier answers beside them.

Within `/v1`, fields are added and never renamed or removed; an incompatible change makes `/v2`."""


def create_app(open_service: Callable[[], Service], settings: Settings) -> FastAPI:
    """Return the application; the service is opened when it starts and closed when it stops.

    Raises:
        InvalidInputError: the settings do not go together.
    """

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
    install(app, settings)
    app.include_router(rest.health.router)
    app.include_router(rest.experts.router)
    return app
