"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import errors, pages
from api.auth.installing import install as install_auth
from api.pages.failures import show_problem
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
        app.state.rate_limits = RateLimits(settings)
        try:
            yield
        finally:
            app.state.service.close()

    app = FastAPI(title="Relève", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    errors.register(app, show_problem)
    install_auth(app, settings)
    for router in ROUTERS:
        app.include_router(router)
    pages.install(app)
    app.openapi = describe(app)  # type: ignore[method-assign] # how FastAPI documents it
    app.add_middleware(RequestIds)
    return app
