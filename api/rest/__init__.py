"""REST routes, one module per kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

from api.rest import experts, health, pushing, webhooks

ROUTERS: tuple[APIRouter, ...] = (health.router, experts.router, pushing.router, webhooks.router)
