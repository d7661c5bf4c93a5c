"""Succession: what managers see of knowledge at risk in their units, and how they run its transfer."""

from fastapi import FastAPI

from api.pages.succession import area, departures, files, knowledge_map, pairs, people, plan_steps, plans
from api.pages.succession.opening import ClosedError, show_closed

# An address that holds an id ends in anything, so that those that say more after it come first.
MODULES = (knowledge_map, area, departures, pairs, people, files, plan_steps, plans)


def install(app: FastAPI) -> None:
    """Add the pages of succession, and the one that says why they are not open to someone."""
    for module in MODULES:
        app.include_router(module.router, include_in_schema=False)
    app.add_exception_handler(ClosedError, show_closed)
