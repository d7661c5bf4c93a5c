"""Pages: what people see in a browser, in French and English, with or without JavaScript."""

from fastapi import FastAPI

from api.pages import asking, assets, feedback, notices, solicitations


def install(app: FastAPI) -> None:
    """Add the pages and their static files to the application."""
    for module in (asking, feedback, solicitations, notices, assets):
        app.include_router(module.router, include_in_schema=False)
