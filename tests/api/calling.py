"""Clients of the application."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service


def client_of(service: Service) -> TestClient:
    """Return a client of the application over a service; use it in a `with`."""
    return TestClient(create_app(lambda: service))
