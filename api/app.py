"""The web application: routes, and the one Recommender they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI

from api import errors, pages
from api.auth.installing import install as install_auth
from api.auth.sessions import cookie_name
from api.operations.installing import install as install_operations
from api.operations.metrics import counted_recommender
from api.pages.failures import show_problem
from api.rate_limits import RateLimits
from api.request_ids import RequestIds
from api.rest import ROUTERS
from api.rest.openapi import describe
from api.settings import Settings
from api.widget import install as install_widget
from api.wiring import Service


def create_app(
    open_service: Callable[[], Service],
    settings: Settings,
    beside: Callable[[Service], AbstractContextManager[None]] | None = None,
) -> FastAPI:
    """Return the application; the service is opened when it starts and closed when it stops.

    Args:
        open_service: called once, in the process that serves.
        beside: what runs in the background as long as the service is open.

    Raises:
        InvalidInputError: the settings do not go together.
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

    app = FastAPI(title="Relève", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.rate_limits = RateLimits(settings)
    errors.register(app, show_problem)
    for router in ROUTERS:
        app.include_router(router)
    pages.install(app)
    app.openapi = describe(app, cookie_name(settings))  # type: ignore[method-assign] # how FastAPI documents it
    # The last one installed is the first to see a request.
    install_auth(app, settings)
    install_widget(app)
    install_operations(app)
    # Outermost, so that the refusals of every other middleware carry the id too.
    app.add_middleware(RequestIds)
    return app
