"""REST routes, one module per kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

from api.rest import communities, documents, experts, health, people, pushing, search, suggest

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    experts.router,
    search.router,
    suggest.router,
    people.router,
    documents.router,
    pushing.router,
    communities.router,
)
