"""Pages: what people see in a browser, in French and English, with or without JavaScript."""

from fastapi import FastAPI

from api.pages import (
    area_shaping,
    areas,
    asking,
    assets,
    availability,
    communities,
    documents,
    endorsing,
    feedback,
    me,
    notices,
    own_data,
    own_succession,
    people,
    solicitations,
    succession,
    succession_policy,
    taking_part,
)

# An address that holds an id ends in anything, so that those that say more after it come first.
MODULES = (
    asking,
    feedback,
    solicitations,
    people,
    me,
    availability,
    endorsing,
    own_data,
    own_succession,
    succession_policy,
    documents,
    area_shaping,
    areas,
    taking_part,
    communities,
    notices,
    assets,
)


def install(app: FastAPI) -> None:
    """Add the pages and their static files to the application."""
    for module in MODULES:
        app.include_router(module.router, include_in_schema=False)
    succession.install(app)
