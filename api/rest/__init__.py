"""REST routes, one module per kind of thing."""

from api.rest import experts, health, webhooks

__all__ = ["experts", "health", "webhooks"]
