"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors
from api.auth.installing import install
from api.auth.sessions import cookie_name
from api.rate_limits import RateLimits
from api.request_ids import RequestIds
from api.rest import ROUTERS
from api.rest.openapi import describe
from api.settings import Settings
from api.wiring import Service


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

    app = FastAPI(title="Relève", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.rate_limits = RateLimits(settings)
    errors.register(app)
    install(app, settings)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = describe(app, cookie_name(settings))  # type: ignore[method-assign] # how FastAPI documents it
    # Outermost, so that the refusals of every other middleware carry the id too.
    app.add_middleware(RequestIds)
    return app
