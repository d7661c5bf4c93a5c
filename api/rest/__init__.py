"""REST routes, one module per kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

from api.rest import (
    administration,
    area_decisions,
    areas,
    communities,
    documents,
    endorsements,
    exchanges,
    experts,
    health,
    me,
    my_areas,
    my_data,
    my_departure,
    participation,
    people,
    pushing,
    search,
    succession,
    succession_people,
    succession_policy,
    succession_risks,
    suggest,
    webhooks,
)

# Within a prefix, what stands under a thing comes before the thing itself, whose id may hold '/'.
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    experts.router,
    search.router,
    suggest.router,
    areas.of_people,
    people.router,
    documents.router,
    pushing.router,
    participation.router,
    communities.router,
    area_decisions.router,
    areas.router,
    me.router,
    my_departure.router,
    my_areas.router,
    my_data.router,
    endorsements.router,
    exchanges.feedback,
    exchanges.solicitations,
    succession_policy.router,
    succession_risks.router,
    succession_people.router,
    succession.router,
    administration.router,
    webhooks.router,
)
